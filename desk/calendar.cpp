#include "desk/calendar.h"

#include "base/text.h"
#include "cmdb/schema_file.h"
#include "desk/zone.h"

#include <date/tz.h>

#include <algorithm>
#include <chrono>

namespace censo::desk {
namespace {

using base::TimeMs;
using cmdb::SchemaFile;
using cmdb::SchemaMapping;

constexpr TimeMs minute_ms = 60'000, day_ms = 1'440 * minute_ms;
constexpr TimeMs horizon_ms = 20 * 366 * day_ms;
constexpr std::array<std::string_view, 7> weekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};

// "08:30", "24:00". -1: it is none.
std::int64_t minutes_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return -1;
  const auto hour = base::parse_integer(text.substr(0, 2)), minute = base::parse_integer(text.substr(3));
  if (!hour || !minute || *hour < 0 || *minute < 0 || *minute > 59) return -1;
  const auto minutes = *hour * 60 + *minute;
  return minutes <= 1'440 ? minutes : -1;
}

// "2026-12-25". Nothing: there is no such day.
std::optional<date::year_month_day> date_of(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  const auto year = base::parse_integer(text.substr(0, 4)), month = base::parse_integer(text.substr(5, 2)),
             day = base::parse_integer(text.substr(8));
  if (!year || !month || !day || *year < 1970 || *month < 1 || *day < 1) return {};
  const date::year_month_day found(date::year(static_cast<int>(*year)),
                                   date::month(static_cast<unsigned>(*month)),
                                   date::day(static_cast<unsigned>(*day)));
  return found.ok() ? std::optional(found) : std::nullopt;
}

std::int64_t days_since_1970(const date::year_month_day& day) {
  return date::sys_days(day).time_since_epoch().count();
}

OpenDay read_hours(SchemaMapping& mapping, std::string_view key) {
  OpenDay day;
  for (const auto* node : mapping.optional_sequence(key)) {
    const std::string_view text = node->scalar;
    const auto hyphen = std::min(text.find('-'), text.size());
    const OpenMinutes open{minutes_of(text.substr(0, hyphen)),
                           hyphen < text.size() ? minutes_of(text.substr(hyphen + 1)) : -1};
    const bool in_order = day.empty() || day.back().to < open.from;
    if (open.from < 0 || open.to <= open.from || !in_order)
      mapping.refuse(key,
                     "expected hours such as 08:00-14:00 in order; a night is two: 22:00-24:00 and "
                     "00:00-06:00 of the next day");
    day.push_back(open);
  }
  return day;
}

void read_holidays(SchemaMapping& mapping, Calendar& calendar) {
  for (const auto* node : mapping.optional_sequence("holidays")) {
    const std::string& text = node->scalar;
    const auto every_year = text.size() == 5 ? date_of("2000-" + text) : std::nullopt;
    const auto once = date_of(text);
    if (every_year)
      calendar.yearly_holidays.insert(unsigned(every_year->month()) * 100 + unsigned(every_year->day()));
    else if (once)
      calendar.days[days_since_1970(*once)] = {};
    else
      mapping.refuse("holidays", "expected days such as 12-25 or 2026-12-25");
  }
}

void read_exceptions(SchemaFile& file, SchemaMapping& mapping, Calendar& calendar) {
  for (const auto* node : mapping.optional_sequence("exceptions")) {
    SchemaMapping exception(file, *node, {"day", "open"});
    const auto day = date_of(exception.text("day"));
    if (!day) exception.refuse("day", "expected a day such as 2026-12-24");
    auto hours = read_hours(exception, "open");
    if (hours.empty()) exception.refuse("expected open hours: a day without them is a holiday");
    if (day) calendar.days[days_since_1970(*day)] = std::move(hours);
  }
}

