// What a device tells of its ports besides IF-MIB, of its parts' states, of addresses that it shares and of
// whom it exchanges routes with.
#include "report_lines.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>

namespace censo::scanner {
namespace {

const std::string switch_ports = R"(1.3.6.1.2.1.1.3.0|67|360000
1.3.6.1.2.1.1.5.0|4|access-1
1.3.6.1.2.1.2.2.1.2.1|4|Gi1/0/1
1.3.6.1.2.1.2.2.1.2.2|4|Gi1/0/2
1.3.6.1.2.1.2.2.1.2.3|4|Vlan10
1.3.6.1.2.1.2.2.1.2.4|4|Gi1/0/1.20
1.3.6.1.2.1.2.2.1.3.1|2|6
1.3.6.1.2.1.2.2.1.3.2|2|6
1.3.6.1.2.1.2.2.1.3.3|2|53
1.3.6.1.2.1.2.2.1.3.4|2|135
)";

TEST(Media, ComesFromBothMibs) {
  const auto report = report_of(switch_ports + R"(1.3.6.1.2.1.10.7.2.1.19.1|2|3
1.3.6.1.2.1.10.7.2.1.19.2|2|2
1.3.6.1.2.1.26.2.1.1.3.1.1|6|1.3.6.1.2.1.26.4.30
1.3.6.1.2.1.26.2.1.1.3.2.1|6|1.3.6.1.2.1.26.4.36
1.3.6.1.2.1.26.2.2.1.2.1.1.1|2|2
1.3.6.1.2.1.26.2.2.1.2.2.1.1|2|14
1.3.6.1.2.1.26.5.1.1.1.1.1|2|1
1.3.6.1.2.1.26.5.1.1.1.2.1|2|2
)");
  EXPECT_EQ(lines_of(report, "interfaces", {"name", "media", "connector", "duplex", "auto_negotiation"}),
            (Lines{"Gi1/0/1 1000BASE-T rj45 full yes", "Gi1/0/1.20    ",
                   "Gi1/0/2 10GBASE-SR fiber lc half no", "Vlan10    "}));
}

TEST(Media, ATypeTellsTheDuplexWhereEtherLikeMibDoesNot) {
  const auto report = report_of(switch_ports +
                                "1.3.6.1.2.1.26.2.1.1.3.1.1|6|1.3.6.1.2.1.26.4.15\n"
                                "1.3.6.1.2.1.26.2.1.1.3.2.1|6|0.0\n"
                                "1.3.6.1.2.1.26.2.1.1.3.2.2|6|1.3.6.1.2.1.26.4.4096\n");
  EXPECT_EQ(lines_of(report, "interfaces", {"name", "media", "duplex"}),
            (Lines{"Gi1/0/1 100BASE-TX half", "Gi1/0/1.20  ", "Gi1/0/2  ", "Vlan10  "}));
}

TEST(Stack, AVlansInterfaceNamesWhatItStandsOn) {
  const auto report = report_of(switch_ports +
                                "1.3.6.1.2.1.31.1.2.1.3.0.4|2|1\n1.3.6.1.2.1.31.1.2.1.3.3.1|2|1\n"
                                "1.3.6.1.2.1.31.1.2.1.3.3.2|2|1\n1.3.6.1.2.1.31.1.2.1.3.4.1|2|1\n");
  EXPECT_EQ(lines_of(report, "interfaces", {"name", "below"}),
            (Lines{"Gi1/0/1 ", "Gi1/0/1.20 Gi1/0/1", "Gi1/0/2 ", "Vlan10 "}));
}

TEST(PortVlans, AreThoseThatAreSetUp) {
  const auto report = report_of(switch_ports + R"(1.3.6.1.2.1.17.1.4.1.2.1|2|1
1.3.6.1.2.1.17.1.4.1.2.9|2|2
1.3.6.1.2.1.17.7.1.4.3.1.2.10|4x|8080
1.3.6.1.2.1.17.7.1.4.3.1.2.20|4x|0080
1.3.6.1.2.1.17.7.1.4.3.1.2.21|4x|0080
1.3.6.1.2.1.17.7.1.4.3.1.4.10|4x|8080
1.3.6.1.2.1.17.7.1.4.3.1.4.20|4x|0000
1.3.6.1.2.1.17.7.1.4.3.1.4.21|4x|0000
1.3.6.1.2.1.17.7.1.4.5.1.1.1|66|10
1.3.6.1.2.1.17.7.1.4.5.1.1.9|66|10
)");
  EXPECT_EQ(lines_of(report, "interfaces", {"name", "vlan_mode", "vlan", "tagged_vlans"}),
            (Lines{"Gi1/0/1 access 10 ", "Gi1/0/1.20   ", "Gi1/0/2 trunk 10 20-21", "Vlan10   "}));
}

// 1500 ports of a bridge that are no interfaces, in 1500 VLANs each; the one that is carries every other
// VLAN.
TEST(PortVlans, OfPortsThatTheReportDoesNotHaveCostNothing) {
  std::string text = switch_ports, all_ports;
  for (int port = 1; port <= 1500; ++port)
    text += "1.3.6.1.2.1.17.1.4.1.2." + std::to_string(port) + "|2|" + std::to_string(port) + "\n";
  for (int octet = 0; octet < 188; ++octet) all_ports += "ff";
  for (int vlan = 2; vlan <= 3000; vlan += 2)
    text += "1.3.6.1.2.1.17.7.1.4.3.1.2." + std::to_string(vlan) + "|4x|" + all_ports + "\n";
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  const auto report = report_of(text);
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 48 * 1024) << "KiB";
  const auto& port = report.sections.at(1).items.front();
  const auto vlans = port.attributes.text("tagged_vlans");
  EXPECT_TRUE(vlans.starts_with("2, 4, 6, ")) << vlans;
  EXPECT_TRUE(vlans.ends_with(", ...")) << vlans;
  EXPECT_LT(vlans.size(), 1100u);
}

