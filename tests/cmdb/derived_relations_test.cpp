#include "cmdb/flows.h"
#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

using inventory::Item;
using inventory::Report;
using inventory::TextList;

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1000;

Item listening(const std::string& unit, std::int64_t port, const std::string& address = "0.0.0.0") {
  return item("listening_socket",
              attributes({{"protocol", "tcp"}, {"address", address}, {"port", port}, {"unit", unit}}));
}

// Each from a port of its own, as in real life.
Item connected(const std::string& unit, const std::string& to, std::int64_t port, bool inbound = false) {
  static std::int64_t counter = 0;
  return item("connection", attributes({{"protocol", "tcp"},
                                        {"local_address", "10.1.0.9"},
                                        {"local_port", std::int64_t{40000} + counter++},
                                        {"remote_address", to},
                                        {"remote_port", port},
                                        {"inbound", inbound},
                                        {"unit", unit}}));
}

inventory::Section services(const std::vector<std::string>& names) {
  auto made = section("services", {});
  for (const std::string& name : names) {
    made.items.push_back(item("generic_service", attributes({{"instance", name}}), "service:" + name));
    made.relationships.push_back({"runs_on", "service:" + name, "self", {}});
  }
  return made;
}

inventory::Section network(const TextList& addresses, const std::string& interface = "eth0") {
  TextList plain;
  for (const std::string& address : addresses) plain.push_back(address.substr(0, address.find('/')));
  return section("network", attributes({{"ip_addresses", plain}}),
                 {item("network_interface", attributes({{"name", interface}, {"addresses", addresses}}))});
}

class DerivedRelations : public IngestTest {
 protected:
  Report database(const TextList& addresses = {"10.2.0.5/24"}, const std::string& name = "db01") {
    return agent_report("agent " + name, ++sequence,
                        {network(addresses), services({"postgres"}),
                         section("sockets", {}, {listening("postgres.service", 5432)})},
                        name);
  }
  Report application(std::vector<Item> sockets, const std::string& name = "app01",
                     const TextList& addresses = {"10.1.0.9/24"}) {
    return agent_report("agent " + name, ++sequence,
                        {network(addresses), services({"shop"}), section("sockets", {}, std::move(sockets))},
                        name);
  }
  Report application_to(const std::string& address) {
    return application({connected("shop.service", address, 5432)});
  }
  void take_twice(const std::string& address) {
    take(application_to(address));
    take(application_to(address));
  }

  // "app shop -> db01 postgres" as "shop depends_on postgres"; live ones only.
  std::vector<std::string> relations(const std::string& type) {
    std::vector<std::string> found;
    for (const store::Row& row : tx.query("select f.name, t.name from relationship r join ci f on f.id = "
                                          "r.from_ci join ci t on t.id = r.to_ci"
                                          " where r.type = $1 and r.ended_at is null order by f.name, t.name",
                                          type)) {
      found.push_back(row.text(0) + " -> " + row.text(1));
    }
    return found;
  }
  std::string host_of_service_needed() {
    const auto row = tx.query_one(
        "select h.name from relationship d join relationship o on o.from_ci = d.to_ci and o.type = 'runs_on'"
        " join ci h on h.id = o.to_ci where d.type = 'depends_on' and d.ended_at is null");
    return row ? row->text(0) : "";
  }
  std::string evidence(const std::string& type) {
    return tx.query_one("select evidence from relationship where type = $1 and ended_at is null", type)
        ->text(0);
  }

  std::uint64_t sequence = 0;
};

using Found = std::vector<std::string>;

TEST_F(DerivedRelations, AServiceListensOnTheEndpointOfItsUnit) {
  take(database());
  EXPECT_EQ(relations("listens_on"), Found{"postgres -> db01 tcp/5432"});
}

TEST_F(DerivedRelations, OneEndpointForAllAddressesOfBothFamilies) {
  auto report = database();
  report.sections[2].items.push_back(listening("postgres.service", 5432, "::"));
  take(report);
  EXPECT_EQ(relations("listens_on"), Found{"postgres -> db01 tcp/5432"});
}

TEST_F(DerivedRelations, AnEndpointIsFoundByItsOwnAddressButNotByItsProtocolOrHostAlone) {
  take(agent_report("agent a", 1,
                    {services({"postgres"}), section("sockets", {},
                                                     {listening("postgres.service", 5432),
                                                      listening("postgres.service", 5433, "10.2.0.5")})}));
  std::vector<std::string> look_ups;
  for (const store::Row& row :
       tx.query("select k.rule, k.value from ci_key k join ci c on c.id = k.ci_id"
                " where c.class = 'endpoint' and k.identifying = 0 and k.rule <> 'name'"))
    look_ups.push_back(row.text(0) + " " + row.text(1));
  EXPECT_EQ(look_ups, std::vector<std::string>{"address 10.2.0.5"});
}

TEST_F(DerivedRelations, APortThatTheKernelHandsOutIsNoEndpoint) {
  auto report = database();
  report.sections[2].items.push_back(listening("postgres.service", 40123));
  take(report);
  EXPECT_EQ(relations("listens_on"), Found{"postgres -> db01 tcp/5432"});
}

