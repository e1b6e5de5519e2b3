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

TEST_F(Duplicates, ACopiedGuestsScanDoesNotFollowTheEngineIdOfItsOriginal) {
  const auto scan_of = [&](const char* name, const char* mac, const char* address) {
    return take(of_scan({{"snmp_engine_id", "80001f8880aa11"},
                         {"mac_addresses", inventory::TextList{mac}},
                         {"ip_addresses", inventory::TextList{address}}},
                        name, "server"));
  };
  const auto original = scan_of("vm7", "52:54:00:00:00:07", "10.1.0.7");
  const auto copy = scan_of("vm8", "52:54:00:00:00:08", "10.1.0.8");
  EXPECT_FALSE(are_one(original.ci, copy.ci));
  EXPECT_TRUE(open_reviews().empty());
  EXPECT_EQ(scan_of("vm8", "52:54:00:00:00:08", "10.1.0.9").ci, copy.ci);
  EXPECT_EQ(scan_of("vm7", "52:54:00:00:00:07", "10.1.0.6").ci, original.ci);
}

TEST_F(Duplicates, AScanOfAnotherCardUnderTheSameNameStaysCertain) {
  const auto scan_with = [&](const char* mac) {
    return take(of_scan({{"snmp_engine_id", "80001f8880aa11"}, {"mac_addresses", inventory::TextList{mac}}},
                        "srv7", "server"));
  };
  EXPECT_EQ(scan_with("3c:52:82:00:00:07").ci, scan_with("3c:52:82:00:00:08").ci);
}

TEST_F(Duplicates, AGuestsMacAndNameLinkItsScanToItsAgent) {
  const auto agent =
      take(of_agent("a", 1, {"", guest_uuid, "aaaa1", "vm7", {"52:54:00:00:00:07"}, {}, "virtual_machine"}));
  const auto scan = take(of_scan(
      {{"snmp_engine_id", "80001f8880aa11"}, {"mac_addresses", inventory::TextList{"52:54:00:00:00:07"}}},
      "vm7", "server"));
  EXPECT_TRUE(are_one(agent.ci, scan.ci));
}

TEST_F(Duplicates, AGuestsMacAloneIsAQuestion) {
  const auto row = take(
      of_import({{"smbios_uuid", guest_uuid}, {"mac_addresses", inventory::TextList{"52:54:00:00:00:07"}}},
                "Guest 7", "virtual_machine"));
  const auto scan = take(of_scan(
      {{"snmp_engine_id", "80001f8880aa11"}, {"mac_addresses", inventory::TextList{"52:54:00:00:00:07"}}},
      "vm7", "server"));
  EXPECT_FALSE(are_one(row.ci, scan.ci));
  EXPECT_EQ(open_reviews().size(), 1u);
}

TEST_F(Duplicates, AQuestionIsAnsweredWhereOneReportShowsBothSides) {
  const inventory::TextList mac{"52:54:00:00:00:07"};
  take(of_import({{"smbios_uuid", guest_uuid}, {"mac_addresses", mac}}, "Guest 7", "virtual_machine"));
  take(of_scan({{"snmp_engine_id", "80001f8880aa11"}, {"mac_addresses", mac}}, "vm7", "server"));
  EXPECT_EQ(open_reviews().size(), 1u);
  take(of_scan({{"snmp_engine_id", "80001f8880aa11"}, {"smbios_uuid", guest_uuid}, {"mac_addresses", mac}},
               "vm7", "server"));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Duplicates, AContainersMacSaysNothing) {
  const auto agent =
      take(of_agent("a", 1, {"CZ1", "", "aaaa1", "host7", {"02:42:ac:11:00:02"}, {}, "server"}));
  const auto scan = take(of_scan(
      {{"snmp_engine_id", "80001f8880aa11"}, {"mac_addresses", inventory::TextList{"02:42:ac:11:00:02"}}},
      "host8", "server"));
  EXPECT_FALSE(are_one(agent.ci, scan.ci));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Duplicates, AFirstScanWithoutAdaptersIsJoinedByTheSecond) {
  const auto agent = take(of_agent("a", 1, laptop));
  const auto first = take(of_scan({{"snmp_engine_id", "80001f8880aa11"}}, "laptop7", "server"));
  EXPECT_FALSE(are_one(agent.ci, first.ci));
  take(of_scan({{"snmp_engine_id", "80001f8880aa11"}, {"mac_addresses", laptop.macs}}, "laptop7", "server"));
  EXPECT_TRUE(are_one(agent.ci, first.ci));
}

