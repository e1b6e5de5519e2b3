// Layer 3: whom a router exchanges routes with, and addresses that several stand in for.
#include "cmdb/routing_peer.h"

#include "cmdb/address_holder.h"
#include "cmdb/relationship_edit.h"
#include "cmdb/store/migrate.h"
#include "tests/cmdb/topology_fixture.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

Item peer(const std::string& protocol, const std::string& address, std::int64_t system = 0,
          const std::string& router_id = "") {
  auto values = attributes({{"protocol", protocol}, {"address", address}, {"router_id", router_id}});
  if (system > 0) values.set("remote_as", system);
  return item("routing_peer", values);
}

class Routing : public TopologyTest {
 protected:
  Report router(const std::string& name, const std::string& address, std::vector<Item> peers,
                std::vector<Item> shared = {}) {
    inventory::TextList virtuals;
    for (const auto& one : shared) virtuals.push_back(one.attributes.text("address"));
    return scan_of(
        name, "",
        {section("addresses", attributes({{"ip_addresses", inventory::TextList{address}}})),
         section("virtual_addresses", attributes({{"virtual_addresses", virtuals}}), std::move(shared)),
         section("routing_peers", {}, std::move(peers))});
  }
  // "r1 > r2 bgp, ospf"
  std::vector<std::string> adjacencies() {
    std::vector<std::string> found;
    for (const store::Row& row :
         tx.query("select f.name, r.evidence, t.name from relationship r join ci f on f.id = r.from_ci"
                  " join ci t on t.id = r.to_ci where r.type = 'peers_with' and r.ended_at is null"
                  " order by f.name, t.name"))
      found.push_back(row.text(0) + " > " + row.text(2) + " " +
                      attributes_from_json(row.text(1)).text("protocol"));
    return found;
  }
  std::int64_t items() { return tx.query_one("select count(*) from ci")->integer(0); }
  using Lines = std::vector<std::string>;
};

TEST_F(Routing, SessionsOfAllProtocolsWithOneDeviceAreOneRelation) {
  take(router("r2", "10.0.0.2", {}));
  take(router("r1", "10.0.0.1", {peer("bgp", "10.0.0.2", 65002), peer("ospf", "10.0.0.2")}));
  EXPECT_EQ(adjacencies(), Lines{"r1 > r2 bgp, ospf"});
}

TEST_F(Routing, WhoIsNoItemIsListedAndNotMadeUp) {
  const auto ci = take(router("r1", "10.0.0.1", {peer("bgp", "198.51.100.1", 64500)})).ci;
  const auto before = items();
  take(router("r1", "10.0.0.1", {peer("bgp", "198.51.100.1", 64500), peer("bgp", "198.51.100.9", 64509)}));
  EXPECT_EQ(items(), before);
  EXPECT_EQ(adjacencies(), Lines{});
  const auto peers = routing_peers_of(tx, ci);
  ASSERT_EQ(peers.size(), 2u);
  EXPECT_EQ(peers[0].said.text("address"), "198.51.100.1");
  EXPECT_FALSE(peers[0].ci);
}

TEST_F(Routing, APeerThatBecomesKnownIsFoundByTheNextEqualScan) {
  const auto scan = router("r1", "10.0.0.1", {peer("bgp", "10.0.0.2", 65002)});
  const auto ci = take(scan).ci;
  take(router("r2", "10.0.0.2", {}));
  take(scan);
  EXPECT_EQ(adjacencies(), Lines{"r1 > r2 bgp"});
  const auto peers = routing_peers_of(tx, ci);
  ASSERT_EQ(peers.size(), 1u);
  EXPECT_EQ(peers[0].ci_name, "r2");
  EXPECT_GT(peers[0].last_seen, 0);
}

TEST_F(Routing, HundredsOfUnknownPeersAreNoQueryEach) {
  take(router("r2", "10.0.0.2", {}));
  take(router("r3", "10.0.0.3", {}));
  std::vector<Item> peers{peer("bgp", "10.0.0.2", 65002), peer("ospf", "fe80::3", 0, "10.0.0.3")};
  for (int i = 0; i < 400; ++i)
    peers.push_back(
        peer("bgp", "10.9." + std::to_string(i / 200) + "." + std::to_string(i % 200 + 1), 65009));
  const auto scan = router("r1", "10.0.0.1", peers);
  const auto ci = take(scan).ci;
  EXPECT_EQ(adjacencies(), (Lines{"r1 > r2 bgp", "r1 > r3 ospf"}));
  take(scan);
  EXPECT_LT(connection.statements.size(), 150u) << "of an unchanged report";
  const auto shown = routing_peers_of(tx, ci);
  EXPECT_EQ(shown.size(), 402u);
  EXPECT_EQ(std::ranges::count_if(shown, [](const auto& one) { return one.ci.has_value(); }), 2);
}

