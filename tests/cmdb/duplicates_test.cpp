// What a fleet measured by tests/fleet/ showed: records that become one thing later, and copies that never
// were.
#include "tests/cmdb/identification_fixture.h"

#include <set>

namespace censo::cmdb {
namespace {

using Duplicates = IdentificationCase;

const char* const guest_uuid = "564d4cbc-c6a9-1969-a6e9-c19d2f7c1234";

TEST_F(Duplicates, AnAgentJoinsTheHypervisorsRowAndTheScanOfItsMachine) {
  const auto row = take(of_import({{"smbios_uuid", guest_uuid}}, "Guest 7", "virtual_machine"));
  const auto scan =
      take(of_scan({{"mac_addresses", inventory::TextList{"00:50:56:80:00:07"}}}, "vm7", "server"));
  EXPECT_FALSE(are_one(row.ci, scan.ci));
  Machine machine{"", guest_uuid, "", "vm7", {"00:50:56:80:00:07"}, {}, "virtual_machine"};
  const auto agent = take(of_agent("a", 1, machine));
  EXPECT_TRUE(are_one(row.ci, agent.ci));
  EXPECT_TRUE(are_one(scan.ci, agent.ci));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Duplicates, WhatWasFoundDifferentIsNotJoinedByRule) {
  const auto row = take(of_import({{"smbios_uuid", guest_uuid}}, "Guest 7", "virtual_machine"));
  const auto scan =
      take(of_scan({{"mac_addresses", inventory::TextList{"00:50:56:80:00:07"}}}, "vm7", "server"));
  note_decision(tx, clock, {row.ci, scan.ci}, {"different", "ana", "seen both", clock.now()});
  Machine machine{"", guest_uuid, "", "vm7", {"00:50:56:80:00:07"}, {}, "virtual_machine"};
  take(of_agent("a", 1, machine));
  EXPECT_FALSE(are_one(row.ci, scan.ci));
}

TEST_F(Duplicates, AFirstReportWithoutFirmwareTablesIsJoinedByTheSecond) {
  const auto row = take(of_import({{"serial_number", "CZ1"}}, "AT-1", "workstation"));
  const auto first = take(of_agent("a", 1, {"", "", "aaaa1", "laptop7"}));
  EXPECT_FALSE(are_one(row.ci, first.ci));
  const auto second = take(of_agent("a", 2, {"CZ1", "", "aaaa1", "laptop7"}));
  EXPECT_TRUE(are_one(row.ci, second.ci));
}

TEST_F(Duplicates, OneImageOnThreeMachinesIsThreeItems) {
  const auto machine = [](const std::string& n) {
    return Machine{
        "CZ" + n, "1111111" + n + "-2222-3333-4444-555555555555", "aaaa1", "pc" + n, {"3c:52:82:00:00:0" + n},
        {"S" + n}};
  };
  const auto a = take(of_agent("image", 1, machine("1"), "boot-1"));
  const auto b = take(of_agent("image", 2, machine("2"), "boot-2"));
  const auto c = take(of_agent("image", 3, machine("3"), "boot-3"));
  EXPECT_EQ((std::set{a.ci, b.ci, c.ci}.size()), 3u);
  EXPECT_EQ(take(of_agent("image", 4, machine("2"), "boot-4")).ci, b.ci);
}

TEST_F(Duplicates, ACopyIsFoundInTheHypervisorsRowOfItsOwn) {
  const auto original = take(of_agent("a", 1, laptop, "boot-1"));
  Machine copy = laptop;
  copy.serial = "CZ2";
  copy.uuid = "22222222-2222-3333-4444-555555555555";
  copy.macs = {"3c:52:82:00:00:09"};
  copy.disks = {"S4Z1"};
  const auto row = take(of_import({{"serial_number", "CZ2"}}, "AT-2", "workstation"));
  const auto second = take(of_agent("a", 2, copy, "boot-2"));
  EXPECT_TRUE(are_one(second.ci, row.ci));
  EXPECT_FALSE(are_one(second.ci, original.ci));
}

TEST_F(Duplicates, ACopyWithItsUuidIsAnotherInstanceOfTheHypervisor) {
  const auto guest = [&](const char* instance, const char* name) {
    return take(of_import({{"provider_id", "hv1"}, {"instance_uuid", instance}, {"smbios_uuid", guest_uuid}},
                          name, "virtual_machine"));
  };
  const auto original = guest("aaaaaaaa-0000-4000-8000-000000000001", "vm7");
  const auto copy = guest("bbbbbbbb-0000-4000-8000-000000000002", "vm7-copy");
  EXPECT_FALSE(are_one(original.ci, copy.ci));
  EXPECT_EQ(guest("aaaaaaaa-0000-4000-8000-000000000001", "vm7").ci, original.ci);
}

TEST_F(Duplicates, RowsOfARegisterAreToldApartByTheirAssetTag) {
  const auto old_machine =
      take(of_import({{"asset_tag", "AT-1"}, {"serial_number", "CZ1"}}, "laptop7", "workstation"));
  const auto next_machine = take(of_import({{"asset_tag", "AT-2"}}, "laptop7", "workstation"));
  EXPECT_FALSE(are_one(old_machine.ci, next_machine.ci));
}

}  // namespace
}  // namespace censo::cmdb
