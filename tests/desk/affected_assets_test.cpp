#include "desk/affected_assets.h"

#include "cmdb/impact_graph.h"
#include "desk/ticket_kind.h"
#include "tests/cmdb/seeded_database.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace censo::desk {
namespace {

class AffectedAssetsTest : public testing::Test {
 protected:
  AffectedAssetsTest() {
    db.relate(core, "uplink_of", web01);
    db.relate(nginx, "runs_on", web01);
    db.relate(postgres, "runs_on", web01);
    db.write([&](store::Transaction& tx) {
      NewTicket wanted;
      wanted.title = "Web is slow";
      ticket = open_ticket(tx, kinds, wanted, {"ana", "api", db.clock()}).value();
    });
  }
  void link(cmdb::CiId ci, LinkRole role) {
    db.write([&](store::Transaction& tx) {
      ASSERT_TRUE(link_ci(tx, ticket, ci, role, {"ana", "api", db.clock()}));
    });
  }
  AffectedAssets affected(const cmdb::WalkLimits& limits = {}, std::size_t most = 200) {
    AffectedAssets result;
    db.write([&](store::Transaction& tx) {
      cmdb::ImpactGraph graph(db.clock());
      result = affected_assets(tx, {graph, catalog}, ticket, {limits, most});
    });
    return result;
  }
  // "name: reason", in order.
  std::vector<std::string> told() {
    std::vector<std::string> lines;
    for (const auto& asset : affected().assets) lines.push_back(asset.name + ": " + asset.reason);
    return lines;
  }

  using Lines = std::vector<std::string>;
  SeededDatabase db;
  const cmdb::ClassCatalog catalog = cmdb::ClassCatalog::load(cmdb::built_in_schemas()).value();
  const TicketKinds kinds = TicketKinds::load(cmdb::built_in_schemas()).value();
  const cmdb::CiId core = db.add_ci("switch", "core"), web01 = db.add_ci("server", "web01"),
                   nginx = db.add_ci("web_server", "nginx"),
                   postgres = db.add_ci("database_server", "postgres");
  Ticket ticket;
};

TEST_F(AffectedAssetsTest, TicketWithoutLinksHasNone) {
  EXPECT_TRUE(affected().assets.empty());
}

TEST_F(AffectedAssetsTest, LinkedItemAndWhatItsFailureHarms) {
  link(web01, LinkRole::affected);
  EXPECT_EQ(told(), (Lines{"web01: named in the ticket", "nginx: runs on web01", "postgres: runs on web01"}));
}

TEST_F(AffectedAssetsTest, CauseHarmsThroughSeveralSteps) {
  link(core, LinkRole::cause);
  EXPECT_EQ(told(), (Lines{"core: named as the cause", "web01: is served by core", "nginx: runs on web01",
                           "postgres: runs on web01"}));
}

TEST_F(AffectedAssetsTest, ChangedItemHarmsNothing) {
  link(web01, LinkRole::changed);
  EXPECT_EQ(told(), Lines{"web01: changed by the ticket"});
}

TEST_F(AffectedAssetsTest, ExcludedItemIsNotListed) {
  link(web01, LinkRole::affected);
  link(nginx, LinkRole::excluded);
  EXPECT_EQ(told(), (Lines{"web01: named in the ticket", "postgres: runs on web01"}));
}

TEST_F(AffectedAssetsTest, NoHarmPassesThroughAnExcludedItem) {
  link(core, LinkRole::cause);
  link(web01, LinkRole::excluded);
  EXPECT_EQ(told(), Lines{"core: named as the cause"});
}

TEST_F(AffectedAssetsTest, LinkedItemThatIsAlsoHarmedStandsOnce) {
  link(web01, LinkRole::affected);
  link(nginx, LinkRole::changed);
  EXPECT_EQ(affected().assets.size(), 3U);
}

TEST_F(AffectedAssetsTest, ComputedOnesHaveTheComputedRole) {
  link(web01, LinkRole::affected);
  EXPECT_EQ(affected().assets.at(1).role, LinkRole::impacted);
  EXPECT_EQ(affected().assets.at(1).depth, 1U);
}

TEST_F(AffectedAssetsTest, SaysWhenEachWasSeenLast) {
  link(web01, LinkRole::affected);
  EXPECT_EQ(affected().assets.at(0).last_seen, db.clock().now());
}

TEST_F(AffectedAssetsTest, SaysWhenEachChangedLast) {
  link(web01, LinkRole::affected);
  db.add_history(nginx, db.clock().now() - 7000);
  db.add_history(nginx, db.clock().now() - 5000);
  EXPECT_EQ(affected().assets.at(1).last_changed, db.clock().now() - 5000);
}

TEST_F(AffectedAssetsTest, NeverChangedIsZero) {
  link(web01, LinkRole::affected);
  EXPECT_EQ(affected().assets.at(0).last_changed, 0);
}

TEST_F(AffectedAssetsTest, NearestAreListedAndAllAreCounted) {
  link(core, LinkRole::cause);
  const auto two = affected({}, 2);
  ASSERT_EQ(two.assets.size(), 2U);
  EXPECT_EQ(two.assets.back().name, "web01");
  EXPECT_EQ(two.total, 4U);
  EXPECT_TRUE(two.truncated);
  EXPECT_FALSE(affected({}, 4).truncated);
}

TEST_F(AffectedAssetsTest, LinkedOnesAreAllListed) {
  link(core, LinkRole::cause);
  link(nginx, LinkRole::affected);
  EXPECT_EQ(affected({}, 1).assets.size(), 2U);
  EXPECT_EQ(affected({}, 1).total, 4U);
}

TEST_F(AffectedAssetsTest, LimitIsTold) {
  link(web01, LinkRole::affected);
  cmdb::WalkLimits limits;
  limits.max_items = 1;
  EXPECT_TRUE(affected(limits).truncated);
}

}  // namespace
}  // namespace censo::desk
