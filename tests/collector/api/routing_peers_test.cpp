#include "cmdb/ingest.h"
#include "tests/cmdb/topology_fixture.h"
#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes routing_peers(const Services& services);
}  // namespace api
namespace {

void scan_router(CalledRoutes& routes, const std::string& name, std::vector<inventory::Section> sections) {
  inventory::Report report{{inventory::OriginKind::scanner, "job-1", "1.0"},
                           0,
                           "",
                           routes.db.clock().now(),
                           "router",
                           name,
                           std::move(sections),
                           {}};
  inventory::seal(report);
  routes.db.write([&](store::Transaction& tx) {
    EXPECT_TRUE(cmdb::ingest(tx, routes.catalog, report, routes.db.clock().now(), routes.db.clock()));
  });
}

TEST(RoutingPeersApi, KnownPeersAreItemsAndOthersAddresses) {
  CalledRoutes routes(api::routing_peers);
  const auto device = [](const char* serial) {
    return cmdb::section("device", cmdb::attributes({{"serial_number", serial}}));
  };
  scan_router(
      routes, "r2",
      {device("SN-2"),
       cmdb::section("addresses", cmdb::attributes({{"ip_addresses", inventory::TextList{"10.0.0.2"}}}))});
  const auto peer = [](const char* address, const char* state) {
    return cmdb::item("routing_peer", cmdb::attributes({{"protocol", "bgp"},
                                                        {"address", address},
                                                        {"remote_as", std::int64_t{65002}},
                                                        {"enabled", true},
                                                        {"state", state}}));
  };
  scan_router(
      routes, "r1",
      {device("SN-1"),
       cmdb::section("routing_peers", {}, {peer("10.0.0.2", "established"), peer("198.51.100.1", "idle")})});
  const auto body = body_of(routes.get("/api/v1/cis/{id}/routing-peers", {{"id", "r1"}}));
  const auto& items = body.at("items").as_array();
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].at("other").at("name").as_string(), "r2");
  EXPECT_EQ(items[0].at("state").as_string(), "established");
  EXPECT_EQ(items[0].at("remote_as").as_int64(), 65002);
  EXPECT_TRUE(items[0].at("last_seen").is_string());
  EXPECT_EQ(items[1].at("address").as_string(), "198.51.100.1");
  EXPECT_TRUE(items[1].at("other").is_null());
  EXPECT_FALSE(routes.get("/api/v1/cis/{id}/routing-peers", {{"id", "nobody"}}));
}

}  // namespace
}  // namespace censo::collector