TEST_F(Duplicates, ASpareWithTheEngineIdOfItsPredecessorIsAQuestion) {
  const auto scan_of = [&](const char* serial, const char* mac) {
    return take(of_scan({{"snmp_engine_id", "8000000904aa11"},
                         {"manufacturer", "Cisco"},
                         {"serial_number", serial},
                         {"base_mac", mac},
                         {"management_address", "10.1.0.1"}}));
  };
  const auto old_device = scan_of("FOC1", "00:1b:54:00:00:01");
  const auto spare = scan_of("FOC2", "00:1b:54:00:00:02");
  EXPECT_FALSE(are_one(old_device.ci, spare.ci));
  EXPECT_EQ(open_reviews().size(), 1u);
  EXPECT_EQ(scan_of("FOC2", "00:1b:54:00:00:02").ci, spare.ci);
}

TEST_F(Duplicates, RowsOfARegisterAreToldApartByTheirAssetTag) {
  const auto old_machine =
      take(of_import({{"asset_tag", "AT-1"}, {"serial_number", "CZ1"}}, "laptop7", "workstation"));
  const auto next_machine = take(of_import({{"asset_tag", "AT-2"}}, "laptop7", "workstation"));
  EXPECT_FALSE(are_one(old_machine.ci, next_machine.ci));
}

class CopiedGuest : public IdentificationCase {
 protected:
  static Machine guest(const char* uuid, const char* mac) {
    return {"", uuid, "aaaa0000aaaa0000aaaa0000aaaa0001", "vm7", {mac}, {}, "virtual_machine"};
  }
  inventory::Report row_of(const Machine& machine, const char* instance, const char* name) const {
    return of_import({{"provider_id", "hv1"},
                      {"instance_uuid", instance},
                      {"smbios_uuid", machine.uuid},
                      {"mac_addresses", machine.macs}},
                     name, "virtual_machine");
  }
  static constexpr const char* first_instance = "aaaaaaaa-0000-4000-8000-00000000000a";
  static constexpr const char* second_instance = "bbbbbbbb-0000-4000-8000-00000000000b";
  const Machine original = guest("11111111-2222-3333-4444-555555555555", "52:54:00:00:00:07");
  const Machine copy = guest("22222222-2222-3333-4444-555555555555", "52:54:00:00:00:08");
};

TEST_F(CopiedGuest, ARowOfTheCopyThatCameToTheOriginalGoesAlongWithTheCopy) {
  const auto first = take(of_agent("a", 1, original, "boot-1"));
  EXPECT_EQ(take(of_agent("a", 2, copy, "boot-2")).ci, first.ci);
  EXPECT_EQ(take(row_of(copy, second_instance, "vm8")).ci, first.ci);
  take(of_agent("a", 3, original, "boot-1"));
  const auto second = take(of_agent("a", 4, copy, "boot-2"));
  EXPECT_FALSE(are_one(first.ci, second.ci));
  EXPECT_TRUE(are_one(take(row_of(copy, second_instance, "vm8-renamed")).ci, second.ci));
}

TEST_F(CopiedGuest, ARowOfTheCopyThatWasJoinedWithTheOriginalIsParted) {
  const auto row = take(row_of(copy, second_instance, "vm8"));
  const auto first = take(of_agent("a", 1, original, "boot-1"));
  take(of_agent("a", 2, copy, "boot-2"));
  EXPECT_TRUE(are_one(row.ci, first.ci));
  take(of_agent("a", 3, original, "boot-1"));
  const auto second = take(of_agent("a", 4, copy, "boot-2"));
  EXPECT_FALSE(are_one(row.ci, first.ci));
  EXPECT_TRUE(are_one(row.ci, second.ci));
}

