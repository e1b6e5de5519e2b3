#include "collector/scanner/inventory_device.h"

#include "collector/scanner/recorded_session.h"
#include "report_lines.h"
#include "tests/collector/scanner/built_in_devices.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace censo::scanner {
namespace {

// A switch with two ports, a chassis and three neighbours, put together by hand from the MIBs.
constexpr std::string_view base_switch = R"(1.0.8802.1.1.2.1.3.1.0|2|4
1.0.8802.1.1.2.1.3.2.0|4x|02000000aa01
1.0.8802.1.1.2.1.3.6.0|4x|2800
1.0.8802.1.1.2.1.3.7.1.2.7|2|5
1.0.8802.1.1.2.1.3.7.1.3.7|4|Gi0/1
1.0.8802.1.1.2.1.4.1.1.4.0.7.1|2|4
1.0.8802.1.1.2.1.4.1.1.4.0.102.2|2|4
1.0.8802.1.1.2.1.4.1.1.4.0.9.3|2|7
1.0.8802.1.1.2.1.4.1.1.4.0.9.4|2|4
1.0.8802.1.1.2.1.4.1.1.5.0.7.1|4x|02000000bb01
1.0.8802.1.1.2.1.4.1.1.5.0.102.2|4x|02000000bb01
1.0.8802.1.1.2.1.4.1.1.5.0.9.3|4|wall-box
1.0.8802.1.1.2.1.4.1.1.5.0.9.4|4x|02000000cc01
1.0.8802.1.1.2.1.4.1.1.6.0.7.1|2|5
1.0.8802.1.1.2.1.4.1.1.6.0.102.2|2|5
1.0.8802.1.1.2.1.4.1.1.6.0.9.4|2|3
1.0.8802.1.1.2.1.4.1.1.7.0.7.1|4|Te1/1
1.0.8802.1.1.2.1.4.1.1.7.0.102.2|4|Te1/2
1.0.8802.1.1.2.1.4.1.1.7.0.9.4|4x|02000000cc02
1.0.8802.1.1.2.1.4.1.1.9.0.7.1|4|core-1
1.0.8802.1.1.2.1.4.1.1.12.0.7.1|4x|28
1.0.8802.1.1.2.1.4.1.1.12.0.102.2|4x|28
1.0.8802.1.1.2.1.4.1.1.12.0.9.4|4x|01
1.0.8802.1.1.2.1.4.2.1.3.0.7.1.1.4.10.0.0.1|2|2
1.3.6.1.2.1.1.1.0|4|Example switch, software 7
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1
1.3.6.1.2.1.1.3.0|67|360000
1.3.6.1.2.1.1.5.0|4|access-1
1.3.6.1.2.1.2.2.1.2.101|4|GigabitEthernet0/1
1.3.6.1.2.1.2.2.1.2.102|4|GigabitEthernet0/2
1.3.6.1.2.1.2.2.1.3.101|2|6
1.3.6.1.2.1.2.2.1.5.101|66|4294967295
1.3.6.1.2.1.2.2.1.6.101|4x|02000000aa65
1.3.6.1.2.1.2.2.1.7.101|2|1
1.3.6.1.2.1.2.2.1.8.101|2|2
1.3.6.1.2.1.4.20.1.2.10.0.0.9|2|101
1.3.6.1.2.1.4.20.1.2.127.0.0.1|2|102
1.3.6.1.2.1.4.20.1.3.10.0.0.9|64|255.255.255.0
1.3.6.1.2.1.17.1.4.1.2.9|2|102
1.3.6.1.2.1.31.1.1.1.1.101|4|Gi0/1
1.3.6.1.2.1.31.1.1.1.1.102|4|Gi0/2
1.3.6.1.2.1.31.1.1.1.15.101|66|10000
1.3.6.1.2.1.47.1.1.1.1.4.1|2|0
1.3.6.1.2.1.47.1.1.1.1.4.2|2|1
1.3.6.1.2.1.47.1.1.1.1.5.1|2|3
1.3.6.1.2.1.47.1.1.1.1.5.2|2|8
1.3.6.1.2.1.47.1.1.1.1.11.1|4|SN-0001
1.3.6.1.2.1.47.1.1.1.1.12.1|4|Example
1.3.6.1.2.1.47.1.1.1.1.13.1|4|EX-24
1.3.6.1.6.3.10.2.1.1.0|4x|800001F88004
)";

