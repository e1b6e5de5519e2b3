#include "desk/repeat.h"

#include "base/text.h"

#include <date/date.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace censo::desk {
namespace {

constexpr std::array<std::string_view, 4> frequencies{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
constexpr std::array<std::string_view, 7> days{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
constexpr std::int64_t most_interval = 366;

base::Error unfit(std::string_view part, std::string_view expected) {
  return base::fail(base::Errc::invalid_argument, "expected " + std::string(expected) + ", found \"" +
                                                      base::sanitize_utf8(part, 60) + "\"");
}

// "TU", "3SA", "-1FR".
std::optional<Repeat::Weekday> weekday_of(std::string_view text) {
  if (text.size() < 2) return {};
  const auto found = std::ranges::find(days, text.substr(text.size() - 2));
  if (found == days.end()) return {};
  Repeat::Weekday day{0, static_cast<int>(found - days.begin()) + 1};
  const auto count = text.substr(0, text.size() - 2);
  if (count.empty()) return day;
  const auto nth = base::parse_integer(count.starts_with('+') ? count.substr(1) : count);
  if (!nth || *nth == 0 || *nth < -5 || *nth > 5) return {};
  day.nth = static_cast<int>(*nth);
  return day;
}

// "20271231", perhaps with a time, which is not looked at.
std::optional<std::int64_t> day_of(std::string_view text) {
  if (text.size() != 8 && !(text.size() >= 15 && text[8] == 'T')) return {};
  const auto year = base::parse_unsigned(text.substr(0, 4)), month = base::parse_unsigned(text.substr(4, 2)),
             day = base::parse_unsigned(text.substr(6, 2));
  if (!year || !month || !day) return {};
  const date::year_month_day found(date::year(static_cast<int>(*year)),
                                   date::month(static_cast<unsigned>(*month)),
                                   date::day(static_cast<unsigned>(*day)));
  if (!found.ok() || *year < 1970) return {};
  return date::sys_days(found).time_since_epoch().count();
}

base::Result<void> read_part(Repeat& repeat, std::string_view name, std::string_view value) {
  if (name == "FREQ") {
    const auto found = std::ranges::find(frequencies, value);
    if (found == frequencies.end()) return unfit(value, "FREQ of DAILY, WEEKLY, MONTHLY or YEARLY");
    repeat.frequency = static_cast<Frequency>(found - frequencies.begin());
  } else if (name == "INTERVAL") {
    const auto interval = base::parse_integer(value);
    if (!interval || *interval < 1 || *interval > most_interval) return unfit(value, "INTERVAL of 1 to 366");
    repeat.interval = *interval;
  } else if (name == "BYDAY") {
    for (const auto one : base::split(value, ',')) {
      const auto day = weekday_of(one);
      if (!day) return unfit(one, "BYDAY such as TU, 3SA or -1FR");
      repeat.weekdays.push_back(*day);
    }
  } else if (name == "BYMONTHDAY") {
    for (const auto one : base::split(value, ',')) {
      const auto day = base::parse_integer(one);
      if (!day || *day == 0 || *day < -31 || *day > 31) return unfit(one, "BYMONTHDAY of 1 to 31, or -1");
      repeat.month_days.push_back(static_cast<int>(*day));
    }
  } else if (name == "UNTIL") {
    const auto day = day_of(value);
    if (!day) return unfit(value, "UNTIL such as 20271231");
    repeat.until = *day;
  } else {
    return unfit(name, "FREQ, INTERVAL, BYDAY, BYMONTHDAY or UNTIL");
  }
  return {};
}

date::year_month_day civil(std::int64_t day) {
  return date::year_month_day(date::sys_days(date::days(day)));
}

int weekday_of(std::int64_t day) {
  return static_cast<int>(date::weekday(date::sys_days(date::days(day))).iso_encoding());
}

int days_of_month(const date::year_month_day& day) {
  return static_cast<int>(unsigned((day.year() / day.month() / date::last).day()));
}

bool is_named_weekday(const Repeat& repeat, std::int64_t day) {
  const auto date = civil(day);
  const int in_month = static_cast<int>(unsigned(date.day()));
  const int nth = (in_month - 1) / 7 + 1, from_end = -((days_of_month(date) - in_month) / 7 + 1);
  return std::ranges::any_of(repeat.weekdays, [&](const Repeat::Weekday& one) {
    return one.iso == weekday_of(day) && (one.nth == 0 || one.nth == nth || one.nth == from_end);
  });
}

bool is_named_month_day(const Repeat& repeat, std::int64_t day) {
  const auto date = civil(day);
  const int in_month = static_cast<int>(unsigned(date.day()));
  return std::ranges::any_of(repeat.month_days, [&](int one) {
    return one == in_month || one == in_month - days_of_month(date) - 1;
  });
}

bool comes_in_month(const Repeat& repeat, std::int64_t first_day, std::int64_t day) {
  if (repeat.weekdays.empty() && repeat.month_days.empty()) return civil(day).day() == civil(first_day).day();
  return (repeat.weekdays.empty() || is_named_weekday(repeat, day)) &&
         (repeat.month_days.empty() || is_named_month_day(repeat, day));
}

std::int64_t months(std::int64_t day) {
  const auto date = civil(day);
  return int(date.year()) * 12 + static_cast<int>(unsigned(date.month()));
}

std::int64_t monday_of(std::int64_t day) {
  return day - weekday_of(day) + 1;
}

}  // namespace

base::Result<Repeat> parse_repeat(std::string_view given) {
  const std::string text = base::to_upper(base::trim(given));
  Repeat repeat;
  std::set<std::string_view> seen;
  for (const auto part : base::split(text, ';')) {
    const auto equals = part.find('=');
    if (equals == part.npos) return unfit(part, "parts such as FREQ=WEEKLY, which semicolons part");
    const auto name = part.substr(0, equals);
    if (!seen.insert(name).second) return unfit(name, "each part once");
    if (const auto read = read_part(repeat, name, part.substr(equals + 1)); !read) return read.error();
  }
  if (!seen.contains("FREQ")) return unfit(text, "FREQ");
  const bool in_months = repeat.frequency == Frequency::monthly;
  const bool counted =
      std::ranges::any_of(repeat.weekdays, [](const Repeat::Weekday& one) { return one.nth != 0; });
  if (counted && !in_months) return unfit(text, "a count such as 3SA with FREQ=MONTHLY alone");
  if (!repeat.month_days.empty() && !in_months) return unfit(text, "BYMONTHDAY with FREQ=MONTHLY alone");
  if (!repeat.weekdays.empty() && repeat.frequency == Frequency::yearly)
    return unfit(text, "BYDAY without FREQ=YEARLY");
  return repeat;
}

bool comes_on(const Repeat& repeat, std::int64_t first_day, std::int64_t day) {
  if (day < first_day || (repeat.until != 0 && day > repeat.until)) return false;
  switch (repeat.frequency) {
    case Frequency::daily:
      return (day - first_day) % repeat.interval == 0 &&
             (repeat.weekdays.empty() || is_named_weekday(repeat, day));
    case Frequency::weekly:
      return (monday_of(day) - monday_of(first_day)) / 7 % repeat.interval == 0 &&
             (repeat.weekdays.empty() ? weekday_of(day) == weekday_of(first_day)
                                      : is_named_weekday(repeat, day));
    case Frequency::monthly:
      return (months(day) - months(first_day)) % repeat.interval == 0 &&
             comes_in_month(repeat, first_day, day);
    case Frequency::yearly:
      return (months(day) - months(first_day)) % (12 * repeat.interval) == 0 &&
             civil(day).day() == civil(first_day).day();
  }
  return false;
}

}  // namespace censo::desk
