// The cases on which inventories fail: one test each, by name (docs/identification.md).
#include "tests/cmdb/identification_fixture.h"

#include <set>

namespace censo::cmdb {
namespace {

using Case = IdentificationCase;

TEST_F(Case, ClonedVmWithTheSameMachineIdAndNewAgentIsAnItemOfItsOwn) {
  Machine image{"", "aaaaaaaa-0000-4000-8000-000000000001", "feed0000feed0000feed0000feed0001", "template"};
  image.class_name = "virtual_machine";
  Machine clone = image;
  clone.uuid = "bbbbbbbb-0000-4000-8000-000000000002";
  const auto a = take(of_agent("a", 1, image, "boot-a"));
  const auto b = take(of_agent("b", 1, clone, "boot-b"));
  EXPECT_FALSE(are_one(a.ci, b.ci));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Case, ClonedVmWithTheSameAgentStateGetsAnItemOfItsOwn) {
  Machine image = laptop, clone = laptop;
  clone.macs = {"3c:52:82:00:00:99"};
  clone.name = "clone";
  const auto a = take(of_agent("a", 1, image, "boot-1"));
  EXPECT_EQ(take(of_agent("a", 2, clone, "boot-2")).ci, a.ci);
  EXPECT_NE(take(of_agent("a", 3, image, "boot-1")).conflict, "");
  const auto b = take(of_agent("a", 4, clone, "boot-2"));
  EXPECT_NE(b.ci, a.ci);
  EXPECT_EQ(b.decision, "clone");
  EXPECT_EQ(take(of_agent("a", 5, image, "boot-1")).ci, a.ci);
  EXPECT_EQ(take(of_agent("a", 6, clone, "boot-2")).ci, b.ci);
  EXPECT_FALSE(history(a.ci, "conflict").empty());
  EXPECT_FALSE(history(b.ci, "conflict").empty());
}

TEST_F(Case, EveryFurtherCopyOfAVmWithTheSameAgentStateGetsAnItemOfItsOwn) {
  std::vector<Machine> copies(4, laptop);
  for (std::size_t i = 1; i < copies.size(); ++i) {
    copies[i].macs = {"3c:52:82:00:00:9" + std::to_string(i)};
    copies[i].name = "copy " + std::to_string(i);
  }
  copies[3].name = copies[0].name;  // not renamed
  std::set<CiId> items;
  for (int turn = 0, at = 0; turn < 3; ++turn) {
    items.clear();
    for (std::size_t i = 0; i < copies.size(); ++i)
      items.insert(take(of_agent("a", ++at, copies[i], "boot-" + std::to_string(i))).ci);
  }
  EXPECT_EQ(items.size(), copies.size());
  std::set<CiId> rebooted;
  for (std::size_t i = 0; i < copies.size(); ++i)
    rebooted.insert(take(of_agent("a", 20 + static_cast<int>(i), copies[i], "next-" + std::to_string(i))).ci);
  EXPECT_EQ(rebooted, items);
  EXPECT_EQ(open_reviews().size(), 0U);
}

TEST_F(Case, AgentStateCopiedToOtherHardwareAlternatesWithoutBootIds) {
  const Machine other{"CZ9", "99999999-2222-3333-4444-555555555555", "", "other", {"3c:52:82:00:00:90"},
                      {"S9"}};
  const auto a = take(of_agent("a", 1, laptop));
  take(of_agent("a", 2, other));
  take(of_agent("a", 3, laptop));
  const auto b = take(of_agent("a", 4, other));
  EXPECT_NE(b.ci, a.ci);
  EXPECT_EQ(take(of_agent("a", 5, laptop)).ci, a.ci);
}

TEST_F(Case, JunkSerialMergesNothing) {
  const auto a = take(of_agent("a", 1, {"System Serial Number", "", "", "one"}));
  const auto b = take(of_agent("b", 1, {"SystemSerialNumber", "", "", "two"}));
  EXPECT_FALSE(are_one(a.ci, b.ci));
  EXPECT_EQ(b.conflict, "");
}

TEST_F(Case, JunkSerialThatNoListHasIsLearnt) {
  std::vector<CiId> items;
  for (int i = 0; i < 4; ++i) {
    const std::string n = std::to_string(i);
    items.push_back(take(of_agent("a" + n, 1,
                                  {"BATCH-7",
                                   "0000000" + n + "-1111-4111-8111-111111111111",
                                   "machine" + n,
                                   "pc" + n,
                                   {"3c:52:82:00:01:0" + n},
                                   {"D" + n}}))
                        .ci);
  }
  EXPECT_EQ(std::set<CiId>(items.begin(), items.end()).size(), 4u);
  EXPECT_TRUE(tx.query_one("select 1 from junk_identifier where value = 'batch-7' and origin = 'learnt'"));
  EXPECT_TRUE(open_reviews().empty());
  EXPECT_EQ(
      tx.query_one("select count(*) from ci_key where value = 'batch-7' and identifying = 1")->integer(0), 0);
}

TEST_F(Case, SameBoardUuidOnABatchNeverDecidesAlone) {
  const std::string uuid = "44454c4c-0000-2000-8020-80c04f202020";
  const auto a = take(of_agent("a", 1, {"DELL1", uuid, "m1", "pc1", {"3c:52:82:00:02:01"}, {}}));
  const auto b = take(of_agent("b", 1, {"DELL2", uuid, "m2", "pc2", {"3c:52:82:00:02:02"}, {}}));
  EXPECT_FALSE(are_one(a.ci, b.ci));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Case, DockingStationMacSaysNothing) {
  const auto docked = [&](const std::string& agent, const std::string& serial, std::uint64_t sequence) {
    return agent_report(agent, sequence,
                        {section("network_interfaces",
                                 attributes({{"serial_number", serial},
                                             {"mac_addresses", inventory::TextList{"00:e0:4c:68:00:01"}}}),
                                 {item("network_interface", attributes({{"name", "enx0"},
                                                                        {"kind", "physical"},
                                                                        {"mac", "00:e0:4c:68:00:01"},
                                                                        {"driver", "r8152"}}))})},
                        "laptop-" + agent);
  };
  const auto a = take(docked("a", "", 1));
  const auto b = take(docked("b", "", 1));
  EXPECT_FALSE(are_one(a.ci, b.ci));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Case, BluetoothDongleDefaultMacSaysNothing) {
  const auto a = take(of_agent("a", 1, {"", "", "m1", "pc1", {"00:1a:7d:da:71:0a"}, {}}));
  const auto b = take(of_agent("b", 1, {"", "", "m2", "pc2", {"00:1A:7D:DA:71:0A"}, {}}));
  EXPECT_FALSE(are_one(a.ci, b.ci));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Case, RandomisedWifiMacSaysNothing) {
  Machine other = laptop;
  other.serial = "CZ2";
  other.uuid = other.machine_id = "";
  other.disks = {};
  Machine first = laptop;
  first.macs = other.macs = {"da:a1:19:00:00:01"};
  const auto a = take(of_agent("a", 1, first));
  const auto b = take(of_agent("b", 1, other));
  EXPECT_FALSE(are_one(a.ci, b.ci));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Case, VpnVmwareAndPppAdaptersSayNothing) {
  const inventory::TextList macs{"00:09:0f:aa:00:01", "00:50:56:c0:00:08", "33:50:6f:45:30:30",
                                 "02:00:4e:43:50:49"};
  const auto a = take(of_agent("a", 1, {"", "", "m1", "pc1", macs, {}}));
  const auto b = take(of_agent("b", 1, {"", "", "m2", "pc2", macs, {}}));
  EXPECT_FALSE(are_one(a.ci, b.ci));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Case, NicSwapKeepsTheItemAndIsTold) {
  const auto before = take(of_agent("a", 1, laptop));
  Machine swapped = laptop;
  swapped.macs = {"3c:52:82:00:00:77"};
  EXPECT_EQ(take(of_agent("a", 2, swapped)).ci, before.ci);
  const auto entries = history(before.ci, "hardware");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].subject, "network card replaced");
  EXPECT_EQ(entries[0].new_value, "3c:52:82:00:00:77");
}