TEST(PortVlans, OfCiscoAreInItsOwnTables) {
  const auto report = report_of(switch_ports + R"(1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1745
1.3.6.1.4.1.9.9.46.1.6.1.1.4.1|4x|7fe0
1.3.6.1.4.1.9.9.46.1.6.1.1.4.2|4x|7fff
1.3.6.1.4.1.9.9.46.1.6.1.1.5.1|2|1
1.3.6.1.4.1.9.9.46.1.6.1.1.5.2|2|1
1.3.6.1.4.1.9.9.46.1.6.1.1.13.1|2|1
1.3.6.1.4.1.9.9.46.1.6.1.1.13.2|2|4
1.3.6.1.4.1.9.9.46.1.6.1.1.14.1|2|2
1.3.6.1.4.1.9.9.46.1.6.1.1.14.2|2|2
1.3.6.1.4.1.9.9.46.1.6.1.1.17.1|4x|80
1.3.6.1.4.1.9.9.68.1.2.2.1.2.2|2|20
)");
  EXPECT_EQ(lines_of(report, "interfaces", {"name", "vlan_mode", "vlan", "tagged_vlans"}),
            (Lines{"Gi1/0/1 trunk 1 2-10, 1024", "Gi1/0/1.20   ", "Gi1/0/2 access 20 ", "Vlan10   "}));
}

const std::string powered = R"(1.3.6.1.2.1.105.1.1.1.3.1.1|2|1
1.3.6.1.2.1.105.1.1.1.3.1.2|2|2
1.3.6.1.2.1.105.1.1.1.6.1.1|2|3
1.3.6.1.2.1.105.1.1.1.6.1.2|2|1
1.3.6.1.2.1.105.1.1.1.7.1.1|2|3
1.3.6.1.2.1.105.1.1.1.7.1.2|2|1
1.3.6.1.2.1.105.1.1.1.10.1.1|2|5
1.3.6.1.2.1.105.1.1.1.10.1.2|2|1
1.3.6.1.2.1.105.1.3.1.1.2.1|66|370
1.3.6.1.2.1.105.1.3.1.1.3.1|2|1
1.3.6.1.2.1.105.1.3.1.1.4.1|66|24
1.3.6.1.2.1.105.1.3.1.1.5.1|2|80
)";

Lines power_lines(const inventory::Report& report) {
  return lines_of(report, "power_over_ethernet",
                  {"group", "number", "port", "enabled", "status", "power_class", "priority", "power_w",
                   "budget_w", "used_w", "threshold_percent"});
}

TEST(Power, PortsAndTheirSourceAreTold) {
  EXPECT_EQ(power_lines(report_of(switch_ports + powered)),
            (Lines{"1    on    370 20 80", "1 1 Gi1/0/1 yes delivering_power 4 low    ",
                   "1 2 Gi1/0/2 no disabled  critical    "}));
}

