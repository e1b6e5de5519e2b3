// Issue 6, part 5, in small: `./dev bench causes` runs more of it.
#include "tests/desk/cause_simulation.h"

#include <gtest/gtest.h>

namespace censo::desk {
namespace {

TEST(CauseSimulation, Rule68TrueCauseIsAmongTheFirst) {
  const auto figures = simulate_causes({.seed = 7, .causes = 30, .sites = 1});
  ASSERT_GE(figures.all.tickets, 30U);
  EXPECT_GE(figures.all.first * 100, figures.all.tickets * 60) << "the goal is 70; this is a small one";
  EXPECT_GE(figures.all.first_three * 100, figures.all.tickets * 80) << "the goal is 90";
  EXPECT_GE(figures.matched_right * 100, figures.differences * 99);
}

TEST(CauseSimulation, SeedDecidesAlone) {
  const CauseSettings settings{.seed = 3, .causes = 5, .sites = 1};
  const auto once = simulate_causes(settings), again = simulate_causes(settings);
  EXPECT_EQ(once.all.first, again.all.first);
  EXPECT_EQ(once.differences, again.differences);
}

}  // namespace
}  // namespace censo::desk
