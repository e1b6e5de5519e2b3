#include "cmdb/ingest.h"
#include "tests/cmdb/topology_fixture.h"
#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes links(const Services& services);
Routes scan_coverage(const Services& services);
}  // namespace api
namespace {

// A switch that heard of another one and learned an address that nobody has.
void scan_switch(CalledRoutes& routes) {
  inventory::Report report{{inventory::OriginKind::scanner, "job-1", "1.0"},
                           0,
                           "",
                           routes.db.clock().now(),
                           "switch",
                           "sw1",
                           {},
                           {}};
  report.sections = {
      cmdb::section("device", cmdb::attributes({{"serial_number", "SN-1"}})),
      cmdb::section("spanning_tree", {}, {cmdb::next_bridge("Gi24", 24, "00:04:96:00:00:01", 3)}),
      cmdb::section("forwarding", {},
                    {cmdb::learned("Gi1", cmdb::web_mac), cmdb::learned("Gi1", cmdb::mail_mac)})};
  auto other = report;
  other.subject_name = "core";
  other.sections = {cmdb::section(
      "device", cmdb::attributes({{"serial_number", "SN-2"}, {"base_mac", "00:04:96:00:00:01"}}))};
  for (auto* one : {&other, &report}) {
    inventory::seal(*one);
    routes.db.write([&](store::Transaction& tx) {
      EXPECT_TRUE(cmdb::ingest(tx, routes.catalog, *one, routes.db.clock().now(), routes.db.clock()));
    });
  }
}

TEST(LinksApi, ACableHasItsPortsAndWhoSawIt) {
  CalledRoutes routes(api::links);
  scan_switch(routes);
  const auto body = body_of(routes.get("/api/v1/cis/{id}/links", {{"id", "core"}}));
  const auto& link = body.at("items").at(0);
  EXPECT_EQ(link.at("local_port").as_string(), "bridge port 3");
  EXPECT_EQ(link.at("other").at("name").as_string(), "sw1");
  EXPECT_EQ(link.at("remote_port").as_string(), "Gi24");
  EXPECT_EQ(link.at("evidence").at(0).at("protocol").as_string(), "stp");
  EXPECT_EQ(link.at("evidence").at(0).at("seen_by").at("name").as_string(), "sw1");
}

TEST(LinksApi, AnUnknownItemHasNone) {
  CalledRoutes routes(api::links);
  EXPECT_FALSE(routes.get("/api/v1/cis/{id}/links", {{"id", "nobody"}}));
}

TEST(LinksApi, AddressesThatNobodyHasAreInTheCoverage) {
  CalledRoutes routes(api::scan_coverage);
  scan_switch(routes);
  const auto first = body_of(routes.get("/api/v1/scan-coverage/addresses", {}, {{"limit", "1"}}));
  const auto& row = first.at("items").at(0);
  EXPECT_EQ(row.at("mac").as_string(), cmdb::web_mac);
  EXPECT_TRUE(row.at("maker").as_string().starts_with("Intel")) << row;
  EXPECT_EQ(row.at("device").at("name").as_string(), "sw1");
  EXPECT_EQ(row.at("port").as_string(), "Gi1");
  EXPECT_EQ(row.at("addresses_at_port").as_int64(), 2);
  const std::string next(first.at("next").as_string());
  EXPECT_EQ(texts_of(routes.get("/api/v1/scan-coverage/addresses", {}, {{"after", next}}), "mac"),
            std::vector<std::string>{cmdb::mail_mac});
  EXPECT_FALSE(routes.get("/api/v1/scan-coverage/addresses", {}, {{"after", "Gi1"}}));
}

}  // namespace
}  // namespace censo::collector
