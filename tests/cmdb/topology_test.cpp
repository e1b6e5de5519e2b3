// Links between network gear, and what tells of them where LLDP is silent or says little.
#include "tests/cmdb/topology_fixture.h"

namespace censo::cmdb {
namespace {

const std::string core_mac = "00:04:96:00:00:01", access_mac = "00:04:96:00:00:02",
                  edge_mac = "00:04:96:00:00:03";

Item cdp(const std::string& port, const std::string& device, const std::string& far_port,
         const std::string& address = "") {
  return item("discovered_neighbour", attributes({{"protocol", "cdp"},
                                                  {"local_port", port},
                                                  {"device_id", device},
                                                  {"port_id", far_port},
                                                  {"platform", "cisco WS-C2960X"},
                                                  {"management_address", address}}));
}

Item lldp(const std::string& port, const std::string& chassis, const std::string& far_port,
          const std::string& name, const std::string& capabilities) {
  return item("lldp_neighbour", attributes({{"local_port", port},
                                            {"chassis_id", chassis},
                                            {"port_id", far_port},
                                            {"system_name", name},
                                            {"capabilities", capabilities}}));
}

Item pair(const std::string& address, const std::string& mac) {
  return item("address_pair", attributes({{"address", address}, {"mac_address", mac}, {"port", "Vlan1"}}));
}

class Topology : public TopologyTest {
 protected:
  using Links = std::vector<std::string>;
  void known(const std::string& name, const std::string& mac) { take(scan_of(name, mac, {})); }
  void lone(const std::string& name, const inventory::Attributes& values) {
    take(scan_report({section("network", values)}, "printer", name));
  }
};

TEST_F(Topology, ANeighbourByCdpIsKnownByItsName) {
  known("core", core_mac);
  take(scan_of("access", access_mac, {section("neighbours", {}, {cdp("Gi1", "core.example.net", "Te1/1")})}));
  EXPECT_EQ(links(), Links{"access Gi1 > core Te1/1 (cdp)"});
}

TEST_F(Topology, OfSeveralThatHaveTheAddressTheOneOfThatNameIsMeant) {
  const auto address = attributes({{"ip_addresses", inventory::TextList{"10.0.0.1"}}});
  for (const char* name : {"core", "spare"}) {
    auto report =
        scan_of(name, name == std::string("core") ? core_mac : edge_mac, {section("addresses", address)});
    take(std::move(report));
  }
  take(scan_of("access", access_mac, {section("neighbours", {}, {cdp("Gi1", "core", "Te1/1", "10.0.0.1")})}));
  EXPECT_EQ(links(), Links{"access Gi1 > core Te1/1 (cdp)"});
}

TEST_F(Topology, ANeighbourThatBecomesKnownIsLinkedByTheNextEqualScan) {
  const auto scan = scan_of("access", access_mac, {section("neighbours", {}, {cdp("Gi1", "core", "Te1/1")})});
  take(scan);
  EXPECT_EQ(links(), Links{});
  known("core", core_mac);
  take(scan);
  EXPECT_EQ(links(), Links{"access Gi1 > core Te1/1 (cdp)"});
}

TEST_F(Topology, AnEqualScanWithUnknownNeighboursIsUnchanged) {
  const auto scan = scan_of("access", access_mac, {section("neighbours", {}, {cdp("Gi1", "core", "Te1/1")})});
  take(scan);
  EXPECT_EQ(take(scan).outcome, IngestOutcome::unchanged);
}

TEST_F(Topology, TwoProtocolsOnOneCableAreOneLink) {
  known("core", core_mac);
  take(scan_of("access", access_mac,
               {section("lldp", {}, {lldp("Gi1", "core-chassis", "Te1/1", "core", "bridge")}),
                section("neighbours", {}, {cdp("Gi1", "core", "TenGigE1/1")})}));
  EXPECT_EQ(links(), Links{"access Gi1 > core Te1/1 (cdp, lldp)"});
}

TEST_F(Topology, AHostThatSaysWhereItIsIsThereAndNowhereElse) {
  host("web01", {web_mac});
  take(scan_of("core", core_mac, {section("forwarding", {}, {learned("Te1", web_mac)})}));
  EXPECT_EQ(links(), Links{"core Te1 > web01 (forwarding)"});
  take(scan_of("access", access_mac,
               {section("lldp", {}, {lldp("Gi7", web_mac, "eth0", "web01", "station")}),
                section("forwarding", {}, {learned("Gi7", web_mac), learned("Gi7", mac_of(1))})}));
  EXPECT_EQ(links(), Links{"access Gi7 > web01 eth0 (lldp)"});
  take(scan_of("core", core_mac, {section("forwarding", {}, {learned("Te1", web_mac)})}));
  EXPECT_EQ(links(), Links{"access Gi7 > web01 eth0 (lldp)"});
}

TEST_F(Topology, TheSpanningTreeTellsWhereNobodySaysAnything) {
  known("core", core_mac);
  host("web01", {web_mac});
  take(scan_of("access", access_mac,
               {section("spanning_tree", {}, {next_bridge("Gi24", 24, core_mac, 3)}),
                section("forwarding", {}, {learned("Gi24", web_mac)})}));
  EXPECT_EQ(links(), Links{"access Gi24 > core bridge port 3 (stp)"});
}

TEST_F(Topology, WhereANeighbourSaysItselfTheSpanningTreeAddsNothing) {
  known("core", core_mac);
  known("edge", edge_mac);
  take(scan_of("access", access_mac,
               {section("neighbours", {}, {cdp("Gi24", "edge", "Gi1")}),
                section("spanning_tree", {}, {next_bridge("Gi24", 24, core_mac, 3)})}));
  EXPECT_EQ(links(), Links{"access Gi24 > edge Gi1 (cdp)"});
}

TEST_F(Topology, WhatTheOtherEndSaysOfAPortMakesItAnUplink) {
  host("web01", {web_mac});
  const auto core =
      scan_of("core", core_mac,
              {section("interfaces", {}, {port("Te3")}),
               section("spanning_tree", {},
                       {item("spanning_tree_port", attributes({{"port", "Te3"},
                                                               {"number", std::int64_t{3}},
                                                               {"designated", true},
                                                               {"designated_bridge", core_mac}}))}),
               section("forwarding", {}, {learned("Te3", web_mac)})});
  take(core);
  EXPECT_EQ(links(), Links{"core Te3 > web01 (forwarding)"});
  take(scan_of("access", access_mac, {section("spanning_tree", {}, {next_bridge("Gi24", 24, core_mac, 3)})}));
  auto again = core;
  again.sections.at(3).items.push_back(learned("Te4", mac_of(1)));
  take(again);
  EXPECT_EQ(links(), Links{"access Gi24 > core bridge port 3 (stp)"});
}

TEST_F(Topology, ANeighbourAtAMemberMakesItsAggregateAnUplink) {
  known("core", core_mac);
  host("web01", {web_mac});
  take(scan_of("access", access_mac,
               {section("interfaces", {}, {port("Gi1", "Po1"), port("Gi2", "Po1"), port("Po1")}),
                section("neighbours", {}, {cdp("Gi1", "core", "Te1"), cdp("Gi2", "core", "Te2")}),
                section("forwarding", {}, {learned("Po1", web_mac), learned("Po1", core_mac)})}));
  EXPECT_EQ(links(), Links{"access Gi1, Gi2 > core Te1, Te2 (cdp)"});
}

TEST_F(Topology, ANeighbourWithoutCapabilitiesLeadsOnUnlessItIsAHost) {
  host("web01", {web_mac});
  host("mail01", {mail_mac});
  take(scan_of(
      "access", access_mac,
      {section("lldp", {}, {lldp("Gi1", "box", "1", "box", ""), lldp("Gi2", mail_mac, "eth0", "mail01", "")}),
       section("forwarding", {}, {learned("Gi1", web_mac), learned("Gi2", mail_mac)})}));
  EXPECT_EQ(links(), Links{"access Gi2 > mail01 eth0 (lldp)"});
}

// As the scanner reports a neighbour that calls itself a bridge: an item of its own, and the cable.
TEST_F(Topology, AComputerThatBridgesForItsGuestsIsNotASecondItem) {
  host("hv01", {web_mac});
  auto lldp_section =
      section("lldp", {},
              {lldp("Gi1", web_mac, "eth0", "hv01", "bridge, station"),
               item("switch", attributes({{"base_mac", web_mac}, {"sys_name", "hv01"}}), "lldp " + web_mac)});
  lldp_section.relationships.push_back(
      {"connects_to", "self", "lldp " + web_mac, attributes({{"protocol", "lldp"}, {"local_port", "Gi1"}})});
  take(scan_of("access", access_mac, {lldp_section, section("forwarding", {}, {learned("Gi1", web_mac)})}));
  EXPECT_EQ(count("ci"), 2);
  EXPECT_EQ(links(), Links{"access Gi1 > hv01 (lldp)"});
}

TEST_F(Topology, AHostWithoutAKnownMacIsFoundByTheAddressThatARouterKnows) {
  lone("printer", attributes({{"ip_addresses", inventory::TextList{"10.0.0.7"}}, {"serial_number", "P-1"}}));
  take(scan_of("router", edge_mac, {section("address_pairs", {}, {pair("10.0.0.7", web_mac)})}));
  take(scan_of("access", access_mac, {section("forwarding", {}, {learned("Gi1", web_mac)})}));
  EXPECT_EQ(links(), Links{"access Gi1 > printer (forwarding)"});
}

TEST_F(Topology, AMacOfSeveralItemsAddressesIsNobodys) {
  for (const char* name : {"one", "two"})
    lone(name, attributes({{"ip_addresses",
                            inventory::TextList{std::string("10.0.0.") + (name[0] == 'o' ? "1" : "2")}},
                           {"serial_number", name + std::string("-1234")}}));
  take(scan_of("router", edge_mac,
               {section("address_pairs", {}, {pair("10.0.0.1", web_mac), pair("10.0.0.2", web_mac)})}));
  take(scan_of("access", access_mac, {section("forwarding", {}, {learned("Gi1", web_mac)})}));
  EXPECT_EQ(links(), Links{});
}

// core (p1) - (p8) access (p9) - (p5) edge, and nobody speaks LLDP.
class Chain : public Topology {
 protected:
  void core() {
    take(scan_of("core", core_mac,
                 {section("forwarding", {}, {learned("p1", access_mac), learned("p1", edge_mac)})}));
  }
  void access() {
    take(scan_of("access", access_mac,
                 {section("forwarding", {}, {learned("p8", core_mac), learned("p9", edge_mac)})}));
  }
  void edge() {
    take(scan_of("edge", edge_mac,
                 {section("forwarding", {}, {learned("p5", access_mac), learned("p5", core_mac)})}));
  }
  void all_known() {
    known("core", core_mac);
    known("access", access_mac);
    known("edge", edge_mac);
  }
  const Links whole{"access p8 > core (forwarding)", "access p9 > edge (forwarding)",
                    "core p1 > access (forwarding)", "edge p5 > access (forwarding)"};
};

TEST_F(Chain, OfSilentSwitchesIsFoundWithoutALinkFromEndToEnd) {
  all_known();
  core();
  EXPECT_EQ(links(), Links{});
  edge();
  access();
  core();
  edge();
  EXPECT_EQ(links(), whole);
}

TEST_F(Chain, IsFoundInAnyOrder) {
  all_known();
  access();
  edge();
  core();
  EXPECT_EQ(links(), whole);
}

TEST_F(Chain, WhoseMiddleWasNotLearnedIsNotSkipped) {
  all_known();
  access();
  edge();
  take(scan_of("core", core_mac, {section("forwarding", {}, {learned("p1", edge_mac)})}));
  for (const auto& link : links()) EXPECT_NE(link, "core p1 > edge (forwarding)");
}

TEST_F(Topology, ManyAddressesOfOneScanAreAllKept) {
  take(scan_of("access", access_mac, {section("forwarding", {}, crowd("Gi1", 97))}));
  EXPECT_EQ(count("learned_address"), 97);
}

TEST_F(Topology, LooksUpAddressesAlongAnIndex) {
  if (test::on_postgres()) GTEST_SKIP() << "plans are compared on SQLite";
  const auto plan_of = [&](std::string_view sql) {
    std::string plan;
    for (const store::Row& row : tx.query(sql)) plan += row.text(3) + "\n";
    return plan;
  };
  EXPECT_NE(plan_of("explain query plan select count(distinct mac) from learned_address where source_id = 1"
                    " and port = 'Gi1' and address = ''")
                .find("COVERING INDEX learned_at_port"),
            std::string::npos);
  EXPECT_NE(
      plan_of("explain query plan select address from learned_address where mac = 'a' and address <> ''")
          .find("COVERING INDEX learned_pair"),
      std::string::npos);
}

TEST_F(Topology, ACommaInAPortsNameIsNoCableMore) {
  take(scan_of("core", core_mac, {}));
  take(
      scan_of("access", access_mac,
              {section("neighbours", {}, {cdp("Gi1", "core", "1, upper"), cdp("Gi2", "core", "2, lower")})}));
  EXPECT_EQ(links(), Links{"access Gi1, Gi2 > core 1  upper, 2  lower (cdp)"});
}

TEST_F(Topology, WhatWasLearnedIsForgottenWithItsSource) {
  take(scan_of("access", access_mac,
               {section("forwarding", {}, {learned("Gi1", web_mac), learned("Gi2", mail_mac)})}));
  EXPECT_EQ(count("learned_address"), 2);
  take(scan_of("access", access_mac, {section("forwarding", {}, {learned("Gi1", web_mac)})}));
  EXPECT_EQ(count("learned_address"), 1);
}

}  // namespace
}  // namespace censo::cmdb
