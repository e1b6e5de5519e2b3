#include "base/clock.h"

#include <gtest/gtest.h>

#include <limits>

namespace censo::base {

TEST(Clock, TimesAreWrittenInUtcWithMilliseconds) {
  EXPECT_EQ(to_iso8601(1'790'856'000'007), "2026-10-01T12:00:00.007Z");
}
TEST(Clock, TimesBefore1970AreWritten) {
  EXPECT_EQ(to_iso8601(-1), "1969-12-31T23:59:59.999Z");
}
TEST(Clock, TimesBeyondTheYear9999AreWrittenAsTheLast) {
  EXPECT_EQ(to_iso8601(std::numeric_limits<TimeMs>::max()), "9999-12-31T23:59:59.999Z");
}
TEST(Clock, TimesBeforeTheYear0AreWrittenAsTheFirst) {
  EXPECT_EQ(to_iso8601(std::numeric_limits<TimeMs>::min()), "0000-01-01T00:00:00.000Z");
}
TEST(Clock, ADateIsItsMidnight) {
  EXPECT_EQ(*parse_iso8601("2026-10-01"), 1'790'812'800'000);
}
TEST(Clock, MinutesAreEnough) {
  EXPECT_EQ(*parse_iso8601("2026-10-01T12:00Z"), 1'790'856'000'000);
}
TEST(Clock, AnOffsetIsSubtracted) {
  EXPECT_EQ(*parse_iso8601("2026-10-01T14:00:00+02:00"), 1'790'856'000'000);
}
TEST(Clock, ANegativeOffsetIsAdded) {
  EXPECT_EQ(*parse_iso8601("2026-10-01T06:30:00-0530"), 1'790'856'000'000);
}
TEST(Clock, AFractionIsCutToMilliseconds) {
  EXPECT_EQ(*parse_iso8601("2026-10-01T12:00:00.0079999Z"), 1'790'856'000'007);
}
TEST(Clock, AShortFractionCounts) {
  EXPECT_EQ(*parse_iso8601("2026-10-01T12:00:00.5Z"), 1'790'856'000'500);
}

class NoTime : public testing::TestWithParam<const char*> {};
TEST_P(NoTime, IsRefused) {
  const auto time = parse_iso8601(GetParam());
  ASSERT_FALSE(time);
  EXPECT_EQ(time.error().code, Errc::malformed);
}
INSTANTIATE_TEST_SUITE_P(Clock, NoTime,
                         testing::Values("", "2026", "2026-13-01", "2026-02-29", "2026-10-01T",
                                         "2026-10-01T12:00", "2026-10-01T24:00Z", "2026-10-01T12:60Z",
                                         "2026-10-01T12:00:00.Z", "2026-10-01T12:00.5Z",
                                         "2026-10-01T12:00:00Zx", "-026-10-01", "+026-10-01",
                                         "2026-10-01T12:00+24:00", "2026-1--01", "2026-10-01 ",
                                         " 2026-10-01"));

TEST(Clock, TheManualClockStandsStillUntilMoved) {
  ManualClock clock(5);
  clock.advance(7);
  EXPECT_EQ(clock.now(), 12);
}
TEST(Clock, TheSystemClockIsPast2025) {
  EXPECT_GT(SystemClock().now(), 1'735'689'600'000);
}

}  // namespace censo::base
