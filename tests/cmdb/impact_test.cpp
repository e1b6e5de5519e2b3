#include "cmdb/impact.h"

#include "cmdb/impact_graph.h"
#include "tests/cmdb/seeded_database.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace censo::cmdb {
namespace {

class ImpactTest : public testing::Test {
 protected:
  Impact walk(const std::vector<CiId>& failed, Direction direction, const WalkLimits& limits = {}) {
    return ask({failed, direction, {}, limits});
  }
  Impact ask(const ImpactQuestion& question) {
    Impact result;
    db.write([&](store::Transaction& tx) {
      ImpactGraph graph(db.clock());
      result = impact(tx, {graph, catalog}, question);
    });
    return result;
  }
  static std::vector<std::string> names_of(const Impact& result) {
    std::vector<std::string> names;
    for (const auto& item : result.items) names.push_back(item.name);
    return names;
  }
  using Names = std::vector<std::string>;

  SeededDatabase db;
  const ClassCatalog catalog = ClassCatalog::load(built_in_schemas()).value();
  // core -> access -> web01 <- nginx, postgres
  const CiId core = db.add_ci("switch", "core"), access = db.add_ci("switch", "access"),
             web01 = db.add_ci("server", "web01"), nginx = db.add_ci("web_server", "nginx"),
             postgres = db.add_ci("database_server", "postgres");
  const std::int64_t core_link = db.relate(core, "uplink_of", access);
  const std::int64_t access_link = db.relate(access, "uplink_of", web01);
  const std::int64_t nginx_link = db.relate(nginx, "runs_on", web01);
  const std::int64_t postgres_link = db.relate(postgres, "runs_on", web01);
};

TEST_F(ImpactTest, FailedServerHarmsWhatRunsOnIt) {
  EXPECT_EQ(names_of(walk({web01}, Direction::downstream)), (Names{"nginx", "postgres"}));
}

TEST_F(ImpactTest, FailedSwitchHarmsNearestFirst) {
  EXPECT_EQ(names_of(walk({core}, Direction::downstream)), (Names{"access", "web01", "nginx", "postgres"}));
}

TEST_F(ImpactTest, UpstreamIsWhatTheItemNeeds) {
  EXPECT_EQ(names_of(walk({nginx}, Direction::upstream)), (Names{"web01", "access", "core"}));
}

TEST_F(ImpactTest, WithoutVerdictsTheSameIsNeeded) {
  ImpactQuestion question{{nginx}, Direction::upstream};
  const auto with = ask(question);
  question.verdicts = false;
  const auto without = ask(question);
  EXPECT_EQ(names_of(without), names_of(with));
  EXPECT_EQ(with.items[2].verdict, Verdict::down);
  EXPECT_EQ(without.items[2].verdict, Verdict::degraded);
}

TEST_F(ImpactTest, DepthCountsStepsFromTheFailedItem) {
  EXPECT_EQ(walk({core}, Direction::downstream).items.back().depth, 3U);
}

TEST_F(ImpactTest, EachItemTellsWhatItIsReachedThrough) {
  const auto result = walk({access}, Direction::downstream);
  EXPECT_EQ(result.items[1].through, web01);
  EXPECT_EQ(result.items[1].through_name, "web01");
  EXPECT_EQ(result.items[1].relation, "runs_on");
}

TEST_F(ImpactTest, ReasonOfARelationToTheFailedItem) {
  const auto result = walk({web01}, Direction::downstream);
  EXPECT_EQ(result.items[0].reason, "runs on web01");
}

TEST_F(ImpactTest, ReasonOfARelationFromTheFailedItem) {
  const auto result = walk({core}, Direction::downstream);
  EXPECT_EQ(result.items[0].reason, "is served by core");
}

TEST_F(ImpactTest, ReasonUpstream) {
  const auto result = walk({nginx}, Direction::upstream);
  EXPECT_EQ(result.items[0].reason, "runs nginx");
  EXPECT_EQ(result.items[1].reason, "is uplink of web01");
}

TEST_F(ImpactTest, RelationWithoutImpactHarmsNothing) {
  const auto other = db.add_ci("server", "other");
  db.relate(other, "connects_to", core);
  EXPECT_TRUE(walk({other}, Direction::downstream).items.empty());
}

TEST_F(ImpactTest, RelationThatTheCatalogueLacksHarmsNothing) {
  const auto other = db.add_ci("server", "other");
  db.relate(other, "dreams_of", core);
  EXPECT_TRUE(walk({other}, Direction::downstream).items.empty());
}

TEST_F(ImpactTest, EndedRelationshipHarmsNothing) {
  db.write([&](store::Transaction& tx) {
    tx.execute("update relationship set ended_at = 1 where id = $1", nginx_link);
  });
  EXPECT_EQ(names_of(walk({web01}, Direction::downstream)), Names{"postgres"});
}

TEST_F(ImpactTest, RetiredItemIsNotHarmed) {
  db.write([&](store::Transaction& tx) {
    tx.execute("update ci set stage = 'retired' where id = $1", nginx.value);
  });
  EXPECT_EQ(names_of(walk({web01}, Direction::downstream)), Names{"postgres"});
}

TEST_F(ImpactTest, CircleEnds) {
  db.relate(access, "uplink_of", core);
  EXPECT_EQ(names_of(walk({core}, Direction::downstream)), (Names{"access", "web01", "nginx", "postgres"}));
}

TEST_F(ImpactTest, ItemRelatedToItselfIsNotHarmedByItself) {
  db.relate(nginx, "runs_on", nginx);
  EXPECT_TRUE(walk({nginx}, Direction::downstream).items.empty());
}

TEST_F(ImpactTest, ItemReachedOnTwoWaysStandsOnceAtTheShorterOne) {
  db.relate(core, "contains", web01);  // without redundancy
  const auto result = walk({core}, Direction::downstream);
  EXPECT_EQ(names_of(result), (Names{"access", "web01", "nginx", "postgres"}));
  EXPECT_EQ(result.items[1].depth, 1U);
}

TEST_F(ImpactTest, SeveralFailedItemsAreNotListed) {
  EXPECT_EQ(names_of(walk({core, web01}, Direction::downstream)), (Names{"access", "nginx", "postgres"}));
}

TEST_F(ImpactTest, FailedItemThatIsGoneHarmsNothing) {
  EXPECT_TRUE(walk({CiId(1)}, Direction::downstream).items.empty());
}

TEST_F(ImpactTest, HarmDoesNotPassThroughASoundItem) {
  EXPECT_EQ(names_of(ask({{core}, Direction::downstream, {web01}})), Names{"access"});
}

TEST_F(ImpactTest, DepthLimitCutsAndSaysSo) {
  WalkLimits limits;
  limits.max_depth = 2;
  const auto result = walk({core}, Direction::downstream, limits);
  EXPECT_EQ(names_of(result), (Names{"access", "web01"}));
  EXPECT_TRUE(result.truncated);
}

TEST_F(ImpactTest, DepthLimitThatSufficesIsNotReported) {
  WalkLimits limits;
  limits.max_depth = 3;
  EXPECT_FALSE(walk({core}, Direction::downstream, limits).truncated);
}

TEST_F(ImpactTest, ItemLimitCutsAndSaysSo) {
  WalkLimits limits;
  limits.max_items = 1;
  const auto result = walk({core}, Direction::downstream, limits);
  EXPECT_EQ(names_of(result), Names{"access"});
  EXPECT_TRUE(result.truncated);
}

}  // namespace
}  // namespace censo::cmdb