TEST(Power, OfCiscoThePartTellsThePort) {
  const auto report = report_of(switch_ports + powered + R"(1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1745
1.3.6.1.2.1.47.1.1.1.1.5.1001|2|10
1.3.6.1.2.1.47.1.1.1.1.5.1002|2|10
1.3.6.1.2.1.47.1.1.1.1.7.1001|4|Gi1/0/2
1.3.6.1.2.1.47.1.1.1.1.7.1002|4|Gi1/0/1
1.3.6.1.4.1.9.9.402.1.2.1.9.1.1|66|7300
1.3.6.1.4.1.9.9.402.1.2.1.9.1.2|66|0
1.3.6.1.4.1.9.9.402.1.2.1.11.1.1|2|1001
1.3.6.1.4.1.9.9.402.1.2.1.11.1.2|2|1002
)");
  EXPECT_EQ(lines_of(report, "power_over_ethernet", {"number", "port", "power_w"}),
            (Lines{"", "1 Gi1/0/2 8", "2 Gi1/0/1 0"}));
}

TEST(Power, PortsOfAStackAreFoundByTheirNames) {
  auto stack = switch_ports + R"(1.3.6.1.2.1.2.2.1.2.11|4|Gi2/0/1
1.3.6.1.2.1.2.2.1.2.12|4|Gi2/0/2
1.3.6.1.2.1.2.2.1.3.11|2|6
1.3.6.1.2.1.2.2.1.3.12|2|6
1.3.6.1.2.1.105.1.1.1.6.2.1|2|2
1.3.6.1.2.1.105.1.1.1.6.2.2|2|2
)";
  EXPECT_EQ(lines_of(report_of(stack + powered), "power_over_ethernet", {"group", "number", "port"}),
            (Lines{"1  ", "1 1 Gi1/0/1", "1 2 Gi1/0/2", "2 1 Gi2/0/1", "2 2 Gi2/0/2"}));
}

TEST(Power, APortThatCannotBeToldHasNoName) {
  const auto report = report_of(switch_ports + "1.3.6.1.2.1.105.1.1.1.6.1.7|2|2\n");
  EXPECT_EQ(lines_of(report, "power_over_ethernet", {"group", "number", "port", "status"}),
            Lines{"1 7  searching"});
}

TEST(Supplies, OfAPrinterHaveTheirLevel) {
  const auto report = report_of(R"(1.3.6.1.2.1.1.3.0|67|360000
1.3.6.1.2.1.43.5.1.1.1.1|65|3
1.3.6.1.2.1.43.10.2.1.4.1.1|65|48211
1.3.6.1.2.1.43.11.1.1.3.1.1|2|1
1.3.6.1.2.1.43.11.1.1.5.1.1|2|21
1.3.6.1.2.1.43.11.1.1.5.1.2|2|15
1.3.6.1.2.1.43.11.1.1.6.1.1|4|Black Cartridge HP CE390X
1.3.6.1.2.1.43.11.1.1.8.1.1|2|24000
1.3.6.1.2.1.43.11.1.1.8.1.2|2|-2
1.3.6.1.2.1.43.11.1.1.9.1.1|2|6000
1.3.6.1.2.1.43.11.1.1.9.1.2|2|-3
1.3.6.1.2.1.43.12.1.1.4.1.1|4|black
)");
  EXPECT_EQ(report.subject_class, "printer");
  EXPECT_EQ(
      lines_of(report, "supplies", {"number", "kind", "description", "colour", "capacity", "level_percent"}),
      (Lines{"1 toner Black Cartridge HP CE390X black 24000 25", "2 fuser    "}));
  EXPECT_EQ(section_of(report, "supplies").attributes.integer("page_count"), 48211);
}

TEST(Supplies, OfAUpsAreItsBattery) {
  const auto report = report_of(R"(1.3.6.1.2.1.1.3.0|67|360000
1.3.6.1.2.1.33.1.1.1.0|4|Example
1.3.6.1.2.1.33.1.2.1.0|2|2
1.3.6.1.2.1.33.1.2.3.0|2|41
1.3.6.1.2.1.33.1.2.4.0|2|97
1.3.6.1.2.1.33.1.4.1.0|2|3
)");
  const auto& found = section_of(report, "supplies").attributes;
  EXPECT_EQ(found.text("battery_status"), "normal");
  EXPECT_EQ(found.text("output_source"), "normal");
  EXPECT_EQ(found.integer("battery_minutes"), 41);
  EXPECT_EQ(found.integer("battery_percent"), 97);
}

