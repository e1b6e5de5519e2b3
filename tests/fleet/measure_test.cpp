#include "tests/fleet/measure.h"

#include <gtest/gtest.h>

#include <map>

namespace censo::fleet {
namespace {

// Two assets: records 0 and 1 of the first, record 2 of the second.
Truth two_assets() {
  Truth truth;
  truth.assets.resize(2);
  for (Asset& asset : truth.assets) asset.installs.resize(1);
  truth.records = {{0, "agent a", Happening::enrolled},
                   {0, "agent b", Happening::reimaged},
                   {1, "agent c", Happening::enrolled}};
  return truth;
}

// An engine that answers what the test says: the item of each report, in order.
Score score_of(std::vector<std::pair<std::size_t, std::int64_t>> answers) {
  std::int64_t answer = 0;
  Measurement measurement({"test", [&](const Sighting&) { return std::optional(answer); }, [](std::size_t) {},
                           [](std::int64_t item) { return item; }, [] { return std::size_t{0}; }});
  for (const auto& [record, item] : answers) {
    answer = item;
    measurement.take({{}, record, 0, false});
  }
  return measurement.score(two_assets());
}

TEST(Measure, ThePerfectPartitionHasNoErrors) {
  const Score score = score_of({{0, 1}, {1, 1}, {2, 2}});
  EXPECT_DOUBLE_EQ(score.precision(), 1.0);
  EXPECT_DOUBLE_EQ(score.recall(), 1.0);
}

TEST(Measure, TwoAssetsAtOneItemAreWrongPairs) {
  const Score score = score_of({{0, 1}, {1, 1}, {2, 1}});
  EXPECT_EQ(score.wrong_pairs, 2u);
  EXPECT_DOUBLE_EQ(score.precision(), 1.0 / 3.0);
}

TEST(Measure, OneAssetAtTwoItemsIsAMissedPair) {
  const Score score = score_of({{0, 1}, {1, 3}, {2, 2}});
  EXPECT_EQ(score.missed_pairs, 1u);
  EXPECT_EQ(score.splits.at(Happening::reimaged).pairs, 1u);
}

TEST(Measure, ARecordStandsAtTheItemOfItsLastReport) {
  EXPECT_EQ(score_of({{0, 1}, {1, 1}, {2, 1}, {2, 2}}).wrong_pairs, 0u);
}

TEST(Measure, AnItemThatARecordLeftIsADuplicate) {
  const Score score = score_of({{0, 1}, {0, 4}, {1, 4}, {2, 2}});
  EXPECT_EQ(score.missed_pairs, 2u);
  EXPECT_EQ(score.items, 3u);
}

}  // namespace
}  // namespace censo::fleet