TEST_F(DerivedRelations, AClosedPortEndsTheRelation) {
  take(database());
  auto closed = database();
  closed.sections[2].items.clear();
  take(closed);
  EXPECT_EQ(relations("listens_on"), Found());
}

TEST_F(DerivedRelations, AnIncompleteSectionEndsNothing) {
  take(database());
  auto partial = database();
  partial.sections[2].items[0] = listening("postgres.service", 5433);
  partial.sections[2].complete = false;
  take(partial);
  EXPECT_EQ(relations("listens_on"), (Found{"postgres -> db01 tcp/5432", "postgres -> db01 tcp/5433"}));
}

TEST_F(DerivedRelations, ASectionThatIsMissingEndsNothing) {
  take(database());
  auto without = database();
  without.sections.pop_back();
  take(without);
  EXPECT_EQ(relations("listens_on"), Found{"postgres -> db01 tcp/5432"});
}

TEST_F(DerivedRelations, TheServerThatReportedFirstIsFound) {
  take(database());
  take_twice("10.2.0.5");
  EXPECT_EQ(relations("depends_on"), Found{"shop -> postgres"});
}

TEST_F(DerivedRelations, TheServerThatReportsLaterIsFound) {
  take_twice("10.2.0.5");
  EXPECT_EQ(relations("depends_on"), Found());
  take(database());
  EXPECT_EQ(relations("depends_on"), Found{"shop -> postgres"});
}

TEST_F(DerivedRelations, OneConnectionInOneReportIsNoDependency) {
  take(database());
  take(application_to("10.2.0.5"));
  EXPECT_EQ(relations("depends_on"), Found());
}

TEST_F(DerivedRelations, ManyConnectionsInOneReportAreADependency) {
  take(database());
  take(application(std::vector<Item>(5, connected("shop.service", "10.2.0.5", 5432))));
  EXPECT_EQ(relations("depends_on"), Found{"shop -> postgres"});
}

TEST_F(DerivedRelations, TheHostDependsWhereNoServiceIsKnown) {
  take(database());
  take(application({connected("cron.service", "10.2.0.5", 5432)}));
  take(application({connected("cron.service", "10.2.0.5", 5432)}));
  EXPECT_EQ(relations("depends_on"), Found{"app01 -> postgres"});
}

TEST_F(DerivedRelations, InboundConnectionsSayNothingOfWhoIsBehindTheAddress) {
  take(application_to("10.2.0.99"));
  auto report = database();
  report.sections[2].items.push_back(connected("postgres.service", "10.1.0.9", 40000, true));
  take(report);
  report.sequence = ++sequence;
  take(report);
  EXPECT_EQ(relations("depends_on"), Found());
}

TEST_F(DerivedRelations, APortWhereNobodyListensIsNoDependency) {
  take(database());
  take(application({connected("shop.service", "10.2.0.5", 44321)}));
  take(application({connected("shop.service", "10.2.0.5", 44321)}));
  EXPECT_EQ(relations("depends_on"), Found());
}

TEST_F(DerivedRelations, EvidenceCountsConnectionsAndNamesThePort) {
  take(database());
  take_twice("10.2.0.5");
  EXPECT_EQ(
      evidence("depends_on"),
      R"({"addresses":["10.2.0.5"],"connections":1,"last_seen":"2026-09-21","ports":["tcp/5432"],"times_seen":2})");
}

TEST_F(DerivedRelations, LoopbackConnectsServicesOfOneHost) {
  auto report = application(
      {connected("shop.service", "127.0.0.1", 6379), listening("redis.service", 6379, "127.0.0.1")});
  report.sections[1] = services({"shop", "redis"});
  take(report);
  report.sequence = ++sequence;
  report.sections[2].items.push_back(connected("other.service", "10.9.9.9", 1));
  take(report);
  EXPECT_EQ(relations("depends_on"), Found{"shop -> redis"});
}

TEST_F(DerivedRelations, AnAddressThatTwoHostsCarryIsNotGuessedAt) {
  take(database({"10.2.0.5/24"}, "db01"));
  take(database({"10.2.0.5/24"}, "db02"));
  take_twice("10.2.0.5");
  EXPECT_EQ(relations("depends_on"), Found());
}

TEST_F(DerivedRelations, OfTwoHostsWithTheAddressTheOneInTheSameNetworkIsMeant) {
  take(database({"10.2.0.5/24"}, "db01"));
  take(database({"10.2.0.5/24", "10.1.0.5/24"}, "db02"));
  take_twice("10.2.0.5");
  EXPECT_EQ(host_of_service_needed(), "db02");
}

TEST_F(DerivedRelations, TheBridgeOfDockerIsTheSameOnEveryHost) {
  take(database({"172.17.0.1/16"}));
  take_twice("172.17.0.1");
  EXPECT_EQ(relations("depends_on"), Found());
}