TEST(PartStates, AreThoseOfEntityStateMib) {
  const auto report = report_of(switch_ports + R"(1.3.6.1.2.1.47.1.1.1.1.5.1|2|3
1.3.6.1.2.1.47.1.1.1.1.5.2|2|9
1.3.6.1.2.1.47.1.1.1.1.7.1|4|Chassis
1.3.6.1.2.1.47.1.1.1.1.7.2|4|Supervisor
1.3.6.1.2.1.131.1.1.1.2.2|2|4
1.3.6.1.2.1.131.1.1.1.3.1|2|3
1.3.6.1.2.1.131.1.1.1.3.2|2|2
1.3.6.1.2.1.131.1.1.1.4.2|2|3
1.3.6.1.2.1.131.1.1.1.5.2|4x|28
1.3.6.1.2.1.131.1.1.1.6.2|2|2
)");
  EXPECT_EQ(lines_of(report, "entities",
                     {"name", "admin_state", "oper_state", "usage_state", "standby_state", "alarms"}),
            (Lines{"Chassis  enabled   ", "Supervisor unlocked disabled active hot_standby critical,minor"}));
}

// Vlan10 has 10.0.0.2 and stands in for 10.0.0.1; the agent lists both.
const std::string gateway = switch_ports + R"(1.3.6.1.2.1.4.20.1.2.10.0.0.1|2|3
1.3.6.1.2.1.4.20.1.2.10.0.0.2|2|3
1.3.6.1.2.1.4.20.1.3.10.0.0.1|64|255.255.255.0
1.3.6.1.2.1.4.20.1.3.10.0.0.2|64|255.255.255.0
)";
const std::string vrrp = R"(1.3.6.1.2.1.68.1.3.1.2.3.7|4x|00005e000107
1.3.6.1.2.1.68.1.3.1.3.3.7|2|3
1.3.6.1.2.1.68.1.3.1.5.3.7|2|120
1.3.6.1.2.1.68.1.3.1.7.3.7|64|10.0.0.2
1.3.6.1.2.1.68.1.4.1.2.3.7.10.0.0.1|2|1
1.3.6.1.2.1.68.1.4.1.2.3.7.10.0.0.250|2|2
)";

Lines virtual_lines(const inventory::Report& report) {
  return lines_of(report, "virtual_addresses",
                  {"protocol", "port", "group", "address", "mac_address", "owner", "priority", "state",
                   "active_router", "standby_router"});
}
inventory::TextList own_addresses(const inventory::Report& report) {
  return std::get<inventory::TextList>(*section_of(report, "addresses").attributes.find("ip_addresses"));
}

TEST(VirtualAddresses, OfVrrpAreNotTheDevicesOwn) {
  const auto report = report_of(gateway + vrrp);
  EXPECT_EQ(virtual_lines(report), Lines{"vrrp Vlan10 7 10.0.0.1 00:00:5e:00:01:07 no 120 master 10.0.0.2 "});
  EXPECT_EQ(own_addresses(report), inventory::TextList{"10.0.0.2"});
  EXPECT_EQ(lines_of(report, "addresses", {"address"}), Lines{"10.0.0.2"});
  EXPECT_EQ(*section_of(report, "virtual_addresses").attributes.find("virtual_addresses"),
            inventory::Value(inventory::TextList{"10.0.0.1"}));
}

TEST(VirtualAddresses, TheOwnersAddressStaysItsOwn) {
  auto owner = vrrp;
  owner.replace(owner.find("|120"), 4, "|255");
  const auto report = report_of(gateway + owner);
  EXPECT_EQ(own_addresses(report), (inventory::TextList{"10.0.0.1", "10.0.0.2"}));
  EXPECT_EQ(lines_of(report, "virtual_addresses", {"address", "owner"}), Lines{"10.0.0.1 yes"});
}

TEST(VirtualAddresses, OfVrrpVersion3MayBeIpv6) {
  const auto report =
      report_of(gateway + R"(1.3.6.1.2.1.207.1.1.1.1.3.3.9.2|4x|fe800000000000000000000000000002
1.3.6.1.2.1.207.1.1.1.1.5.3.9.2|4x|00005e000209
1.3.6.1.2.1.207.1.1.1.1.6.3.9.2|2|2
1.3.6.1.2.1.207.1.1.1.1.7.3.9.2|66|90
1.3.6.1.2.1.207.1.1.2.1.2.3.9.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1|2|1
)");
  EXPECT_EQ(virtual_lines(report),
            Lines{"vrrp Vlan10 9 2001:db8::1 00:00:5e:00:02:09 no 90 backup fe80::2 "});
}

