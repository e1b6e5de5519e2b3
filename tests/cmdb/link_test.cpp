// Cables as both ends tell of them, and addresses that nobody has.
#include "cmdb/link.h"

#include "base/text.h"
#include "cmdb/unowned_address.h"
#include "tests/cmdb/topology_fixture.h"

namespace censo::cmdb {
namespace {

const std::string core_mac = "00:04:96:00:00:01", access_mac = "00:04:96:00:00:02";

class LinkTest : public TopologyTest {
 protected:
  Item cdp(const std::string& port, const std::string& device, const std::string& far_port) {
    return item(
        "discovered_neighbour",
        attributes(
            {{"protocol", "cdp"}, {"local_port", port}, {"device_id", device}, {"port_id", far_port}}));
  }
  CiId named(const std::string& name) {
    return CiId(tx.query_one("select id from ci where name = $1", name)->integer(0));
  }
  // "Gi1 > core Te1 (access by cdp; core by stp)"
  std::vector<std::string> cables(const std::string& name) {
    std::vector<std::string> lines;
    for (const Link& link : links_of(tx, named(name))) {
      std::vector<std::string> seen;
      for (const LinkEvidence& one : link.evidence) seen.push_back(one.seen_by_name + " by " + one.protocol);
      lines.push_back(link.local_port + " > " + link.other_name + " " + link.remote_port + " (" +
                      base::join(seen, "; ") + ")");
    }
    return lines;
  }
  using Lines = std::vector<std::string>;
};

TEST_F(LinkTest, BothEndsOfACableAreOneLinkWithTheEvidenceOfBoth) {
  take(scan_of("core", core_mac, {}));
  take(scan_of("access", access_mac,
               {section("interfaces", {}, {port("Gi1")}),
                section("neighbours", {}, {cdp("Gi1", "core", "TenGig1")})}));
  auto core_port = port("Te1");
  core_port.attributes.set("description", "TenGig1");
  take(scan_of(
      "core", core_mac,
      {section("interfaces", {}, {core_port}), section("neighbours", {}, {cdp("Te1", "access", "Gi1")})}));
  EXPECT_EQ(cables("access"), Lines{"Gi1 > core Te1 (access by cdp; core by cdp)"});
  EXPECT_EQ(cables("core"), Lines{"Te1 > access Gi1 (core by cdp; access by cdp)"});
}

TEST_F(LinkTest, ALinkThatOneEndAloneSeesHasItsEvidenceAlone) {
  take(scan_of("core", core_mac, {}));
  take(scan_of("access", access_mac, {section("neighbours", {}, {cdp("Gi1", "core", "Te1")})}));
  EXPECT_EQ(cables("core"), Lines{"Te1 > access Gi1 (access by cdp)"});
}

TEST_F(LinkTest, TwoScanJobsOfOneEndAreOneWord) {
  take(scan_of("core", core_mac, {}));
  auto report = scan_of("access", access_mac, {section("neighbours", {}, {cdp("Gi1", "core", "Te1")})});
  take(report);
  report.origin.id = "job-2";
  take(report);
  EXPECT_EQ(cables("access"), Lines{"Gi1 > core Te1 (access by cdp)"});
}

TEST_F(LinkTest, TwoCablesAreTwoLinks) {
  take(scan_of("core", core_mac, {}));
  take(scan_of("access", access_mac,
               {section("neighbours", {}, {cdp("Gi1", "core", "Te1"), cdp("Gi2", "core", "Te2")})}));
  EXPECT_EQ(cables("access"), (Lines{"Gi1 > core Te1 (access by cdp)", "Gi2 > core Te2 (access by cdp)"}));
}

TEST_F(LinkTest, ABridgePortsNumberIsShownAsThePort) {
  take(scan_of("core", core_mac,
               {section("interfaces", {}, {port("Te3")}),
                section("spanning_tree", {},
                        {item("spanning_tree_port", attributes({{"port", "Te3"},
                                                                {"number", std::int64_t{3}},
                                                                {"designated", true},
                                                                {"designated_bridge", core_mac}}))})}));
  take(scan_of("access", access_mac, {section("spanning_tree", {}, {next_bridge("Gi24", 24, core_mac, 3)})}));
  EXPECT_EQ(cables("access"), Lines{"Gi24 > core Te3 (access by stp)"});
}

TEST_F(LinkTest, ASharedPortSaysByHowMany) {
  host("web01", {web_mac});
  auto rows = crowd("Gi1", 5);
  rows.push_back(learned("Gi1", web_mac));
  take(scan("sw1", rows));
  const auto links = links_of(tx, named("web01"));
  ASSERT_EQ(links.size(), 1u);
  EXPECT_EQ(links[0].addresses_at_port, 16);
}

TEST_F(LinkTest, AnAddressThatNobodyHasStandsWhereTheFewestAre) {
  host("web01", {web_mac});
  auto rows = crowd("Te1", 3);
  rows.push_back(learned("Te1", mail_mac));
  take(scan_of("core", core_mac, {section("forwarding", {}, rows)}));
  take(scan_of(
      "access", access_mac,
      {section("forwarding", {}, {learned("Gi7", mail_mac), learned("Gi8", web_mac)}),
       section(
           "address_pairs", {},
           {item("address_pair",
                 attributes({{"address", "10.0.0.7"}, {"mac_address", mail_mac}, {"port", "Vlan1"}}))})}));
  const auto page = unowned_addresses(tx, clock.now(), {1, ""});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->rows.size(), 1u);
  const auto& found = page->rows.front();
  EXPECT_EQ(found.mac, mail_mac);
  EXPECT_EQ(found.device_name + " " + found.port, "access Gi7");
  EXPECT_EQ(found.addresses, std::vector<std::string>{"10.0.0.7"});
  const auto rest = unowned_addresses(tx, clock.now(), {10, page->next});
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->rows.size(), 3u);
}

TEST_F(LinkTest, AnAddressWhoseIpAddressAnItemHasIsNotNobodys) {
  take(scan_report({section("network", attributes({{"ip_addresses", inventory::TextList{"10.0.0.7"}},
                                                   {"serial_number", "P-1"}}))},
                   "printer", "printer"));
  take(scan_of(
      "access", access_mac,
      {section("forwarding", {}, {learned("Gi7", mail_mac)}),
       section(
           "address_pairs", {},
           {item("address_pair",
                 attributes({{"address", "10.0.0.7"}, {"mac_address", mail_mac}, {"port", "Vlan1"}}))})}));
  EXPECT_TRUE(unowned_addresses(tx, clock.now(), {10, ""})->rows.empty());
}

TEST_F(LinkTest, WhatWasSeenLongAgoIsNotListed) {
  take(scan_of("access", access_mac, {section("forwarding", {}, {learned("Gi7", mail_mac)})}));
  clock.advance(base::TimeMs{8} * 24 * 60 * 60 * 1000);
  EXPECT_TRUE(unowned_addresses(tx, clock.now(), {10, ""})->rows.empty());
}

}  // namespace
}  // namespace censo::cmdb
