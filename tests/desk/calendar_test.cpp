// Service-desk rules 53 and 58, against a count of every minute by the clock on the wall.
#include "desk/calendar.h"

#include <date/tz.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {
namespace {

using base::TimeMs;
constexpr TimeMs minute = 60'000, hour = 60 * minute, day = 24 * hour;

base::Result<Calendars> loaded(const std::string& text) {
  const std::vector<base::EmbeddedFile> files{{"calendars/one.yaml", text}};
  return load_calendars(files);
}
Calendar calendar(const std::string& zone, const std::string& rest) {
  return *loaded("calendar: one\nzone: " + zone + "\n" + rest).value().at("one");
}
TimeMs at(std::string_view text) {
  return base::parse_iso8601(text).value();
}

const std::string office =
    "week: {monday: [\"09:00-17:00\"], tuesday: [\"09:00-17:00\"], wednesday: [\"09:00-17:00\"], "
    "thursday: [\"09:00-17:00\"], friday: [\"09:00-13:00\", \"14:00-15:30\"]}\n"
    "holidays: [\"12-25\", 2026-10-26]\nexceptions: [{day: 2026-12-24, open: [\"09:00-12:00\"]}]\n";
const std::string nights =
    "week: {monday: [\"22:00-24:00\"], tuesday: [\"00:00-06:00\", \"22:00-24:00\"], wednesday: "
    "[\"00:00-06:00\"], "
    "saturday: [\"22:00-24:00\"], sunday: [\"00:00-06:00\", \"22:00-24:00\"]}\nholidays: [\"01-01\"]\n";
const std::string whole_days =
    "week: {monday: [\"00:00-24:00\"], tuesday: [\"00:00-24:00\"], wednesday: [\"00:00-24:00\"], thursday: "
    "[\"00:00-24:00\"], friday: [\"00:00-24:00\"], saturday: [\"00:00-24:00\"], sunday: [\"00:00-24:00\"]}\n";

// Straight from the definition: a minute is open when the clock on the wall shows an open one.
bool is_open(const Calendar& calendar, TimeMs time) {
  const auto* zone = date::locate_zone(calendar.zone);
  const auto local =
      zone->to_local(date::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(time)));
  const auto date = date::floor<date::days>(local);
  const auto shown = std::chrono::duration_cast<std::chrono::minutes>(local - date).count();
  const date::year_month_day civil(date);
  const OpenDay* hours = &calendar.week[date::weekday(date).iso_encoding() - 1];
  static const OpenDay closed;
  if (calendar.yearly_holidays.contains(unsigned(civil.month()) * 100 + unsigned(civil.day())))
    hours = &closed;
  const auto special = calendar.days.find(date.time_since_epoch().count());
  if (special != calendar.days.end()) hours = &special->second;
  for (const auto& one : *hours)
    if (shown >= one.from && shown < one.to) return true;
  return false;
}

// Minutes counted one by one, and the moment after `wanted` of them.
struct Count {
  TimeMs open_ms = 0, reached_at = 0;
};
Count count(const Calendar& calendar, TimeMs from, TimeMs to, TimeMs wanted) {
  Count found;
  for (TimeMs time = from; time < to; time += minute) {
    if (!is_open(calendar, time)) continue;
    found.open_ms += minute;
    if (found.open_ms == wanted) found.reached_at = time + minute;
  }
  return found;
}