TEST(VirtualAddresses, OfHsrpAreAskedOfCisco) {
  const auto report = report_of(gateway + R"(1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1745
1.3.6.1.4.1.9.9.106.1.2.1.1.3.3.10|66|110
1.3.6.1.4.1.9.9.106.1.2.1.1.11.3.10|64|10.0.0.1
1.3.6.1.4.1.9.9.106.1.2.1.1.13.3.10|64|10.0.0.2
1.3.6.1.4.1.9.9.106.1.2.1.1.14.3.10|64|10.0.0.3
1.3.6.1.4.1.9.9.106.1.2.1.1.15.3.10|2|6
1.3.6.1.4.1.9.9.106.1.2.1.1.16.3.10|4x|00000c07ac0a
1.3.6.1.4.1.9.9.107.1.1.2.1.2.3.10.10.0.1.1|2|1
)");
  EXPECT_EQ(virtual_lines(report),
            (Lines{"hsrp Vlan10 10 10.0.0.1 00:00:0c:07:ac:0a no 110 active 10.0.0.2 10.0.0.3",
                   "hsrp Vlan10 10 10.0.1.1 00:00:0c:07:ac:0a no 110 active 10.0.0.2 10.0.0.3"}));
  EXPECT_EQ(own_addresses(report), inventory::TextList{"10.0.0.2"});
}

TEST(VirtualAddresses, WhoIsScannedByOneIsManagedByItsOwn) {
  RecordedSession session(*parse_snmprec(gateway + vrrp));
  const auto inventory = inventory_device(session, built_in_devices(), {"10.0.0.1", 161}, 1'790'000'000'000);
  ASSERT_TRUE(inventory);
  EXPECT_EQ(inventory::subject_text(inventory->report, "management_address"), "10.0.0.2");
}

Lines peer_lines(const inventory::Report& report) {
  return lines_of(report, "routing_peers",
                  {"protocol", "address", "port", "local_address", "router_id", "local_as", "remote_as",
                   "enabled", "state"});
}

TEST(RoutingPeers, AreThoseOfBgpAndOspf) {
  const auto report = report_of(switch_ports + R"(1.3.6.1.2.1.14.1.1.0|64|10.255.0.1
1.3.6.1.2.1.14.10.1.3.10.0.0.3.0|64|10.255.0.3
1.3.6.1.2.1.14.10.1.6.10.0.0.3.0|2|8
1.3.6.1.2.1.15.2.0|2|65001
1.3.6.1.2.1.15.3.1.1.192.0.2.1|64|192.0.2.255
1.3.6.1.2.1.15.3.1.1.192.0.2.9|64|0.0.0.0
1.3.6.1.2.1.15.3.1.2.192.0.2.1|2|6
1.3.6.1.2.1.15.3.1.2.192.0.2.9|2|1
1.3.6.1.2.1.15.3.1.3.192.0.2.1|2|2
1.3.6.1.2.1.15.3.1.3.192.0.2.9|2|1
1.3.6.1.2.1.15.3.1.5.192.0.2.1|64|192.0.2.2
1.3.6.1.2.1.15.3.1.9.192.0.2.1|2|65002
1.3.6.1.2.1.15.3.1.9.192.0.2.9|2|65009
)");
  EXPECT_EQ(peer_lines(report),
            (Lines{"bgp 192.0.2.1  192.0.2.2 192.0.2.255 65001 65002 yes established",
                   "bgp 192.0.2.9    65001 65009 no idle", "ospf 10.0.0.3   10.255.0.3    full"}));
}

TEST(RoutingPeers, OfOspfVersion3AreByPort) {
  const auto report = report_of(switch_ports + R"(1.3.6.1.2.1.191.1.1.1.0|66|184483841
1.3.6.1.2.1.191.1.9.1.5.3.0.184483843|4x|fe800000000000000000000000000003
1.3.6.1.2.1.191.1.9.1.8.3.0.184483843|2|8
)");
  EXPECT_EQ(peer_lines(report), Lines{"ospfv3 fe80::3 Vlan10  10.255.0.3    full"});
}