TEST_F(DerivedRelations, AnAddressOfOnesOwnIsTheHostItself) {
  auto report = application({connected("shop.service", "172.17.0.1", 6379), listening("redis.service", 6379)},
                            "app01", {"10.1.0.9/24", "172.17.0.1/16"});
  report.sections[1] = services({"shop", "redis"});
  take(report);
  report.sequence = ++sequence;
  report.sections[2].items.push_back(connected("other.service", "10.9.9.9", 1));
  take(report);
  EXPECT_EQ(relations("depends_on"), Found{"shop -> redis"});
}

TEST_F(DerivedRelations, TheDependencyFollowsTheAddressWhenTheOldHostReportsFirst) {
  take(database({"10.2.0.5/24"}, "db01"));
  take_twice("10.2.0.5");
  take(database({"10.2.0.6/24"}, "db01"));
  take(database({"10.2.0.5/24"}, "db02"));
  EXPECT_EQ(host_of_service_needed(), "db02");
}

TEST_F(DerivedRelations, TheDependencyFollowsTheAddressWhenTheNewHostReportsFirst) {
  take(database({"10.2.0.5/24"}, "db01"));
  take_twice("10.2.0.5");
  take(database({"10.2.0.5/24"}, "db02"));
  EXPECT_EQ(host_of_service_needed(), "db01");
  take(database({"10.2.0.6/24"}, "db01"));
  EXPECT_EQ(host_of_service_needed(), "db02");
}

TEST_F(DerivedRelations, AMovedDependencyIsInHistoryLikeAnyOther) {
  take(database({"10.2.0.5/24"}, "db01"));
  take_twice("10.2.0.5");
  take(database({"10.2.0.6/24"}, "db01"));
  const auto db02 = take(database({"10.2.0.5/24"}, "db02"));
  EXPECT_GT(db02.history_entries, 0u);
  EXPECT_EQ(
      tx.query_one("select count(*) from relationship where type = 'depends_on' and ended_at is not null")
          ->integer(0),
      1);
}

TEST_F(DerivedRelations, WhatIsNotSeenForThirtyDaysExpires) {
  take(database());
  take_twice("10.2.0.5");
  clock.advance(31 * day_ms);
  EXPECT_FALSE(expire_flows(tx, clock));
  EXPECT_EQ(relations("depends_on"), Found());
  EXPECT_EQ(count("flow"), 0);
}

TEST_F(DerivedRelations, WhatIsSeenAgainDoesNotExpire) {
  take(database());
  take_twice("10.2.0.5");
  clock.advance(20 * day_ms);
  auto again = application_to("10.2.0.5");
  again.sections[2].items.push_back(connected("shop.service", "10.9.9.9", 1));
  take(again);
  clock.advance(20 * day_ms);
  EXPECT_FALSE(expire_flows(tx, clock));
  EXPECT_EQ(relations("depends_on"), Found{"shop -> postgres"});
}

TEST_F(DerivedRelations, WhatAnUnchangedReportStillTellsDoesNotExpire) {
  take(database());
  take_twice("10.2.0.5");
  auto last = application_to("10.2.0.5");
  take(last);
  clock.advance(31 * day_ms);
  last.sequence = ++sequence;
  take(last);
  EXPECT_FALSE(expire_flows(tx, clock));
  EXPECT_EQ(relations("depends_on"), Found{"shop -> postgres"});
}

TEST_F(DerivedRelations, OtherConnectionsOfTheSameDayWriteNoFlow) {
  take(database());
  take_twice("10.2.0.5");
  auto more = application_to("10.2.0.5");
  more.sections[2].items.push_back(connected("shop.service", "10.2.0.5", 5432));
  take(more);
  EXPECT_EQ(
      std::ranges::count_if(connection.statements,
                            [](const std::string& sql) { return sql.find("flow") != std::string::npos; }),
      1);
}

TEST_F(DerivedRelations, AnUnchangedReportWritesOneRow) {
  take(database());
  take(database());
  EXPECT_EQ(writes().size(), 1u);
}

TEST_F(DerivedRelations, TheInternetIsLeftOut) {
  take_twice("198.51.100.7");
  EXPECT_EQ(count("flow"), 0);
}

TEST_F(DerivedRelations, AHostIsInTheSubnetsOfItsAddresses) {
  take(database({"10.2.0.5/24", "2001:db8:1::10/64", "fe80::1/64", "127.0.0.1/8", "10.3.0.1/32"}));
  EXPECT_EQ(relations("in_subnet"), (Found{"db01 -> 10.2.0.0/24", "db01 -> 2001:db8:1::/64"}));
}

TEST_F(DerivedRelations, TwoHostsInOneNetworkAreInOneSubnet) {
  take(database({"10.2.0.5/24"}, "db01"));
  take(database({"10.2.0.6/24"}, "db02"));
  EXPECT_EQ(tx.query_one("select count(*) from ci where class = 'subnet'")->integer(0), 1);
}

TEST_F(DerivedRelations, NetworksWithinTheHostAreNoSubnets) {
  auto report = database();
  report.sections[0] = network({"172.18.0.1/16"}, "br-0123456789ab");
  take(report);
  EXPECT_EQ(relations("in_subnet"), Found());
}

}  // namespace
}  // namespace censo::cmdb
