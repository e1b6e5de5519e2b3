// The baselines against cases whose outcome the other systems' documentation states.
#include "tests/fleet/baselines.h"

#include <gtest/gtest.h>

#include <utility>

namespace censo::fleet {
namespace {

using inventory::OriginKind;
using inventory::TextList;

struct Machine {
  std::string agent = "agent-1", name = "pc1", serial = "PF1A2B3C", uuid = "", mac = "54:e1:ad:00:00:01";
};

Sighting sighting_of(const Machine& machine) {
  inventory::Report report;
  report.origin = {OriginKind::agent, machine.agent, "1.0"};
  report.subject_class = "workstation";
  report.subject_name = machine.name;
  report.sections.push_back({"smbios", true, "", {}, {}, {}});
  auto& values = report.sections.front().attributes;
  values.set("serial_number", machine.serial);
  values.set("smbios_uuid", machine.uuid);
  if (!machine.mac.empty()) values.set("mac_addresses", TextList{machine.mac});
  return {std::move(report), 0, 0, false};
}

Sighting switch_of(const std::string& job, const std::string& serial, const std::string& port_mac) {
  inventory::Report report;
  report.origin = {OriginKind::scanner, job, "1.0"};
  report.subject_class = "switch";
  report.subject_name = "sw1";
  report.sections.push_back({"interfaces", true, "", {}, {}, {}});
  report.sections.front().attributes.set("serial_number", serial);
  inventory::Item port{"network_port", "", "", {}};
  port.attributes.set("mac_address", port_mac);
  port.attributes.set("if_index", std::int64_t{1});
  report.sections.front().items.push_back(port);
  return {std::move(report), 0, 0, false};
}

constexpr const char* one_uuid = "4c4c4544-0037-5210-8033-b4c04f4d5932";
constexpr const char* other_uuid = "4c4c4544-0038-5210-8033-b4c04f4d5932";

TEST(GlpiRules, SerialAndUuidTogetherLink) {
  const Engine glpi = glpi_rules();
  const auto first = glpi.take(sighting_of({.uuid = one_uuid}));
  EXPECT_EQ(glpi.take(sighting_of({.agent = "agent-2", .name = "pc2", .uuid = one_uuid})), first);
}

TEST(GlpiRules, SameSerialWithAnotherUuidIsASecondAsset) {
  const Engine glpi = glpi_rules();
  const auto first = glpi.take(sighting_of({.uuid = one_uuid}));
  EXPECT_NE(glpi.take(sighting_of({.uuid = other_uuid})), first);
}

TEST(GlpiRules, SerialLinksWhereTheAssetHasNoUuid) {
  const Engine glpi = glpi_rules();
  const auto first = glpi.take(sighting_of({.uuid = ""}));
  EXPECT_EQ(glpi.take(sighting_of({.name = "pc2", .uuid = one_uuid})), first);
}

TEST(GlpiRules, NameAloneLinks) {
  const Engine glpi = glpi_rules();
  const auto first = glpi.take(sighting_of({.uuid = one_uuid}));
  EXPECT_EQ(glpi.take(sighting_of({.serial = "", .uuid = "", .mac = "00:00:00:00:00:09"})), first);
}

TEST(GlpiRules, ListedSerialIsDropped) {
  const Engine glpi = glpi_rules();
  const auto first = glpi.take(sighting_of({.name = "pc1", .serial = "To be filled by O.E.M."}));
  EXPECT_NE(glpi.take(sighting_of({.name = "pc2", .serial = "To be filled by O.E.M."})), first);
}

TEST(GlpiRules, SerialWithPointBetweenDigitsIsDropped) {
  const Engine glpi = glpi_rules();
  const auto first = glpi.take(sighting_of({.name = "pc1", .serial = "AB1.2C"}));
  EXPECT_NE(glpi.take(sighting_of({.name = "pc2", .serial = "AB1.2C"})), first);
}

TEST(GlpiRules, ComputerWithoutNameIsRefused) {
  EXPECT_FALSE(glpi_rules().take(sighting_of({.name = ""})));
}

TEST(GlpiRules, PortMacLinksADeviceBeforeItsSerial) {
  const Engine glpi = glpi_rules();
  const auto first = glpi.take(switch_of("scan-1", "FDO1", "00:2a:10:00:00:01"));
  EXPECT_EQ(glpi.take(switch_of("scan-2", "FDO2", "00:2a:10:00:00:01")), first);
}

TEST(OcsRules, KnownDeviceIdStaysWhateverChanges) {
  const Engine ocs = ocs_rules();
  const auto first = ocs.take(sighting_of({}));
  EXPECT_EQ(ocs.take(sighting_of({.name = "pc9", .serial = "other", .mac = "54:e1:ad:00:00:02"})), first);
}

TEST(OcsRules, NameSerialAndMacTogetherMerge) {
  const Engine ocs = ocs_rules();
  const auto first = ocs.take(sighting_of({}));
  EXPECT_EQ(ocs.take(sighting_of({.agent = "agent-2"})), first);
}

TEST(OcsRules, AnotherNameIsAnotherMachine) {
  const Engine ocs = ocs_rules();
  const auto first = ocs.take(sighting_of({}));
  EXPECT_NE(ocs.take(sighting_of({.agent = "agent-2", .name = "pc2"})), first);
}

TEST(OcsRules, ListedSerialNeverMerges) {
  const Engine ocs = ocs_rules();
  const auto first = ocs.take(sighting_of({.serial = "123456789"}));
  EXPECT_NE(ocs.take(sighting_of({.agent = "agent-2", .serial = "123456789"})), first);
}

TEST(IreRules, NativeKeyComesFirst) {
  const Engine ire = ire_rules();
  const auto first = ire.take(sighting_of({}));
  EXPECT_EQ(ire.take(sighting_of({.name = "pc9", .serial = "another"})), first);
}

TEST(IreRules, OneTypedSerialIsEnough) {
  const Engine ire = ire_rules();
  const auto first = ire.take(sighting_of({.uuid = one_uuid}));
  EXPECT_EQ(ire.take(sighting_of({.agent = "agent-2", .name = "pc2", .serial = "", .uuid = one_uuid})),
            first);
}

TEST(IreRules, NameLinksWhereTheSerialIsNotFound) {
  const Engine ire = ire_rules();
  const auto first = ire.take(sighting_of({}));
  EXPECT_EQ(ire.take(sighting_of({.agent = "agent-2", .serial = "new machine"})), first);
}

TEST(IreRules, OneOfSeveralMatchesIsUpdatedAndATaskIsMade) {
  const Engine ire = ire_rules();
  const auto first = ire.take(sighting_of({.agent = "agent-1", .name = "pc1", .serial = "A"}));
  ire.take(sighting_of({.agent = "agent-2", .name = "pc2", .serial = "B", .uuid = one_uuid}));
  EXPECT_EQ(ire.take(sighting_of({.agent = "agent-3", .name = "pc3", .serial = "A", .uuid = one_uuid})),
            first);
  EXPECT_EQ(ire.reviews(), 1u);
}

}  // namespace
}  // namespace censo::fleet
