#include "collector/jobs/schedule.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace censo::collector::jobs {
namespace {

class ScheduleTest : public ::testing::Test {
 protected:
  void zone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  void TearDown() override { zone("UTC"); }
  void SetUp() override { zone("UTC"); }

  std::string next(std::string_view text, std::string_view now, std::string_view last = "") {
    const auto schedule = parse_schedule(text);
    if (!schedule) return base::to_string(schedule.error());
    const auto start = next_start(*schedule, last.empty() ? 0 : *base::parse_iso8601(last), *base::parse_iso8601(now));
    return start ? base::to_iso8601(*start) : "never";
  }
};

TEST_F(ScheduleTest, EmptyIsOnlyByHand) { EXPECT_EQ(next("", "2026-03-01T10:00Z"), "never"); }

TEST_F(ScheduleTest, AnIntervalThatNeverRanIsDueAtOnce) {
  EXPECT_EQ(next("every 4h", "2026-03-01T10:00Z"), "2026-03-01T10:00:00.000Z");
}

TEST_F(ScheduleTest, AnIntervalCountsFromTheLastStart) {
  EXPECT_EQ(next("every 4h", "2026-03-01T10:00Z", "2026-03-01T09:30Z"), "2026-03-01T13:30:00.000Z");
}

TEST_F(ScheduleTest, AMissedIntervalIsDueNow) {
  EXPECT_EQ(next("every 4h", "2026-03-03T10:00Z", "2026-03-01T09:30Z"), "2026-03-03T10:00:00.000Z");
}

TEST_F(ScheduleTest, AClockSetBackDoesNotStopAnInterval) {
  EXPECT_EQ(next("every 4h", "2026-03-01T10:00Z", "2036-03-01T09:30Z"), "2026-03-01T10:00:00.000Z");
}

TEST_F(ScheduleTest, DailyAtTwo) {
  EXPECT_EQ(next("0 2 * * *", "2026-03-01T10:00Z"), "2026-03-02T02:00:00.000Z");
  EXPECT_EQ(next("@daily", "2026-03-01T10:00Z"), "2026-03-02T00:00:00.000Z");
}

TEST_F(ScheduleTest, TheMomentItselfIsNotAfterItself) {
  EXPECT_EQ(next("0 2 * * *", "2026-03-02T02:00Z"), "2026-03-03T02:00:00.000Z");
}

TEST_F(ScheduleTest, StepsRangesAndLists) {
  EXPECT_EQ(next("*/15 * * * *", "2026-03-01T10:16Z"), "2026-03-01T10:30:00.000Z");
  EXPECT_EQ(next("0 8-18/5 * * *", "2026-03-01T09:00Z"), "2026-03-01T13:00:00.000Z");
  EXPECT_EQ(next("5,35 * * * *", "2026-03-01T10:06Z"), "2026-03-01T10:35:00.000Z");
}

TEST_F(ScheduleTest, WeekdaysByNameAndSundayAsSeven) {
  EXPECT_EQ(next("0 2 * * mon-fri", "2026-03-06T10:00Z"), "2026-03-09T02:00:00.000Z");  // Friday -> Monday
  EXPECT_EQ(next("0 2 * * 7", "2026-03-06T10:00Z"), "2026-03-08T02:00:00.000Z");
}

TEST_F(ScheduleTest, DayAndWeekdayBothGivenMeansEither) {
  EXPECT_EQ(next("0 0 13 * fri", "2026-03-01T00:00Z"), "2026-03-06T00:00:00.000Z");
}

TEST_F(ScheduleTest, LeapDayComesWithinFiveYears) {
  EXPECT_EQ(next("0 0 29 2 *", "2026-03-01T00:00Z"), "2028-02-29T00:00:00.000Z");
}

TEST_F(ScheduleTest, ADateThatNeverComesIsNever) { EXPECT_EQ(next("0 0 30 2 *", "2026-03-01T00:00Z"), "never"); }

TEST_F(ScheduleTest, UsesTheCollectorsTimeZone) {
  zone("Europe/Madrid");
  EXPECT_EQ(next("0 2 * * *", "2026-01-10T10:00Z"), "2026-01-11T01:00:00.000Z");
  EXPECT_EQ(next("0 2 * * *", "2026-07-10T10:00Z"), "2026-07-11T00:00:00.000Z");
}

TEST_F(ScheduleTest, AnHourThatTheClockSkipsDoesNotHang) {
  zone("Europe/Madrid");  // 2026-03-29 02:00 to 03:00 does not exist
  EXPECT_EQ(next("30 2 * * *", "2026-03-28T12:00Z"), "2026-03-30T00:30:00.000Z");
}

TEST_F(ScheduleTest, ErrorsNameTheFieldAndWhatWasFound) {
  EXPECT_EQ(next("61 * * * *", "2026-03-01T00:00Z"),
            "expected 0 to 59 as minute of a schedule, found \"61\"");
  EXPECT_EQ(next("* * * * fun", "2026-03-01T00:00Z"),
            "expected 0 to 7 as day of week of a schedule, found \"fun\"");
  EXPECT_NE(next("daily", "2026-03-01T00:00Z").find("five fields"), std::string::npos);
  EXPECT_NE(next("every 3s", "2026-03-01T00:00Z").find("one minute"), std::string::npos);
  EXPECT_NE(next("5-1 * * * *", "2026-03-01T00:00Z").find("minute"), std::string::npos);
}

}  // namespace
}  // namespace censo::collector::jobs
