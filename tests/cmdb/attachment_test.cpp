// Which host is at which port of which switch.
#include "tests/cmdb/topology_fixture.h"

namespace censo::cmdb {
namespace {

using Attachments = TopologyTest;

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
