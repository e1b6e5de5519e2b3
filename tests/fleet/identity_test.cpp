// The CMDB on small fleets: the numbers of tests/bench/cmdb_identity_bench.cpp in little.
#include "base/text.h"
#include "tests/fleet/censo_engine.h"
#include "tests/fleet/measure.h"

#include <gtest/gtest.h>

namespace censo::fleet {
namespace {

class FleetIdentity : public testing::TestWithParam<std::uint64_t> {
 protected:
  static Score score_of(std::uint64_t seed) {
    CensoEngine censo(":memory:");
    Measurement measurement(censo.engine());
    const Truth truth =
        simulate({400, 3, seed}, {[&](const Sighting& sighting) { measurement.take(sighting); },
                                  [&](std::size_t record) { measurement.end(record); }});
    return measurement.score(truth);
  }

  static std::string text_of(const std::map<Happening, Wrong>& wrong) {
    std::string text;
    for (const auto& [cause, of_cause] : wrong)
      text += std::string(name_of(cause)) + ", " + std::to_string(of_cause.pairs) +
              " pairs: " + base::join(of_cause.examples, "\n  ") + "\n";
    return text;
  }
};

TEST_P(FleetIdentity, NoTwoAssetsBecomeOneAndFewAreSplit) {
  const Score score = score_of(GetParam());
  EXPECT_EQ(score.wrong_pairs, 0u) << text_of(score.merges);
  EXPECT_GE(score.recall(), 0.99) << text_of(score.splits);
  EXPECT_EQ(score.reviews, 0u);
  EXPECT_GE(score.right_pairs, 300u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FleetIdentity, testing::Values(1, 2, 3));

}  // namespace
}  // namespace censo::fleet
