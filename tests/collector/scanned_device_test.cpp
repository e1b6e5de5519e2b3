// What a scan finds is what the CMDB then has: a recorded device through inventory_device() and ingest().
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/ingest.h"
#include "collector/scanner/device_catalog.h"
#include "collector/scanner/inventory_device.h"
#include "collector/scanner/recorded_session.h"
#include "tests/cmdb/seeded_database.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace censo::collector {
namespace {

inventory::Report report_of(const std::string& name) {
  std::ifstream in(std::string(CENSO_SOURCE_DIR) + "/tests/collector/scanner/devices/" + name + ".snmprec");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  scanner::RecordedSession session(scanner::parse_snmprec(text).value());
  const auto catalog = scanner::DeviceCatalog::built_in().value();
  auto inventory = scanner::inventory_device(session, catalog, {"192.0.2.1", 161}, 1'790'000'000'000).value();
  inventory.report.origin.id = "job";
  return std::move(inventory.report);
}

TEST(ScannedDevice, IsStoredWithClassMakerModelVersionAndSerialNumber) {
  SeededDatabase db;
  const auto classes = cmdb::ClassCatalog::load(cmdb::built_in_schemas()).value();
  const auto report = report_of("cisco/cisco/ios_switch");
  cmdb::ConfigurationItem item;
  std::size_t vlans = 0, neighbours = 0;
  db.write([&](store::Transaction& tx) {
    const auto receipt = cmdb::ingest(tx, classes, report, db.clock().now(), db.clock()).value();
    item = cmdb::find_ci(tx, receipt.ci).value();
    vlans = cmdb::components_of(tx, receipt.ci, "device_vlan").size();
    neighbours = cmdb::components_of(tx, receipt.ci, "discovered_neighbour").size();
  });
  EXPECT_EQ(item.class_name, "switch");
  EXPECT_EQ(item.attributes.text("manufacturer"), "Cisco");
  EXPECT_EQ(item.attributes.text("model"), "WS-C2960X-24TS-L");
  EXPECT_EQ(item.attributes.text("os_version"), "15.2(7)E3");
  EXPECT_EQ(item.attributes.text("serial_number"), "FOC0000X0AA");
  EXPECT_EQ(item.attributes.text("device_type"), "network");
  EXPECT_EQ(vlans, 2u);
  EXPECT_EQ(neighbours, 1u);
}

}  // namespace
}  // namespace censo::collector