Calendar read_calendar(SchemaFile& file) {
  SchemaMapping mapping(file, file.root(), {"calendar", "zone", "week", "holidays", "exceptions"});
  Calendar calendar;
  calendar.name = mapping.name("calendar");
  if (calendar.name != file.stem())
    mapping.refuse("calendar", "expected the file's name, \"" + file.stem() + "\"");
  calendar.zone = mapping.text("zone");
  calendar.rules = find_zone(calendar.zone);
  if (!calendar.rules) mapping.refuse("zone", "no time zone \"" + calendar.zone + "\"");
  const auto* week = file.root().find("week");
  if (week) {
    SchemaMapping hours(file, *week,
                        {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"});
    for (std::size_t i = 0; i < weekdays.size(); ++i) calendar.week[i] = read_hours(hours, weekdays[i]);
  }
  if (std::all_of(calendar.week.begin(), calendar.week.end(), [](const auto& day) { return day.empty(); }))
    mapping.refuse("week", "it never opens: expected hours on some day");
  read_holidays(mapping, calendar);
  read_exceptions(file, mapping, calendar);
  return calendar;
}

const OpenDay& hours_of(const Calendar& calendar, std::int64_t day) {
  static const OpenDay closed;
  if (const auto found = calendar.days.find(day); found != calendar.days.end()) return found->second;
  const date::sys_days days{date::days(day)};
  const date::year_month_day civil(days);
  if (calendar.yearly_holidays.contains(unsigned(civil.month()) * 100 + unsigned(civil.day()))) return closed;
  return calendar.week[date::weekday(days).iso_encoding() - 1];
}

// A stretch of open time within one day on the wall.
struct Stretch {
  TimeMs from = 0, to = 0;
  std::int64_t day = 0;
};

std::int64_t day_on_the_wall(TimeMs at, TimeMs offset_ms) {
  return date::floor<date::days>(std::chrono::milliseconds(at + offset_ms)).count();
}

date::sys_info info_at(const Calendar& calendar, TimeMs at) {
  return calendar.rules->get_info(
      date::sys_seconds(date::floor<std::chrono::seconds>(std::chrono::milliseconds(at))));
}

// From `from` to `until` in order, for as long as `visit` says true.
template <class Visit>
void walk(const Calendar& calendar, TimeMs from, TimeMs until, const Visit& visit) {
  while (from < until) {
    const auto info = info_at(calendar, from);
    const TimeMs offset_ms = info.offset.count() * 1'000;
    const auto day = day_on_the_wall(from, offset_ms);
    const TimeMs midnight = day * day_ms - offset_ms;
    TimeMs end = std::min(until, midnight + day_ms);
    if (info.end < date::sys_seconds(std::chrono::seconds(end / 1'000)))  // the offset changes on this day
      end = info.end.time_since_epoch().count() * 1'000;
    for (const auto& open : hours_of(calendar, day)) {
      const Stretch stretch{std::max(from, midnight + open.from * minute_ms),
                            std::min(end, midnight + open.to * minute_ms), day};
      if (stretch.from < stretch.to && !visit(stretch)) return;
    }
    from = end;
  }
}

}  // namespace

base::Result<Calendars> load_calendars(std::span<const base::EmbeddedFile> files) {
  Calendars all;
  for (const auto& [path, content] : files) {
    if (!path.starts_with("calendars/") || !path.ends_with(".yaml")) continue;
    SchemaFile file(path, content);
    auto calendar = read_calendar(file);
    if (file.fault()) return *file.fault();
    auto name = calendar.name;
    all.emplace(std::move(name), std::make_shared<const Calendar>(std::move(calendar)));
  }
  return all;
}

TimeMs working_ms(const Calendar& calendar, TimeMs from, TimeMs to) {
  TimeMs sum = 0;
  walk(calendar, from, to, [&](const Stretch& one) {
    sum += one.to - one.from;
    return true;
  });
  return sum;
}

std::optional<TimeMs> time_after(const Calendar& calendar, TimeMs from, TimeMs working) {
  if (working <= 0) return from;
  std::optional<TimeMs> found;
  walk(calendar, from, from + horizon_ms, [&](const Stretch& one) {
    if (one.to - one.from >= working) found = one.from + working;
    working -= one.to - one.from;
    return !found;
  });
  return found;
}

std::optional<TimeMs> close_of_day_after(const Calendar& calendar, TimeMs from, std::int64_t n) {
  const auto first = day_on_the_wall(from, info_at(calendar, from).offset.count() * 1'000);
  std::optional<TimeMs> close;
  std::int64_t last = first, counted = 0;
  walk(calendar, from, from + horizon_ms, [&](const Stretch& one) {
    if (one.day != last && ++counted > n) return false;
    last = one.day;
    if (counted == n) close = one.to;
    return true;
  });
  return close;
}

}  // namespace censo::desk
