#include "cmdb/impact_walk.h"

#include "cmdb/single_points.h"
#include "tests/cmdb/named_graph.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace censo::cmdb {
namespace {

using Lines = std::vector<std::string>;

class ImpactWalk : public testing::Test, protected NamedGraph {
 protected:
  std::string depth_and_through(const Walk& walk, const std::string& name) {
    const Reached& one = walk.reached[walk.places.find(at(name))];
    return std::to_string(one.depth) + " through " +
           std::string(graph.name_of(walk.reached[one.through].item));
  }
  Lines points(const std::vector<std::string>& targets) {
    const auto places = all(targets);
    Lines lines;
    for (const auto& point : single_points(graph, places).points) {
      lines.emplace_back(graph.name_of(point.item));
    }
    return lines;
  }
};

TEST_F(ImpactWalk, WithoutARuleOneIsEnoughToTakeItDown) {
  relate("a", "feeds", "x");
  relate("b", "feeds", "x");
  EXPECT_EQ(told({"a"}), Lines{"x down"});
}

TEST_F(ImpactWalk, OneOfTwoFeedsLeavesItDegraded) {
  relate("feed-a", "feeds", "server");
  relate("feed-b", "feeds", "server");
  rule("server", "feeds", 1);
  EXPECT_EQ(told({"feed-a"}), Lines{"server degraded"});
  EXPECT_EQ(told({"feed-a", "feed-b"}), Lines{"server down"});
}

TEST_F(ImpactWalk, ClusterOfThreeThatNeedsTwo) {
  relate("node1", "feeds", "cluster");
  relate("node2", "feeds", "cluster");
  relate("node3", "feeds", "cluster");
  rule("cluster", "feeds", 2);
  EXPECT_EQ(told({"node1"}), Lines{"cluster degraded"});
  EXPECT_EQ(told({"node1", "node3"}), Lines{"cluster down"});
}

TEST_F(ImpactWalk, TheTypesRuleHoldsWhereTheItemHasNone) {
  relate("web1", "backs", "pool");
  relate("web2", "backs", "pool");
  EXPECT_EQ(told({"web1"}), Lines{"pool degraded"});
  rule("pool", "backs", 2);
  EXPECT_EQ(told({"web1"}), Lines{"pool down"});
}

TEST_F(ImpactWalk, ARuleOfOneRelationSaysNothingOfAnother) {
  relate("a", "feeds", "x");
  relate("x", "needs", "b");
  rule("x", "feeds", 0);
  EXPECT_EQ(told({"b"}), Lines{"x down"});
}

TEST_F(ImpactWalk, DegradedIsPassedOnAsDegraded) {
  relate("a", "backs", "x");
  relate("b", "backs", "x");
  relate("y", "needs", "x");
  relate("z", "needs", "y");
  EXPECT_EQ(told({"a"}), (Lines{"x degraded", "y degraded", "z degraded"}));
}

TEST_F(ImpactWalk, DegradedSuppliersAreUp) {
  relate("a", "backs", "x1");
  relate("b", "backs", "x1");
  relate("x1", "feeds", "cluster");
  relate("x2", "feeds", "cluster");
  rule("cluster", "feeds", 2);
  EXPECT_EQ(told({"a"}), (Lines{"x1 degraded", "cluster degraded"}));
}

TEST_F(ImpactWalk, BothArmsOfADiamondOnOneFoot) {
  relate("foot", "feeds", "left");
  relate("foot", "feeds", "right");
  relate("left", "backs", "top");
  relate("right", "backs", "top");
  EXPECT_EQ(told({"foot"}), (Lines{"left down", "right down", "top down"}));
  EXPECT_EQ(told({"left"}), Lines{"top degraded"});
}

TEST_F(ImpactWalk, LastSupplierMayFallLater) {
  relate("a", "backs", "x");
  relate("a", "feeds", "far1");
  relate("far1", "feeds", "far2");
  relate("far2", "backs", "x");
  const auto walked = walk({"a"});
  EXPECT_EQ(walked.verdict_of(at("x")), Verdict::down);
  EXPECT_EQ(depth_and_through(walked, "x"), "3 through far2");
}

TEST_F(ImpactWalk, ACircleDoesNotFailByItself) {
  relate("a", "needs", "b");
  relate("b", "needs", "a");
  relate("b", "needs", "c");
  EXPECT_EQ(told({"c"}), (Lines{"b down", "a down"}));
  EXPECT_EQ(told({"d"}), Lines{});
}

TEST_F(ImpactWalk, ACircleWithRedundancyHoldsItselfUp) {
  relate("a", "backs", "b");
  relate("x", "backs", "b");
  relate("b", "backs", "a");
  relate("x", "backs", "a");
  EXPECT_EQ(told({"x"}), (Lines{"a degraded", "b degraded"}));
}

TEST_F(ImpactWalk, MoreNeededThanThereAreMeansAllOfThem) {
  relate("a", "feeds", "x");
  relate("b", "feeds", "x");
  rule("x", "feeds", 5);
  EXPECT_EQ(told({"d"}), Lines{});
  EXPECT_EQ(told({"a"}), Lines{"x down"});
}

TEST_F(ImpactWalk, NoneNeededIsDegradedAtWorst) {
  relate("a", "feeds", "x");
  rule("x", "feeds", 0);
  EXPECT_EQ(told({"a"}), Lines{"x degraded"});
}

TEST_F(ImpactWalk, RetiredSuppliersDoNotCount) {
  relate("a", "backs", "x");
  relate("b", "backs", "x");
  retire("b");
  EXPECT_EQ(told({"a"}), Lines{"x down"});
}

TEST_F(ImpactWalk, RetiredItemsDoNotFail) {
  relate("a", "feeds", "x");
  retire("a");
  EXPECT_EQ(told({"a"}), Lines{});
}

TEST_F(ImpactWalk, SoundSuppliersCountAsUp) {
  relate("foot", "feeds", "a");
  relate("foot", "feeds", "b");
  relate("a", "backs", "x");
  relate("b", "backs", "x");
  EXPECT_EQ(told({"foot"}, {"b"}), (Lines{"a down", "x degraded"}));
}

TEST_F(ImpactWalk, RelationshipsOfAMergedItemBelongToItsRoot) {
  relate("a", "feeds", "web-old");
  relate("web-old", "feeds", "x");
  merge("web-old", "web");
  EXPECT_EQ(told({"a"}), (Lines{"web down", "x down"}));
  EXPECT_EQ(told({"web-old"}), Lines{"x down"});
}

TEST_F(ImpactWalk, TwoMergedSuppliersAreOne) {
  relate("a", "backs", "x");
  relate("a2", "backs", "x");
  merge("a2", "a");
  EXPECT_EQ(told({"a"}), Lines{"x down"});
}

TEST_F(ImpactWalk, ARuleOfAMergedItemHoldsForItsRoot) {
  relate("a", "feeds", "web");
  relate("b", "feeds", "web");
  rule("web-old", "feeds", 1);
  merge("web-old", "web");
  EXPECT_EQ(told({"a"}), Lines{"web degraded"});
}

TEST_F(ImpactWalk, UnmergingGivesBothBack) {
  relate("a", "feeds", "web-old");
  merge("web-old", "web");
  graph.set_merged_into(at("web-old"), std::nullopt);
  EXPECT_EQ(told({"a"}), Lines{"web-old down"});
}

TEST_F(ImpactWalk, OfTwoExplanationsOfOneLengthTheOlderItemStands) {
  at("old");
  relate("young", "feeds", "x");
  relate("old", "feeds", "x");
  EXPECT_EQ(depth_and_through(walk({"young", "old"}), "x"), "1 through old");
}

TEST_F(ImpactWalk, ThePlainNeedIsTheReasonBesideALostRedundancy) {
  relate("a", "backs", "x");
  relate("x", "needs", "b");
  const auto walked = walk({"a", "b"});
  EXPECT_EQ(depth_and_through(walked, "x"), "1 through b");
}

TEST_F(ImpactWalk, CountsOfARedundancy) {
  relate("a", "feeds", "x");
  relate("b", "feeds", "x");
  relate("c", "feeds", "x");
  rule("x", "feeds", 2);
  const auto counts = redundancy_of(graph, walk({"a", "c"}), at("x"), *graph.relation("feeds"));
  EXPECT_EQ(counts.all, 3U);
  EXPECT_EQ(counts.down, 2U);
  EXPECT_EQ(counts.needs, 2U);
}

TEST_F(ImpactWalk, ItemLimitCutsTheDegradedToo) {
  relate("a", "backs", "x");
  relate("y", "needs", "x");
  relate("b", "backs", "x");
  const auto walked = walk({"a"}, {}, {100, 1});
  EXPECT_EQ(walked.reached.size(), 2U);
  EXPECT_TRUE(walked.truncated);
}

TEST_F(ImpactWalk, DepthLimitCutsTheDegradedToo) {
  relate("a", "backs", "x");
  relate("b", "backs", "x");
  relate("y", "needs", "x");
  EXPECT_TRUE(walk({"a"}, {}, {1, 100}).truncated);
  EXPECT_FALSE(walk({"a"}, {}, {2, 100}).truncated);
}

TEST_F(ImpactWalk, SinglePointsRespectRedundancy) {
  relate("core", "feeds", "left");
  relate("core", "feeds", "right");
  relate("left", "backs", "db");
  relate("right", "backs", "db");
  relate("shop", "needs", "db");
  EXPECT_EQ(points({"shop"}), (Lines{"core", "db"}));
}

TEST_F(ImpactWalk, SinglePointOfManyComesFirst) {
  relate("rack", "feeds", "web");
  relate("core", "feeds", "web");
  relate("core", "feeds", "db");
  EXPECT_EQ(points({"web", "db"}), (Lines{"core", "rack"}));
}

TEST_F(ImpactWalk, SinglePointLimitIsTold) {
  relate("a", "feeds", "x");
  const auto places = all({"x"});
  EXPECT_TRUE(single_points(graph, places, {}, {100, 1}).truncated);
  EXPECT_FALSE(single_points(graph, places).truncated);
}

// Random graphs with rules, circles, merges and retired items.
class RandomGraph : public NamedGraph {
 public:
  explicit RandomGraph(unsigned seed) : random_(seed) {
    const int items = below(40) + 3;
    for (int i = 0; i < items; ++i) at(std::to_string(i));
    const auto one = [&] { return std::to_string(below(items)); };
    const std::vector<std::string> types{"backs", "feeds", "needs"};
    for (int i = below(3 * items); i > 0; --i)
      relate(one(), types[static_cast<std::size_t>(below(3))], one());
    for (int i = below(items); i > 0; --i) rule(one(), types[static_cast<std::size_t>(below(3))], below(4));
    for (int i = below(4); i > 0; --i) retire(one());
    for (int i = below(5); i > 0; --i) {
      const int item = below(items - 1);
      merge(std::to_string(item), std::to_string(item + 1 + below(items - item - 1)));
    }
    for (int i = below(4) + 1; i > 0; --i) failed.push_back(at(one()));
    for (int i = below(3); i > 0; --i) sound.push_back(at(one()));
  }
  std::set<CiIndex> roots(const std::vector<CiIndex>& items) const {
    std::set<CiIndex> found;
    for (const CiIndex item : items) found.insert(graph.root_of(item));
    return found;
  }
  std::vector<CiIndex> failed, sound;