TEST_F(Case, NicSwapSeenByAnImportMatchesBySerialAndUuid) {
  const auto before =
      take(of_import({{"serial_number", "CZ1"}, {"smbios_uuid", laptop.uuid}, {"mac_addresses", laptop.macs}},
                     "laptop7", "workstation"));
  Machine swapped = laptop;
  swapped.macs = {"3c:52:82:00:00:77"};
  EXPECT_EQ(take(of_agent("a", 1, swapped)).ci, before.ci);
}

TEST_F(Case, BoardSwapAsksAHuman) {
  const auto before = take(of_agent("a", 1, laptop));
  end_agent(tx, "a", clock.now());
  Machine swapped = laptop;
  swapped.serial = "NEWBOARD1";
  swapped.uuid = "77777777-2222-3333-4444-555555555555";
  swapped.macs = {"3c:52:82:00:00:50"};
  const auto after = take(of_agent("b", 1, swapped));
  EXPECT_FALSE(are_one(before.ci, after.ci));
  const auto reviews = open_reviews();
  ASSERT_EQ(reviews.size(), 1u);
  EXPECT_EQ(reviews[0].other, before.ci);
}

TEST_F(Case, BoardSwapUnderTheSameAgentStaysOneItemAndIsTold) {
  const auto before = take(of_agent("a", 1, laptop, "boot-1"));
  Machine swapped = laptop;
  swapped.serial = "NEWBOARD1";
  swapped.uuid = "77777777-2222-3333-4444-555555555555";
  EXPECT_EQ(take(of_agent("a", 2, swapped, "boot-2")).ci, before.ci);
  EXPECT_EQ(history(before.ci, "hardware").front().subject, "main board replaced");
}