TEST_F(Routing, ARelationOfBeforeRelationsEndedEndsToo) {
  constexpr base::TimeMs day = 24 * 60 * 60 * 1000;
  const auto mend = std::ranges::find_if(store::embedded_migrations(), [](const base::EmbeddedFile& file) {
    return file.path.starts_with("0227");
  });
  ASSERT_NE(mend, store::embedded_migrations().end());
  take(router("r2", "10.0.0.2", {}));
  const auto scan = router("r1", "10.0.0.1", {peer("bgp", "10.0.0.2", 65002)});
  take(scan);
  tx.execute("update relationship set type = 'depends_on', expires_at = null where type = 'peers_with'");
  connection.run_script(mend->content);
  const auto live = [this] {
    return tx.query(
        "select expires_at, last_seen from relationship r join ci_source s on s.id = r.source_id"
        " where r.type = 'depends_on' and r.ended_at is null");
  };
  apply_due_relationships(tx, catalog, clock);
  ASSERT_EQ(live().size(), 1u);
  EXPECT_EQ(live()[0].integer(0), live()[0].integer(1) + 30 * day);
  clock.advance(31 * day);
  apply_due_relationships(tx, catalog, clock);
  EXPECT_TRUE(live().empty());
}

TEST_F(Routing, APeerThatIsGoneOrSwitchedOffEndsIt) {
  take(router("r2", "10.0.0.2", {}));
  take(router("r1", "10.0.0.1", {peer("bgp", "10.0.0.2", 65002)}));
  auto off = peer("bgp", "10.0.0.2", 65002);
  off.attributes.set("enabled", false);
  take(router("r1", "10.0.0.1", {off}));
  EXPECT_EQ(adjacencies(), Lines{});
  take(router("r1", "10.0.0.1", {peer("bgp", "10.0.0.2", 65002)}));
  EXPECT_EQ(adjacencies(), Lines{"r1 > r2 bgp"});
  take(router("r1", "10.0.0.1", {}));
  EXPECT_EQ(adjacencies(), Lines{});
}

TEST_F(Routing, ItEndsWhenTheRouterWasNotScannedForThirtyDaysAndBeginsWithTheNextScan) {
  constexpr base::TimeMs day = 24 * 60 * 60 * 1000;
  take(router("r2", "10.0.0.2", {}));
  const auto scan = router("r1", "10.0.0.1", {peer("bgp", "10.0.0.2", 65002)});
  take(scan);
  clock.advance(20 * day);
  take(scan);  // says nothing new
  clock.advance(15 * day);
  apply_due_relationships(tx, catalog, clock);
  EXPECT_EQ(adjacencies(), Lines{"r1 > r2 bgp"});
  clock.advance(16 * day);
  apply_due_relationships(tx, catalog, clock);
  EXPECT_EQ(adjacencies(), Lines{});
  take(scan);
  EXPECT_EQ(adjacencies(), Lines{"r1 > r2 bgp"});
}

TEST_F(Routing, OfLinkLocalNeighboursTheRouterIdTells) {
  take(router("r2", "10.255.0.2", {}));
  take(router("r1", "10.0.0.1", {peer("ospfv3", "fe80::2", 0, "10.255.0.2")}));
  EXPECT_EQ(adjacencies(), Lines{"r1 > r2 ospfv3"});
}

TEST_F(Routing, ASharedAddressMakesNoTwoRoutersOne) {
  const auto shared = item(
      "virtual_address",
      attributes(
          {{"protocol", "vrrp"}, {"port", "Vlan10"}, {"group", std::int64_t{1}}, {"address", "10.0.0.254"}}));
  const auto first = take(router("r1", "10.0.0.1", {}, {shared})).ci;
  const auto second = take(router("r2", "10.0.0.2", {}, {shared})).ci;
  EXPECT_NE(first, second);
  EXPECT_EQ(components_of(tx, first, "virtual_address").size(), 1u);
  EXPECT_EQ(components_of(tx, second, "virtual_address").size(), 1u);
  // Nor is it a device of its own: who has it is known.
  const auto holder = other_holder_of(tx, "10.0.0.254", "another job");
  ASSERT_TRUE(holder);
  EXPECT_TRUE(*holder == first || *holder == second);
  take(router("r3", "10.0.0.3", {peer("bgp", "10.0.0.254", 65001)}));
  EXPECT_EQ(adjacencies(), Lines{});  // it is not told which of both
}

}  // namespace
}  // namespace censo::cmdb
