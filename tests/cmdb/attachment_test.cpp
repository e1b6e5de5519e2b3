// Which host is at which port of which switch.
#include "cmdb/attribute_value.h"
#include "cmdb/stored_json.h"
#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

using inventory::Item;
using inventory::Report;

const std::string web_mac = "00:1b:21:00:00:01", mail_mac = "00:1b:21:00:00:02";

std::string mac_of(int number) {
  return "00:25:90:00:00:" + std::string(number < 10 ? "0" : "") + std::to_string(number);
}

Item learned(const std::string& port, const std::string& mac) {
  return item("forwarding_entry",
              attributes({{"port", port}, {"mac_address", mac}, {"vlan", std::int64_t{1}}}));
}

Item neighbour(const std::string& port, const std::string& capabilities) {
  return item("lldp_neighbour", attributes({{"local_port", port},
                                            {"chassis_id", "00:00:5e:00:53:01"},
                                            {"port_id", "1"},
                                            {"capabilities", capabilities}}));
}

class Attachments : public IngestTest {
 protected:
  void host(const std::string& name, const std::vector<std::string>& macs) {
    take(agent_report("agent " + name, 1,
                      {section("network", attributes({{"mac_addresses", inventory::TextList(macs)}}))},
                      name));
  }
  // A scan of the switch of this serial number and name.
  Report scan(const std::string& name, std::vector<Item> rows, std::vector<Item> neighbours = {}) {
    return scan_report(
        {section("device", attributes({{"serial_number", "SN-" + name}})),
         section("lldp", {}, std::move(neighbours)), section("forwarding", {}, std::move(rows))},
        "switch", name);
  }
  static std::vector<Item> crowd(const std::string& port, int many) {
    std::vector<Item> rows;
    for (int i = 0; i < many; ++i) rows.push_back(learned(port, mac_of(i)));
    return rows;
  }
  // "sw1 Gi1 web01 1"
  std::vector<std::string> places() {
    std::vector<std::string> found;
    for (const store::Row& row :
         tx.query("select f.name, r.evidence, t.name from relationship r join ci f on f.id = r.from_ci"
                  " join ci t on t.id = r.to_ci where r.type = 'connects_to' and r.ended_at is null"
                  " order by f.name, t.name")) {
      const auto evidence = attributes_from_json(row.text(1));
      found.push_back(row.text(0) + " " + evidence.text("local_port") + " " + row.text(2) + " " +
                      to_text(*evidence.find("addresses_at_port")));
    }
    return found;
  }
  using Places = std::vector<std::string>;
};

TEST_F(Attachments, AHostIsAtThePortWhereItsAddressWasLearned) {
  host("web01", {web_mac});
  take(scan("sw1", {learned("Gi1", web_mac), learned("Gi2", mail_mac)}));
  EXPECT_EQ(places(), Places{"sw1 Gi1 web01 1"});
}

TEST_F(Attachments, AnAddressThatNobodyHasIsAtNoPort) {
  take(scan("sw1", {learned("Gi1", web_mac)}));
  EXPECT_EQ(places(), Places{});
}

TEST_F(Attachments, TwoCablesToOneHostAreOneRelationWithBothPorts) {
  host("web01", {web_mac, mail_mac});
  take(scan("sw1", {learned("Gi1", web_mac), learned("Gi2", mail_mac)}));
  EXPECT_EQ(places(), Places{"sw1 Gi1, Gi2 web01 1"});
}

TEST_F(Attachments, ASharedPortIsSaidToBeOne) {
  host("web01", {web_mac});
  auto rows = crowd("Gi1", 5);
  rows.push_back(learned("Gi1", web_mac));
  take(scan("sw1", rows));
  EXPECT_EQ(places(), Places{"sw1 Gi1 web01 16"});
}

TEST_F(Attachments, APortThatLeadsToAnotherSwitchHasNoHosts) {
  host("web01", {web_mac});
  take(scan("sw1", {learned("Gi1", web_mac)}, {neighbour("Gi1", "bridge, router")}));
  EXPECT_EQ(places(), Places{});
}