TEST_F(Case, ReimagedMachineWhoseOldAgentIsSilentIsOneItem) {
  const auto old_os = take(of_agent("a", 1, laptop, "boot-1"));
  clock.advance(2 * hour_ms);
  Machine fresh = laptop;
  fresh.machine_id = "bbbb0000bbbb0000bbbb0000bbbb0002";
  fresh.name = "laptop7-new";
  const auto new_os = take(of_agent("b", 1, fresh, "boot-2"));
  EXPECT_EQ(new_os.decision, "waiting");
  clock.advance(30 * hour_ms);
  take(of_agent("b", 2, fresh, "boot-2"));
  settle();
  EXPECT_TRUE(are_one(old_os.ci, new_os.ci));
  EXPECT_EQ(root(new_os.ci), old_os.ci);
  EXPECT_EQ(find_ci(tx, old_os.ci)->name, "laptop7-new");
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Case, DualBootIsOneItemWithBothSystemsAsRecords) {
  Machine other_os = laptop;
  other_os.machine_id = "bbbb0000bbbb0000bbbb0000bbbb0002";
  const auto a = take(of_agent("a", 1, laptop, "boot-1"));
  clock.advance(hour_ms);
  const auto b = take(of_agent("b", 1, other_os, "boot-2"));
  clock.advance(hour_ms);
  take(of_agent("a", 2, laptop, "boot-3"));
  clock.advance(3 * hour_ms);
  settle();
  EXPECT_TRUE(are_one(a.ci, b.ci));
  EXPECT_EQ(members_of(tx, a.ci).size(), 2u);
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Case, TwoLiveAgentsOnTheSameHardwareAreAskedAboutAndNotMerged) {
  const auto a = take(of_agent("a", 1, laptop, "boot-1"));
  const auto b = take(of_agent("b", 1, laptop, "boot-2"));
  EXPECT_NE(b.conflict, "");
  clock.advance(hour_ms);
  take(of_agent("a", 2, laptop, "boot-1"));
  clock.advance(3 * hour_ms);
  settle();
  EXPECT_FALSE(are_one(a.ci, b.ci));
  ASSERT_EQ(open_reviews().size(), 1u);
  EXPECT_EQ(open_reviews()[0].kind, "live_agents");
}