// Stretches of up to ten days that begin near one of these moments.
void agrees_around(const Calendar& calendar, const std::vector<std::string>& moments) {
  std::mt19937 random(20261126);
  for (const auto& moment : moments) {
    for (int i = 0; i < 25; ++i) {
      const TimeMs from = at(moment) + (static_cast<TimeMs>(random() % 5'760) - 2'880) * minute;
      const TimeMs to = from + static_cast<TimeMs>(random() % 14'400) * minute;
      const TimeMs wanted = (1 + static_cast<TimeMs>(random() % 1'200)) * minute;
      const auto counted = count(calendar, from, to, wanted);
      ASSERT_EQ(working_ms(calendar, from, to), counted.open_ms)
          << calendar.zone << " " << base::to_iso8601(from) << " " << base::to_iso8601(to);
      if (counted.reached_at > 0) {
        ASSERT_EQ(time_after(calendar, from, wanted), counted.reached_at) << base::to_iso8601(from);
      }
    }
  }
}

const std::vector<std::string> european{"2026-03-29T01:00Z", "2026-10-25T01:00Z", "2026-12-25T00:00Z"};

TEST(Calendar, Rule53OfficeHoursAgreeWithAMinuteCounterOverDaylightSavingAndHolidays) {
  agrees_around(calendar("Europe/Madrid", office), european);
}

TEST(Calendar, Rule58NightShiftsAgreeWithAMinuteCounterOverDaylightSaving) {
  agrees_around(calendar("Europe/Madrid", nights), european);
}

TEST(Calendar, Rule58WholeDaysAgreeWhereTheOffsetIsHalfAnHour) {
  agrees_around(calendar("Australia/Lord_Howe", nights), {"2026-04-04T15:00Z", "2026-10-03T15:30Z"});
}

TEST(Calendar, Rule58AgreesWhereTheClockIsMovedAtMidnight) {
  agrees_around(calendar("Asia/Beirut", whole_days), {"2026-03-28T22:00Z", "2026-10-24T21:00Z"});
  agrees_around(calendar("Asia/Beirut", nights), {"2026-03-28T22:00Z", "2026-10-24T21:00Z"});
}

TEST(Calendar, Rule58AgreesInAmericaAndInAsia) {
  agrees_around(calendar("America/New_York", nights), {"2026-03-08T07:00Z", "2026-11-01T06:00Z"});
  agrees_around(calendar("Asia/Kathmandu", office), {"2026-12-24T12:00Z"});
}

TEST(Calendar, Rule58AgreesWhereADayWasLeftOut) {
  agrees_around(calendar("Pacific/Apia", office), {"2011-12-30T10:00Z"});
}

TEST(Calendar, AllOfADayThatLosesAnHourIs23Hours) {
  EXPECT_EQ(
      working_ms(calendar("Europe/Madrid", whole_days), at("2026-03-28T23:00Z"), at("2026-03-29T22:00Z")),
      23 * hour);
}

TEST(Calendar, EndsAtCloseOfBusinessNotAtTheNextOpening) {
  EXPECT_EQ(time_after(calendar("Etc/UTC", office), at("2026-11-24T15:00Z"), 2 * hour),
            at("2026-11-24T17:00Z"));
}

TEST(Calendar, GoesOnAfterTheWeekend) {
  EXPECT_EQ(time_after(calendar("Etc/UTC", office), at("2026-11-27T15:00Z"), hour), at("2026-11-30T09:30Z"));
}

TEST(Calendar, NothingIsUsedUpWhenTheClockWentBack) {
  EXPECT_EQ(working_ms(calendar("Etc/UTC", office), at("2026-11-24T15:00Z"), at("2026-11-24T10:00Z")), 0);
}

TEST(Calendar, Rule58ThreeDaysEndAtCloseOfBusinessOfTheThirdDayAfter) {
  EXPECT_EQ(close_of_day_after(calendar("Etc/UTC", office), at("2026-11-24T10:00Z"), 3),
            at("2026-11-27T15:30Z"));
}

TEST(Calendar, Rule58HolidaysAndWeekendsAreNoWorkingDays) {
  EXPECT_EQ(close_of_day_after(calendar("Etc/UTC", office), at("2026-12-23T10:00Z"), 2),
            at("2026-12-28T17:00Z"));
}

TEST(Calendar, TwentyYearsWithoutEnoughOpenTimeIsNothing) {
  EXPECT_FALSE(time_after(calendar("Etc/UTC", "week: {monday: [\"09:00-09:01\"]}\n"), 0, 365 * day));
}

TEST(Calendar, AWeekThatNeverOpensIsRefused) {
  EXPECT_NE(loaded("calendar: one\nzone: Etc/UTC\nweek: {}\n").error().message.find("never opens"),
            std::string::npos);
}

TEST(Calendar, AnUnknownZoneIsRefused) {
  EXPECT_NE(loaded("calendar: one\nzone: Europe/Atlantis\n" + office).error().message.find("time zone"),
            std::string::npos);
}

TEST(Calendar, ADayThatDoesNotExistIsRefused) {
  EXPECT_FALSE(loaded("calendar: one\nzone: Etc/UTC\n" + whole_days + "holidays: [2026-02-30]\n"));
}

TEST(Calendar, HoursThatEndBeforeTheyBeginAreRefused) {
  EXPECT_FALSE(loaded("calendar: one\nzone: Etc/UTC\nweek: {monday: [\"22:00-06:00\"]}\n"));
}

TEST(Calendar, HoursThatOverlapAreRefused) {
  EXPECT_FALSE(loaded("calendar: one\nzone: Etc/UTC\nweek: {monday: [\"09:00-12:00\", \"11:00-13:00\"]}\n"));
}

}  // namespace
}  // namespace censo::desk