DeviceInventory inventory_of(std::string recording) {
  RecordedSession session(*parse_snmprec(recording));
  auto inventory = inventory_device(session, built_in_devices(), {"10.0.0.9", 161}, 1'790'000'000'000);
  EXPECT_TRUE(inventory);
  return std::move(*inventory);
}
inventory::Report switch_report() {
  return inventory_of(std::string(base_switch)).report;
}
std::string class_of(std::string recording) {
  return inventory_of(std::move(recording)).report.subject_class;
}

// The only item of a section with this value; the test fails when there is none.
inventory::Attributes item(const inventory::Report& report, std::string_view section, std::string_view name,
                           std::string value) {
  for (const auto& candidate : section_of(report, section).items) {
    if (candidate.attributes.text(name) == value) return candidate.attributes;
  }
  ADD_FAILURE() << "no item with " << name << " " << value;
  return {};
}

TEST(System, NamesTheSubject) {
  const auto report = switch_report();
  EXPECT_EQ(report.subject_name, "access-1");
  EXPECT_EQ(inventory::subject_text(report, "sys_object_id"), "1.3.6.1.4.1.99999.1");
}
TEST(System, EngineIdIsLowerCaseHexadecimal) {
  EXPECT_EQ(inventory::subject_text(switch_report(), "snmp_engine_id"), "800001f88004");
}
TEST(System, BaseMacIsTheOneThatNeighboursSee) {
  EXPECT_EQ(inventory::subject_text(switch_report(), "base_mac"), "02:00:00:00:aa:01");
}
TEST(System, LastBootIsRoundedToTenMinutes) {
  EXPECT_EQ(inventory::subject_text(switch_report(), "last_boot"),
            base::to_iso8601(1'790'000'000'000 / 600'000 * 600'000 - 3'600'000));
}
TEST(System, ANamelessDeviceIsCalledByItsAddress) {
  EXPECT_EQ(inventory_of("1.3.6.1.2.1.1.3.0|67|1\n").report.subject_name, "10.0.0.9");
}

TEST(DeviceClass, BridgingMakesASwitch) {
  EXPECT_EQ(switch_report().subject_class, "switch");
}
TEST(DeviceClass, BridgePortsMakeASwitch) {
  EXPECT_EQ(class_of("1.3.6.1.2.1.17.1.2.0|2|24\n"), "switch");
}
TEST(DeviceClass, ForwardingAtTheNetworkLayerMakesARouter) {
  EXPECT_EQ(class_of("1.3.6.1.2.1.1.7.0|2|78\n1.3.6.1.2.1.4.1.0|2|1\n"), "router");
}
TEST(DeviceClass, ForwardingAloneDoesNot) {
  EXPECT_EQ(class_of("1.3.6.1.2.1.4.1.0|2|1\n"), "network_device");
}
TEST(DeviceClass, PrinterMibMakesAPrinter) {
  EXPECT_EQ(class_of("1.3.6.1.2.1.43.5.1.1.1.1|65|3\n"), "printer");
}
TEST(DeviceClass, UpsMibMakesAUps) {
  EXPECT_EQ(class_of("1.3.6.1.2.1.33.1.1.2.0|4|X-1500\n"), "ups");
}
TEST(DeviceClass, NetSnmpWithHostResourcesIsAServer) {
  EXPECT_EQ(class_of("1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10\n1.3.6.1.2.1.25.1.1.0|67|5\n"), "server");
}
TEST(DeviceClass, NetSnmpThatBridgesIsASwitch) {
  EXPECT_EQ(class_of("1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10\n1.3.6.1.2.1.17.1.2.0|2|8\n1.3.6.1.2.1.25."
                     "1.1.0|67|5\n"),
            "switch");
}
TEST(DeviceClass, AServersSystemIsWhatUnameSays) {
  const auto report = inventory_of(
                          "1.3.6.1.2.1.1.1.0|4|Linux lab 6.1.0-9-amd64 #1 SMP Debian "
                          "x86_64\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10\n"
                          "1.3.6.1.2.1.1.5.0|4|lab\n1.3.6.1.2.1.25.1.1.0|67|5\n")
                          .report;
  EXPECT_EQ(inventory::subject_text(report, "kernel_release"), "6.1.0-9-amd64");
  EXPECT_EQ(inventory::subject_text(report, "sys_name"), "");
}