 private:
  int below(int most) { return static_cast<int>(random_() % static_cast<unsigned>(most)); }
  std::mt19937 random_;
};

// Seeds from `first` on whose walk differs from the definition, and how.
std::string differences(unsigned first, unsigned last) {
  std::string found;
  for (unsigned seed = first; seed < last; ++seed) {
    const RandomGraph one(seed);
    const auto expected = verdicts_by_definition(one.graph, one.roots(one.failed), one.roots(one.sound));
    const Walk walk = walk_downstream(one.graph, {one.failed, one.sound});
    std::string faults = faults_of(one.graph, walk);
    if (walk.reached.size() != expected.size()) faults += "another number of items; ";
    for (const auto& [item, verdict] : expected) {
      if (walk.verdict_of(item) != verdict) faults += std::string(one.graph.name_of(item)) + " differs; ";
    }
    if (!faults.empty()) found += "seed " + std::to_string(seed) + ": " + faults + "\n";
  }
  return found;
}

TEST(RandomImpact, VerdictsAreThoseOfTheDefinition) {
  EXPECT_EQ(differences(0, 3'000), "");
}

std::string single_point_differences(unsigned first, unsigned last) {
  std::string found;
  for (unsigned seed = first; seed < last; ++seed) {
    const RandomGraph one(seed);
    const CiIndex target = one.graph.root_of(one.failed.front());
    std::set<CiIndex> expected, points;
    for (CiIndex item = 0; item < one.graph.size(); ++item) {
      if (item == target || one.graph.root_of(item) != item || one.graph.stands_aside(target)) continue;
      const auto verdicts = verdicts_by_definition(one.graph, {item}, {});
      const auto hit = verdicts.find(target);
      if (hit != verdicts.end() && hit->second == Verdict::down) expected.insert(item);
    }
    for (const auto& point : single_points(one.graph, std::array{target}).points) points.insert(point.item);
    if (points != expected) found += "seed " + std::to_string(seed) + "\n";
  }
  return found;
}

TEST(RandomImpact, SinglePointsAreThoseFoundByTryingEveryItem) {
  EXPECT_EQ(single_point_differences(0, 500), "");
}

}  // namespace
}  // namespace censo::cmdb
