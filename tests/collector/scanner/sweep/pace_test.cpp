#include "collector/scanner/sweep/pace.h"

#include <gtest/gtest.h>

namespace censo::scanner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = Pace::Time;

// How many probes leave in the time, to one subnet after the other.
std::size_t sent_in(Pace& pace, std::size_t subnets, Time start, seconds time) {
  std::size_t sent = 0;
  for (Time now = start; now < start + time; now += milliseconds(1))
    while (pace.ready_at(static_cast<std::uint32_t>(sent % subnets), now) <= now)
      pace.spend(static_cast<std::uint32_t>(sent++ % subnets), now);
  return sent;
}

TEST(Pace, KeepsTheRateInAll) {
  const Time start{seconds(1'000)};
  Pace pace(20'000, 0, 100, start);
  EXPECT_NEAR(static_cast<double>(sent_in(pace, 100, start, seconds(2))), 40'000, 100);
}

TEST(Pace, KeepsTheRateOfASubnet) {
  const Time start{seconds(1'000)};
  Pace pace(20'000, 500, 3, start);
  EXPECT_NEAR(static_cast<double>(sent_in(pace, 3, start, seconds(2))), 3'000, 3);
}

TEST(Pace, MakesUpForFiveMillisecondsOfAPauseAtMost) {
  const Time start{seconds(1'000)};
  Pace pace(10'000, 0, 1, start);
  const auto later = start + seconds(60);
  std::size_t burst = 0;
  for (; pace.ready_at(0, later) <= later; ++burst) pace.spend(0, later);
  EXPECT_EQ(burst, 51u);
}

TEST(Pace, SaysWhenTheNextMayLeave) {
  const Time start{seconds(1'000)};
  Pace pace(0, 100, 2, start);
  pace.spend(0, start);
  EXPECT_EQ(pace.ready_at(0, start), start + milliseconds(10));
  EXPECT_LE(pace.ready_at(1, start), start);
}

}  // namespace
}  // namespace censo::scanner