TEST(Interfaces, AreNamedByIfName) {
  const auto port = item(switch_report(), "interfaces", "name", "Gi0/1");
  EXPECT_EQ(port.text("description"), "GigabitEthernet0/1");
  EXPECT_EQ(port.text("mac_address"), "02:00:00:00:aa:65");
  EXPECT_EQ(port.text("oper_status"), "down");
}
TEST(Interfaces, SpeedAbove4GbitComesFromIfHighSpeed) {
  const auto port = item(switch_report(), "interfaces", "name", "Gi0/1");
  const auto* speed = port.find("speed_bps");
  ASSERT_TRUE(speed);
  EXPECT_EQ(std::get<std::int64_t>(*speed), 10'000'000'000);
}
TEST(Interfaces, OfOneNameAreToldApart) {
  const auto report = inventory_of("1.3.6.1.2.1.2.2.1.2.1|4|port\n1.3.6.1.2.1.2.2.1.2.2|4|port\n").report;
  item(report, "interfaces", "name", "port");
  item(report, "interfaces", "name", "port #2");
}

TEST(Addresses, OfTheOldTableHaveTheirPrefixLength) {
  const auto address = item(switch_report(), "addresses", "address", "10.0.0.9");
  EXPECT_EQ(std::get<std::int64_t>(*address.find("prefix_length")), 24);
  EXPECT_EQ(address.text("port"), "Gi0/1");
}
TEST(Addresses, LeaveOutTheLoopback) {
  EXPECT_EQ(section_of(switch_report(), "addresses").items.size(), 1u);
}
TEST(Addresses, OfTheNewTableMayBeIPv6) {
  const auto report = inventory_of(
                          "1.3.6.1.2.1.4.34.1.3.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.5|2|1\n"
                          "1.3.6.1.2.1.4.34.1.5.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.5|6|1.3.6.1.2.1.4.32."
                          "1.5.1.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.0.64\n")
                          .report;
  EXPECT_EQ(
      std::get<std::int64_t>(*item(report, "addresses", "address", "2001:db8::5").find("prefix_length")), 64);
}

TEST(Entities, TheChassisDescribesTheSubject) {
  const auto report = switch_report();
  EXPECT_EQ(inventory::subject_text(report, "serial_number"), "SN-0001");
  EXPECT_EQ(inventory::subject_text(report, "model"), "EX-24");
  EXPECT_EQ(inventory::subject_text(report, "manufacturer"), "Example");
}
TEST(Entities, SensorsAreLeftOut) {
  EXPECT_EQ(section_of(switch_report(), "entities").items.size(), 1u);
}

TEST(Lldp, FindsTheLocalPortByName) {
  EXPECT_EQ(item(switch_report(), "lldp", "port_id", "Te1/1").text("local_port"), "Gi0/1");
}
TEST(Lldp, FindsTheLocalPortByInterfaceIndex) {
  EXPECT_EQ(item(switch_report(), "lldp", "port_id", "Te1/2").text("local_port"), "Gi0/2");
}
TEST(Lldp, FindsTheLocalPortByBridgePort) {
  EXPECT_EQ(item(switch_report(), "lldp", "chassis_id", "wall-box").text("local_port"), "Gi0/2");
}
TEST(Lldp, KeepsTheManagementAddress) {
  EXPECT_EQ(item(switch_report(), "lldp", "port_id", "Te1/1").text("management_address"), "10.0.0.1");
}
TEST(Lldp, SeveralCablesToOneNeighbourAreOneRelationship) {
  const auto report = switch_report();
  const auto& links = section_of(report, "lldp").relationships;
  ASSERT_EQ(links.size(), 1u);
  EXPECT_EQ(links[0].to, "lldp 02:00:00:00:bb:01");
  EXPECT_EQ(links[0].attributes.text("local_port"), "Gi0/1, Gi0/2");
  EXPECT_EQ(links[0].attributes.text("remote_port"), "Te1/1, Te1/2");
}
TEST(Lldp, OnlyNetworkGearWithAMacIsAnItemOfItsOwn) {
  const auto report = switch_report();
  const auto& items = section_of(report, "lldp").items;
  EXPECT_EQ(std::count_if(items.begin(), items.end(),
                          [](const auto& i) { return i.class_name == "lldp_neighbour"; }),
            4);
  EXPECT_EQ(std::count_if(items.begin(), items.end(), [](const auto& i) { return i.class_name == "switch"; }),
            1);
}

TEST(Inventory, IsCompleteAndWithoutProblems) {
  const auto inventory = inventory_of(std::string(base_switch));
  EXPECT_EQ(inventory.verdict, Verdict::ok);
  EXPECT_TRUE(inventory.report.problems.empty());
  EXPECT_TRUE(std::all_of(inventory.report.sections.begin(), inventory.report.sections.end(),
                          [](const auto& s) { return s.complete; }));
}

TEST(Inventory, ASectionOverALimitIsIncompleteAndTheOthersAreNot) {
  RecordedSession session(*parse_snmprec(base_switch), {.max_rows_per_table = 3});
  const auto inventory = inventory_device(session, built_in_devices(), {"10.0.0.9", 161}, 0);
  ASSERT_TRUE(inventory);
  EXPECT_EQ(inventory->verdict, Verdict::limit);
  EXPECT_TRUE(section_of(inventory->report, "interfaces").complete);
  EXPECT_FALSE(section_of(inventory->report, "lldp").complete);
  EXPECT_EQ(inventory->report.problems.at(0).source, "lldp");
}

// Bridge port 9 is ifIndex 102, Gi0/2; bridge port 5 has no interface.
const std::string bridge_table = R"(1.3.6.1.2.1.17.4.3.1.2.0.27.33.0.0.1|2|9
1.3.6.1.2.1.17.4.3.1.2.0.27.33.0.0.2|2|9
1.3.6.1.2.1.17.4.3.1.2.0.27.33.0.0.3|2|5
1.3.6.1.2.1.17.4.3.1.2.0.27.33.0.0.300|2|9
1.3.6.1.2.1.17.4.3.1.3.0.27.33.0.0.1|2|3
1.3.6.1.2.1.17.4.3.1.3.0.27.33.0.0.2|2|4
1.3.6.1.2.1.17.4.3.1.3.0.27.33.0.0.3|2|3
1.3.6.1.2.1.17.4.3.1.3.0.27.33.0.0.300|2|3
)";

