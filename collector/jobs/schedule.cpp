#include "collector/jobs/schedule.h"

#include "base/config.h"
#include "base/text.h"

#include <array>
#include <ctime>
#include <string>

namespace censo::collector::jobs {
namespace {

using base::Errc;
using base::fail;

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t year_ms = 366LL * 24 * 60 * minute_ms;

struct Field {
  std::string_view name;
  int lowest, highest;
  std::span<const std::string_view> words;  // names of the values from `lowest` on
};

constexpr std::array<std::string_view, 12> month_words{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_words{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
const std::array<Field, 5> fields{{{"minute", 0, 59, {}},
                                   {"hour", 0, 23, {}},
                                   {"day of month", 1, 31, {}},
                                   {"month", 1, 12, month_words},
                                   {"day of week", 0, 7, weekday_words}}};

base::Error bad_field(const Field& field, std::string_view found) {
  return fail(Errc::malformed, "expected " + std::to_string(field.lowest) + " to " +
                                   std::to_string(field.highest) + " as " + std::string(field.name) +
                                   " of a schedule, found \"" + std::string(found) + "\"");
}

base::Result<int> parse_value(const Field& field, std::string_view text) {
  for (std::size_t i = 0; i < field.words.size(); ++i)
    if (base::equal_ignoring_case(text, field.words[i])) return field.lowest + static_cast<int>(i);
  const auto number = base::parse_integer(text);
  if (!number || *number < field.lowest || *number > field.highest) return bad_field(field, text);
  return static_cast<int>(*number);
}

// "*", "5", "1-5", "*/15", "10-50/10"
template <std::size_t N>
base::Result<void> add_range(const Field& field, std::string_view text, std::bitset<N>& into) {
  const auto slash = text.find('/');
  std::string_view range = text.substr(0, slash);
  int step = 1;
  if (slash != std::string_view::npos) {
    const auto number = base::parse_integer(text.substr(slash + 1));
    if (!number || *number < 1 || *number > field.highest) return bad_field(field, text);
    step = static_cast<int>(*number);
  }
  int first = field.lowest, last = field.highest;
  if (range != "*") {
    const auto dash = range.find('-');
    const auto low = parse_value(field, range.substr(0, dash));
    if (!low) return low.error();
    first = *low;
    last = slash == std::string_view::npos ? first : field.highest;
    if (dash != std::string_view::npos) {
      const auto high = parse_value(field, range.substr(dash + 1));
      if (!high) return high.error();
      last = *high;
    }
  }
  if (first > last) return bad_field(field, text);
  for (int value = first; value <= last; value += step) into.set(static_cast<std::size_t>(value) % N);
  return {};
}

template <std::size_t N>
base::Result<void> parse_field(const Field& field, std::string_view text, std::bitset<N>& into) {
  for (const auto piece : base::split(text, ','))
    if (auto added = add_range(field, piece, into); !added) return added.error();
  return {};
}

base::Result<Schedule> parse_interval(std::string_view text) {
  const auto interval = base::parse_duration_ms(base::trim(text));
  if (!interval) return interval.error();
  if (*interval < minute_ms || *interval > year_ms)
    return fail(Errc::malformed,
                "expected an interval of one minute to one year, found \"" + std::string(text) + "\"");
  Schedule schedule;
  schedule.every_ms = *interval;
  return schedule;
}

std::string_view spelled_out(std::string_view text) {
  if (text == "@hourly") return "0 * * * *";
  if (text == "@daily" || text == "@midnight") return "0 0 * * *";
  if (text == "@weekly") return "0 0 * * 0";
  if (text == "@monthly") return "0 0 1 * *";
  return text;
}

bool fits_day(const Schedule& schedule, const std::tm& time) {
  const bool day = schedule.days[static_cast<std::size_t>(time.tm_mday)];
  const bool weekday = schedule.weekdays[static_cast<std::size_t>(time.tm_wday)];
  if (schedule.days_restricted && schedule.weekdays_restricted) return day || weekday;
  return day && weekday;
}

using ToSeconds = std::time_t (*)(std::tm*);  // mktime or timegm: both bring the fields into their ranges

// To the next candidate: a whole month, day, hour or minute further.
struct Step {
  int months = 0, days = 0, hours = 0, minutes = 0;
};
void step_to(std::tm& time, const Step& step, ToSeconds to_seconds) {
  if (step.months != 0) time.tm_mday = 1;
  if (step.months != 0 || step.days != 0) time.tm_hour = 0;
  if (step.months != 0 || step.days != 0 || step.hours != 0) time.tm_min = 0;
  time.tm_mon += step.months;
  time.tm_mday += step.days;
  time.tm_hour += step.hours;
  time.tm_min += step.minutes;
  time.tm_sec = 0;
  time.tm_isdst = -1;
  to_seconds(&time);
}

// `time` is `now` in the fields' clock.
std::optional<base::TimeMs> next_by_fields(const Schedule& schedule, base::TimeMs now, std::tm time,
                                           ToSeconds to_seconds) {
  const std::time_t end = (now + 5 * year_ms) / 1000;
  step_to(time, {0, 0, 0, 1}, to_seconds);
  while (true) {
    std::tm copy = time;
    const std::time_t candidate = to_seconds(&copy);
    if (candidate > end) return std::nullopt;
    if (!schedule.months[static_cast<std::size_t>(time.tm_mon) + 1])
      step_to(time, {1, 0, 0, 0}, to_seconds);
    else if (!fits_day(schedule, time))
      step_to(time, {0, 1, 0, 0}, to_seconds);
    else if (!schedule.hours[static_cast<std::size_t>(time.tm_hour)])
      step_to(time, {0, 0, 1, 0}, to_seconds);
    else if (!schedule.minutes[static_cast<std::size_t>(time.tm_min)] || candidate * 1000 <= now)
      step_to(time, {0, 0, 0, 1}, to_seconds);
    else
      return candidate * 1000;
  }
}

}  // namespace

base::Result<Schedule> parse_schedule(std::string_view text) {
  text = base::trim(text);
  if (text.empty()) {
    Schedule schedule;
    schedule.by_hand = true;
    return schedule;
  }
  if (text.starts_with("every ")) return parse_interval(text.substr(6));
  const auto pieces = base::split_words(spelled_out(text));
  if (pieces.size() != 5)
    return fail(Errc::malformed,
                "expected \"every 4h\" or a cron expression of five fields (minute hour day month "
                "weekday), found \"" +
                    std::string(text) + "\"");
  Schedule schedule;
  if (auto r = parse_field(fields[0], pieces[0], schedule.minutes); !r) return r.error();
  if (auto r = parse_field(fields[1], pieces[1], schedule.hours); !r) return r.error();
  if (auto r = parse_field(fields[2], pieces[2], schedule.days); !r) return r.error();
  if (auto r = parse_field(fields[3], pieces[3], schedule.months); !r) return r.error();
  if (auto r = parse_field(fields[4], pieces[4], schedule.weekdays); !r) return r.error();
  schedule.days_restricted = pieces[2].front() != '*';
  schedule.weekdays_restricted = pieces[4].front() != '*';
  return schedule;
}

std::optional<base::TimeMs> next_start(const Schedule& schedule, base::TimeMs last_start, base::TimeMs now) {
  if (schedule.by_hand) return std::nullopt;
  if (schedule.every_ms == 0) {
    const std::time_t seconds = now / 1000;
    std::tm time{};
    localtime_r(&seconds, &time);
    return next_by_fields(schedule, now, time, std::mktime);
  }
  if (last_start == 0 || last_start > now) return now;  // never ran, or the clock was set back
  return std::max(now, last_start + schedule.every_ms);
}

std::optional<base::TimeMs> next_on_wall(const Schedule& schedule, base::TimeMs wall) {
  if (schedule.by_hand || schedule.every_ms != 0) return std::nullopt;
  const std::time_t seconds = wall / 1000;
  std::tm time{};
  gmtime_r(&seconds, &time);
  return next_by_fields(schedule, wall, time, timegm);
}

}  // namespace censo::collector::jobs