TEST_F(Case, AMergeByTimeIsUndoneWhenBothTurnOutToLive) {
  const auto a = take(of_agent("a", 1, laptop, "boot-1"));
  const auto b = take(of_agent("b", 1, laptop, "boot-2"));
  clock.advance(30 * hour_ms);
  settle();
  ASSERT_TRUE(are_one(a.ci, b.ci));
  take(of_agent("a", 2, laptop, "boot-1"));
  take(of_agent("b", 2, laptop, "boot-2"));
  settle();
  EXPECT_FALSE(are_one(a.ci, b.ci));
  EXPECT_EQ(open_reviews().size(), 1u);
}

TEST_F(Case, RenameOfABatchMakesNoDuplicates) {
  const auto before = take(of_import({{"serial_number", "CZ1"}}, "pc-0001", "workstation"));
  EXPECT_EQ(take(of_import({{"serial_number", "CZ1"}}, "madrid-0001", "workstation")).ci, before.ci);
}

TEST_F(Case, SameHostNameOnTwoMachinesMergesNothing) {
  const auto a = take(of_agent("a", 1, {"CZ1", "", "m1", "web01", {}, {}}));
  const auto b = take(of_agent("b", 1, {"CZ2", "", "m2", "web01", {}, {}}));
  EXPECT_FALSE(are_one(a.ci, b.ci));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Case, SameHostNameWithNothingElseIsProposedAtMost) {
  const auto a = take(of_agent("a", 1, {"CZ1", "", "m1", "web01", {}, {}}));
  const auto row = take(of_import({{"model", "R640"}}, "web01", "workstation"));
  EXPECT_FALSE(are_one(a.ci, row.ci));
  ASSERT_EQ(open_reviews().size(), 1u);
  EXPECT_EQ(open_reviews()[0].kind, "name_only");
}

TEST_F(Case, HostViewAndGuestViewOfAVmJoinInBothByteOrders) {
  Machine guest{"", "564d4cbc-c6a9-1969-1111-222233334444", "m1", "db01"};
  guest.class_name = "virtual_machine";
  const auto view = take(of_import({{"smbios_uuid", "BC4C4D56-A9C6-6919-1111-222233334444"}}, "DB 01 (prod)",
                                   "virtual_machine"));
  EXPECT_EQ(take(of_agent("a", 1, guest)).ci, view.ci);
}

TEST_F(Case, ContainerThatShowsItsHostsSerialIsAnItemOfItsOwn) {
  const auto host = take(of_agent("a", 1, laptop));
  Machine container = laptop;
  container.class_name = "container";
  container.name = "3f2a";
  const auto inside = take(of_agent("b", 1, container));
  EXPECT_FALSE(are_one(host.ci, inside.ci));
  EXPECT_EQ(inside.conflict, "");
  EXPECT_EQ(resolve_ci(tx, "CZ1")->id, host.ci);
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Case, VmRenamedInItsHypervisorKeepsItsIdentity) {
  const std::string uuid = "564d4cbc-c6a9-1969-1111-222233334444";
  const auto before = take(of_import({{"smbios_uuid", uuid}}, "vm-old", "virtual_machine"));
  EXPECT_EQ(take(of_import({{"smbios_uuid", uuid}}, "vm-new", "virtual_machine")).ci, before.ci);
  EXPECT_EQ(take(of_import({{"smbios_uuid", uuid}}, "vm-old", "virtual_machine")).ci, before.ci);
  EXPECT_EQ(count("ci"), 1);
}