std::vector<std::string> learned_in(const inventory::Report& report) {
  std::vector<std::string> found;
  for (const auto& section : report.sections) {
    if (section.name != "forwarding") continue;
    for (const auto& item : section.items) {
      const auto* vlan = item.attributes.find("vlan");
      found.push_back(item.attributes.text("port") + " " + item.attributes.text("mac_address") +
                      (vlan ? " " + std::to_string(std::get<std::int64_t>(*vlan)) : ""));
    }
  }
  return found;
}

TEST(Forwarding, LearnedAddressesStandAtTheirPorts) {
  const auto report = inventory_of(std::string(base_switch) + bridge_table).report;
  EXPECT_EQ(learned_in(report), std::vector<std::string>{"Gi0/2 00:1b:21:00:00:01"});
}

TEST(Forwarding, TheTableWithVlansIsTakenWhereThereIsOne) {
  const auto report = inventory_of(std::string(base_switch) + bridge_table +
                                   "1.3.6.1.2.1.17.7.1.2.2.1.2.20.0.27.33.0.0.9|2|9\n"
                                   "1.3.6.1.2.1.17.7.1.2.2.1.3.20.0.27.33.0.0.9|2|3\n")
                          .report;
  EXPECT_EQ(learned_in(report), std::vector<std::string>{"Gi0/2 00:1b:21:00:00:09 20"});
}

TEST(Forwarding, APortBehindWhichANetworkLiesIsLeftOut) {
  std::string rows;
  for (int i = 0; i < 65; ++i) {
    const auto index = "0.27.33.1.0." + std::to_string(i);
    rows += "1.3.6.1.2.1.17.4.3.1.2." + index + "|2|9\n1.3.6.1.2.1.17.4.3.1.3." + index + "|2|3\n";
  }
  EXPECT_EQ(learned_in(inventory_of(std::string(base_switch) + rows).report), std::vector<std::string>{});
}

}  // namespace
}  // namespace censo::scanner