TEST(RoutingPeers, AreTwoThousandAtMost) {
  std::string text = switch_ports + "1.3.6.1.2.1.15.2.0|2|65001\n";
  for (int peer = 0; peer < 2010; ++peer)
    text += "1.3.6.1.2.1.15.3.1.2.10.1." + std::to_string(peer / 250) + "." + std::to_string(peer % 250 + 1) +
            "|2|6\n";
  const auto report = report_of(text);
  const auto peers = std::find_if(report.sections.begin(), report.sections.end(),
                                  [](const auto& section) { return section.name == "routing_peers"; });
  ASSERT_NE(peers, report.sections.end());
  EXPECT_EQ(peers->items.size(), 2000u);
  EXPECT_FALSE(peers->complete);
  const auto cuts = std::count_if(report.problems.begin(), report.problems.end(), [](const auto& problem) {
    return problem.code == "limit_exceeded" && problem.message.find("2000 peers") != std::string::npos;
  });
  EXPECT_EQ(cuts, 1);
}

TEST(RoutingPeers, OfCiscoHaveIpv6AndAreListedOnce) {
  const auto report = report_of(switch_ports + R"(1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1745
1.3.6.1.2.1.15.2.0|2|65001
1.3.6.1.2.1.15.3.1.2.192.0.2.1|2|6
1.3.6.1.4.1.9.9.187.1.2.5.1.3.1.4.192.0.2.1|2|6
1.3.6.1.4.1.9.9.187.1.2.5.1.3.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1|2|3
1.3.6.1.4.1.9.9.187.1.2.5.1.11.1.4.192.0.2.1|66|4200000001
)");
  EXPECT_EQ(peer_lines(report),
            (Lines{"bgp 192.0.2.1    65001 4200000001  established", "bgp 2001:db8::1    65001   active"}));
}

TEST(RoutingPeers, OfJuniperHaveIpv6AndTheirOwnAutonomousSystem) {
  const auto report = report_of(switch_ports + R"(1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.2636.1.1.1.2.25
1.3.6.1.2.1.15.2.0|2|23456
1.3.6.1.2.1.15.3.1.2.192.0.2.1|2|6
1.3.6.1.4.1.2636.5.1.1.2.1.1.1.1.0.1.192.0.2.2.1.192.0.2.1|64|192.0.2.255
1.3.6.1.4.1.2636.5.1.1.2.1.1.1.2.0.1.192.0.2.2.1.192.0.2.1|2|6
1.3.6.1.4.1.2636.5.1.1.2.1.1.1.2.0.2.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.2.2.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1|2|3
1.3.6.1.4.1.2636.5.1.1.2.1.1.1.3.0.1.192.0.2.2.1.192.0.2.1|2|2
1.3.6.1.4.1.2636.5.1.1.2.1.1.1.7.0.1.192.0.2.2.1.192.0.2.1|4x|c0000202
1.3.6.1.4.1.2636.5.1.1.2.1.1.1.9.0.1.192.0.2.2.1.192.0.2.1|66|4200000000
1.3.6.1.4.1.2636.5.1.1.2.1.1.1.11.0.1.192.0.2.2.1.192.0.2.1|4x|c0000201
1.3.6.1.4.1.2636.5.1.1.2.1.1.1.11.0.2.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.2.2.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1|4x|20010db8000000000000000000000001
1.3.6.1.4.1.2636.5.1.1.2.1.1.1.13.0.1.192.0.2.2.1.192.0.2.1|66|65002
)");
  EXPECT_EQ(peer_lines(report),
            (Lines{"bgp 192.0.2.1  192.0.2.2 192.0.2.255 4200000000 65002 yes established",
                   "bgp 2001:db8::1    23456   active"}));
}

TEST(RoutingPeers, OfAristaHaveIpv6) {
  const auto report = report_of(switch_ports + R"(1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.30065.1.3011.7050.427.3648
1.3.6.1.2.1.15.2.0|2|65000
1.3.6.1.4.1.30065.4.1.1.2.1.10.1.1.4.192.0.2.1|66|65001
1.3.6.1.4.1.30065.4.1.1.2.1.12.1.1.4.192.0.2.1|2|1
1.3.6.1.4.1.30065.4.1.1.2.1.13.1.1.4.192.0.2.1|2|1
1.3.6.1.4.1.30065.4.1.1.2.1.13.1.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1|2|6
)");
  EXPECT_EQ(peer_lines(report),
            (Lines{"bgp 192.0.2.1    65000 65001 no idle", "bgp 2001:db8::1    65000   established"}));
}

}  // namespace
}  // namespace censo::scanner