TEST_F(Case, SwitchStackWithANewMasterIsTheSameDevice) {
  const auto stack = [&](const std::string& master_serial, const std::string& base_mac,
                         const std::string& engine) {
    auto report = of_scan({{"serial_number", master_serial},
                           {"manufacturer", "Cisco"},
                           {"base_mac", base_mac},
                           {"snmp_engine_id", engine}},
                          "stack1");
    for (const char* serial : {"FOC1", "FOC2"}) {
      report.sections[0].items.push_back(
          item("physical_entity", attributes({{"entity_index", std::int64_t{serial[3]}},
                                              {"entity_class", "chassis"},
                                              {"serial_number", serial}})));
    }
    return report;
  };
  const auto before = take(stack("FOC1", "00:18:7d:00:00:01", "800000090300187d000001"));
  const auto after = take(stack("FOC2", "00:18:7d:00:00:02", "800000090300187d000002"));
  EXPECT_TRUE(are_one(before.ci, after.ci) || open_reviews().size() == 1u);
}

TEST_F(Case, SeveralManagementAddressesAreOneDevice) {
  const auto first =
      take(of_scan({{"snmp_engine_id", "8000000903aa"}, {"management_address", "10.0.0.1"}}, "core"));
  const auto second =
      take(of_scan({{"snmp_engine_id", "8000000903aa"}, {"management_address", "10.0.1.1"}}, "core"));
  EXPECT_EQ(first.ci, second.ci);
}

TEST_F(Case, SharedVrrpAddressAndMacDoNotMergeTwoRouters) {
  const auto router = [&](const std::string& engine, const std::string& name) {
    return of_scan({{"snmp_engine_id", engine},
                    {"management_address", "10.0.0.254"},
                    {"mac_addresses", inventory::TextList{"00:00:5e:00:01:0a"}}},
                   name, "router");
  };
  const auto a = take(router("8000000903aa", "r1"));
  const auto b = take(router("8000000903bb", "r2"));
  EXPECT_FALSE(are_one(a.ci, b.ci));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Case, PlaceholderWithOnlyAMacIsAbsorbedByTheRealDevice) {
  const auto placeholder = take(of_scan({{"base_mac", "00:18:7d:00:00:05"}}, "", "network_device"));
  const auto device =
      take(of_scan({{"snmp_engine_id", "8000000903aa"},
                    {"base_mac", "00:18:7d:00:00:01"},
                    {"mac_addresses", inventory::TextList{"00:18:7d:00:00:01", "00:18:7d:00:00:05"}}},
                   "sw02"));
  EXPECT_EQ(device.ci, placeholder.ci);
  EXPECT_EQ(find_ci(tx, device.ci)->class_name, "switch");
}

TEST_F(Case, PartialScanDeletesNothing) {
  const auto before = take(of_agent("a", 1, laptop));
  auto partial =
      agent_report("a", 2, {section("hardware", attributes({{"serial_number", "CZ1"}}))}, "laptop7");
  partial.subject_class = "workstation";
  partial.sections[0].complete = false;
  take(partial);
  EXPECT_EQ(find_ci(tx, before.ci)->attributes.text("smbios_uuid"), laptop.uuid);
  EXPECT_EQ(components_of(tx, before.ci, "disk").size(), 2u);
}

TEST_F(Case, ImportWithoutSerialAndALaterScanAreAskedAbout) {
  const Values order{{"model", "Latitude 5540"}, {"primary_user", "ana"}, {"location", "Madrid 3"}};
  const auto row = take(of_import(order, "PO-17-3", "workstation"));
  Values seen = order;
  seen.emplace_back("serial_number", "CZ1");
  const auto scan = take(of_scan(seen, "laptop7", "workstation"));
  EXPECT_FALSE(are_one(row.ci, scan.ci));
  ASSERT_EQ(open_reviews().size(), 1u);
  EXPECT_EQ(open_reviews()[0].kind, "pending_asset");
}

}  // namespace
}  // namespace censo::cmdb