TEST_F(CopiedGuest, TwoInstancesOfAHypervisorAreNeverJoinedByRule) {
  Machine same_uuid = copy;
  same_uuid.uuid = original.uuid;
  const auto first_row = take(row_of(original, first_instance, "vm7"));
  const auto second_row = take(row_of(same_uuid, second_instance, "vm8"));
  take(of_agent("a", 1, original, "boot-1"));
  take(of_agent("a", 2, same_uuid, "boot-2"));
  EXPECT_FALSE(are_one(first_row.ci, second_row.ci));
}

class NewBoard : public IdentificationCase {
 protected:
  Machine repaired() const {
    Machine machine = laptop;
    machine.uuid = "77777777-2222-3333-4444-555555555555";
    machine.macs = {"3c:52:82:00:00:50"};
    machine.machine_id = "bbbb0000bbbb0000bbbb0000bbbb0002";
    machine.disks.pop_back();
    return machine;
  }
};

TEST_F(NewBoard, WithANewSystemIsTheSameMachineOnceTheOldSystemIsSilent) {
  const auto before = take(of_agent("a", 1, laptop, "boot-1"));
  clock.advance(2 * day_ms);
  const auto after = take(of_agent("b", 1, repaired(), "boot-2"));
  EXPECT_EQ(after.decision, "waiting");
  clock.advance(2 * day_ms);
  settle();
  EXPECT_TRUE(are_one(before.ci, after.ci));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(NewBoard, AndBothSystemsRunningIsAQuestion) {
  const auto before = take(of_agent("a", 1, laptop, "boot-1"));
  const auto after = take(of_agent("b", 1, repaired(), "boot-2"));
  clock.advance(4 * hour_ms);
  take(of_agent("a", 2, laptop, "boot-1"));
  settle();
  EXPECT_FALSE(are_one(before.ci, after.ci));
  EXPECT_EQ(open_reviews().size(), 1u);
}

TEST_F(CopiedGuest, ACopyIsJoinedWithItsOwnRowOnceTheOriginalsIsGoneFromItsItem) {
  const auto own_row = take(row_of(copy, second_instance, "vm8"));
  const auto first = take(of_agent("a", 1, original, "boot-1"));
  EXPECT_TRUE(are_one(take(row_of(original, first_instance, "vm7")).ci, first.ci));
  take(of_agent("a", 2, copy, "boot-2"));
  EXPECT_FALSE(are_one(own_row.ci, first.ci));
  take(of_agent("a", 3, original, "boot-1"));
  take(of_agent("a", 4, copy, "boot-2"));
  EXPECT_TRUE(are_one(take(of_agent("a", 5, copy, "boot-3")).ci, own_row.ci));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(CopiedGuest, ASecondCopyIsFoundBesideTheFirst) {
  const auto first = take(of_agent("a", 1, original, "boot-1"));
  take(of_agent("a", 2, copy, "boot-2"));
  take(of_agent("a", 3, original, "boot-1"));
  const auto second = take(of_agent("a", 4, copy, "boot-2"));
  const Machine same_uuid = guest("11111111-2222-3333-4444-555555555555", "52:54:00:00:00:09");
  EXPECT_EQ(take(of_agent("a", 5, same_uuid, "boot-3")).ci, first.ci);
  take(of_agent("a", 6, original, "boot-1"));
  const auto third = take(of_agent("a", 7, same_uuid, "boot-3"));
  EXPECT_EQ((std::set{first.ci, second.ci, third.ci}.size()), 3u);
  EXPECT_EQ(take(of_agent("a", 8, original, "boot-1")).ci, first.ci);
  EXPECT_EQ(take(of_agent("a", 9, copy, "boot-2")).ci, second.ci);
}

TEST_F(Duplicates, AScanThatSaysWhatItSaidBeforeIsOfTheSameItem) {
  const auto scan_of = [&](const char* address) {
    return take(of_scan({{"snmp_engine_id", "80001f8880aa11"},
                         {"mac_addresses", inventory::TextList{"52:54:00:00:00:07"}},
                         {"ip_addresses", inventory::TextList{address}}},
                        "vm7", "server"));
  };
  auto owner = of_agent("x", 1, {"", "", "", "vm1", {"52:54:00:00:00:01"}, {}, "virtual_machine"});
  owner.sections[0].attributes.set("snmp_engine_id", std::string("80001f8880aa11"));
  take(owner);
  const auto first = scan_of("10.1.0.7");
  for (const char* copy : {"a", "b"})
    take(of_agent(copy, 1, {"", "", "", copy, {"52:54:00:00:00:07"}, {}, "virtual_machine"}, copy));
  EXPECT_EQ(scan_of("10.1.0.7").ci, first.ci);
}

TEST_F(Duplicates, AScansItemIsJoinedByTheAgentThatFitsTheHypervisorsRowBetter) {
  const inventory::TextList mac{"52:54:00:00:00:07"};
  const auto row =
      take(of_import({{"smbios_uuid", guest_uuid}, {"mac_addresses", mac}}, "Guest 7", "virtual_machine"));
  const auto scan =
      take(of_scan({{"snmp_engine_id", "80001f8880aa11"}, {"mac_addresses", mac}}, "vm7", "server"));
  EXPECT_EQ(open_reviews().size(), 1u);
  take(of_agent("a", 1, {"", guest_uuid, "aaaa1", "vm7", mac, {}, "virtual_machine"}));
  EXPECT_TRUE(are_one(row.ci, scan.ci));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Duplicates, TwoMachinesWithOneJunkSerialNumberAreNotJoinedByTheAgentOfOne) {
  const auto row = [&](const char* tag, const char* mac) {
    return take(of_import({{"asset_tag", tag},
                           {"serial_number", "SKU-DEFAULT-77"},
                           {"mac_addresses", inventory::TextList{mac}}},
                          tag, "workstation"));
  };
  const auto first = row("AT-1", "04:d9:f5:00:00:01");
  const auto second = row("AT-2", "04:d9:f5:00:00:02");
  const auto agent = take(of_agent("a", 1, {"SKU-DEFAULT-77", "", "aaaa1", "pc1", {"04:d9:f5:00:00:01"}}));
  EXPECT_TRUE(are_one(agent.ci, first.ci));
  EXPECT_FALSE(are_one(first.ci, second.ci));
}

TEST_F(Duplicates, OneJunkValueAsSerialAndChassisNumberIsNoQuestion) {
  const auto machine = [&](const char* n) {
    Machine one{"SKU-DEFAULT-77",
                std::string("1111111") + n + "-2222-3333-4444-555555555555",
                "",
                std::string("pc") + n,
                {std::string("04:d9:f5:00:00:0") + n},
                {std::string("D") + n}};
    inventory::Report report = of_agent(n, 1, one);
    report.sections[0].attributes.set("chassis_serial_number", std::string("SKU-DEFAULT-77"));
    report.sections[0].attributes.set("baseboard_serial_number", std::string("B100") + n);
    return take(report);
  };
  EXPECT_FALSE(are_one(machine("1").ci, machine("2").ci));
  EXPECT_TRUE(open_reviews().empty());
}

class NamedRow : public IdentificationCase {
 protected:
  inventory::Report row(Values values, const char* tag) const {
    values.emplace_back("asset_tag", tag);
    values.emplace_back("host_name", "laptop7");
    values.emplace_back("model", "T14");
    return of_import(std::move(values), "laptop7", "workstation");
  }
  inventory::Report agent_with(const Machine& machine, const char* agent) const {
    inventory::Report report = of_agent(agent, 1, machine);
    report.sections[0].attributes.set("host_name", machine.name);
    report.sections[0].attributes.set("model", "T14");
    return report;
  }
};

TEST_F(NamedRow, WithoutASerialNumberIsFoundByNameAndModelTogether) {
  const auto agent = take(agent_with(laptop, "a"));
  EXPECT_TRUE(are_one(take(row({}, "AT-1")).ci, agent.ci));
}

TEST_F(NamedRow, IsFoundByTheAgentThatComesLater) {
  const auto first = take(row({}, "AT-1"));
  EXPECT_TRUE(are_one(take(agent_with(laptop, "a")).ci, first.ci));
}

TEST_F(NamedRow, OfTheNextMachineOfTheDeskIsAnotherItemAndNoQuestion) {
  const auto agent = take(agent_with(laptop, "a"));
  const auto next = take(row({{"serial_number", "CZ2"}}, "AT-2"));
  EXPECT_FALSE(are_one(next.ci, agent.ci));
  EXPECT_TRUE(open_reviews().empty());
}

}  // namespace
}  // namespace censo::cmdb