TEST_F(Attachments, ATelephoneHasTheComputerBehindIt) {
  host("web01", {web_mac});
  take(scan("sw1", {learned("Gi1", web_mac), learned("Gi1", mac_of(1))},
            {neighbour("Gi1", "bridge, telephone")}));
  EXPECT_EQ(places(), Places{"sw1 Gi1 web01 4"});
}

TEST_F(Attachments, ThePortWithTheFewestAddressesWinsWhicheverSwitchIsScannedFirst) {
  host("web01", {web_mac});
  auto rows = crowd("Te1", 20);
  rows.push_back(learned("Te1", web_mac));
  take(scan("core", rows));
  EXPECT_EQ(places(), Places{"core Te1 web01 64"});
  take(scan("sw1", {learned("Gi1", web_mac)}));
  EXPECT_EQ(places(), Places{"sw1 Gi1 web01 1"});
  take(scan("core", rows));
  EXPECT_EQ(places(), Places{"sw1 Gi1 web01 1"});
}

TEST_F(Attachments, ASwitchThatSeesAsMuchMovesNothing) {
  host("web01", {web_mac});
  take(scan("sw1", {learned("Gi1", web_mac)}));
  take(scan("sw2", {learned("Gi24", web_mac)}));
  EXPECT_EQ(places(), Places{"sw1 Gi1 web01 1"});
}

TEST_F(Attachments, AHostThatMovedIsFoundOnceItsOldSwitchHasLostIt) {
  host("web01", {web_mac});
  take(scan("sw1", {learned("Gi1", web_mac)}));
  take(scan("sw1", {}));
  EXPECT_EQ(places(), Places{});
  take(scan("sw2", {learned("Gi7", web_mac)}));
  EXPECT_EQ(places(), Places{"sw2 Gi7 web01 1"});
}

TEST_F(Attachments, WhatASwitchSaidLongAgoIsBelievedNoMore) {
  host("web01", {web_mac});
  take(scan("sw1", {learned("Gi1", web_mac)}));
  clock.advance(base::TimeMs{8} * 24 * 60 * 60 * 1000);
  take(scan("sw2", {learned("Gi7", web_mac)}));
  EXPECT_EQ(places(), Places{"sw2 Gi7 web01 1"});
}

TEST_F(Attachments, ATableThatCouldNotBeReadEndsNothing) {
  host("web01", {web_mac});
  take(scan("sw1", {learned("Gi1", web_mac)}));
  auto cut = scan("sw1", {});
  cut.sections.back().complete = false;
  take(std::move(cut));
  EXPECT_EQ(places(), Places{"sw1 Gi1 web01 1"});
}

TEST_F(Attachments, NeighboursThatComeAndGoAtAPortChangeNothing) {
  host("web01", {web_mac});
  auto rows = crowd("Gi1", 7);
  rows.push_back(learned("Gi1", web_mac));
  take(scan("sw1", rows));
  const auto before = count("history");
  rows.erase(rows.begin());
  take(scan("sw1", rows));
  EXPECT_EQ(places(), Places{"sw1 Gi1 web01 16"});
  EXPECT_EQ(count("history"), before);
}

// An aggregate has its neighbour's LLDP on its members, and some switches speak none.
TEST_F(Attachments, BesideAKnownSwitchTheOthersAreBehindIt) {
  host("web01", {web_mac});
  const std::string switch_mac = "00:04:96:00:00:01";
  auto access = scan("access", {});
  access.sections.front().attributes.set("base_mac", switch_mac);
  take(std::move(access));
  take(scan("core", {learned("Po1", web_mac), learned("Po1", switch_mac)}));
  EXPECT_EQ(places(), Places{"core Po1 access 4"});
}

TEST_F(Attachments, WhereAPersonSaysAHostIsNoOtherSwitchTakesIt) {
  host("web01", {web_mac});
  auto rows = crowd("Te1", 20);
  rows.push_back(learned("Te1", web_mac));
  take(scan("core", rows));
  tx.execute("update relationship set locked_by = 'ana' where type = 'connects_to'");
  take(scan("sw1", {learned("Gi1", web_mac)}));
  EXPECT_EQ(places(), Places{"core Te1 web01 64"});
}

}  // namespace
}  // namespace censo::cmdb
