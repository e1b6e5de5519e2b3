#include "desk/repeat.h"

#include <gtest/gtest.h>

namespace censo::desk {
namespace {

// 1 December 2026, a Tuesday, is day 20788 since 1970.
constexpr std::int64_t first_of_december = 20'788;

bool comes(const std::string& rule, std::int64_t days_after) {
  return comes_on(parse_repeat(rule).value(), first_of_december, first_of_december + days_after);
}

TEST(Repeat, WeeklyComesOnTheWeekdayOfItsFirstDay) {
  EXPECT_TRUE(comes("FREQ=WEEKLY", 0));
  EXPECT_TRUE(comes("FREQ=WEEKLY", 7));
  EXPECT_FALSE(comes("FREQ=WEEKLY", 8));
  EXPECT_FALSE(comes("FREQ=WEEKLY", -7));  // not before it began
}

TEST(Repeat, EverySecondWeekCountsWeeksFromMonday) {
  EXPECT_TRUE(comes("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU", 5));   // Sunday of the same week
  EXPECT_FALSE(comes("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU", 7));  // Tuesday of the next one
  EXPECT_TRUE(comes("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU", 14));
}

TEST(Repeat, MonthlyByTheCountOfAWeekday) {
  EXPECT_TRUE(comes("FREQ=MONTHLY;BYDAY=1TU", 0));
  EXPECT_TRUE(comes("FREQ=MONTHLY;BYDAY=1TU", 35));  // 5 January 2027
  EXPECT_FALSE(comes("FREQ=MONTHLY;BYDAY=1TU", 28));
  EXPECT_TRUE(comes("FREQ=MONTHLY;BYDAY=-1TH", 30));  // 31 December
  EXPECT_FALSE(comes("FREQ=MONTHLY;BYDAY=-1TH", 23));
}

TEST(Repeat, MonthlyByDaysOfTheMonth) {
  EXPECT_TRUE(comes("FREQ=MONTHLY;BYMONTHDAY=1,-1", 30));
  EXPECT_TRUE(comes("FREQ=MONTHLY;BYMONTHDAY=1,-1", 31 + 31 + 27));  // 28 February 2027
  EXPECT_FALSE(comes("FREQ=MONTHLY;BYMONTHDAY=31", 31 + 31 + 27));
  EXPECT_TRUE(comes("FREQ=MONTHLY;INTERVAL=3", 31 + 31 + 28));  // 1 March
  EXPECT_FALSE(comes("FREQ=MONTHLY;INTERVAL=3", 31));
}

TEST(Repeat, YearlyOnItsDay) {
  EXPECT_TRUE(comes("FREQ=YEARLY", 365));
  EXPECT_FALSE(comes("FREQ=YEARLY", 31));
}

TEST(Repeat, UntilIsItsLastDay) {
  EXPECT_TRUE(comes("FREQ=DAILY;UNTIL=20261203", 2));
  EXPECT_FALSE(comes("FREQ=DAILY;UNTIL=20261203T235959Z", 3));
}

TEST(Repeat, WhatItCannotDoIsRefused) {
  for (const auto* rule :
       {"", "FREQ=HOURLY", "INTERVAL=2", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=9999999999999999999",
        "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=0TU", "FREQ=MONTHLY;BYDAY=6TU",
        "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;COUNT=3", "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=DAILY;UNTIL=20270230", "FREQ=YEARLY;BYMONTHDAY=3", "FREQ=DAILY;"})
    EXPECT_FALSE(parse_repeat(rule)) << rule;
}

}  // namespace
}  // namespace censo::desk
