// When a desk works: weekly hours in a time zone, holidays and days with other hours (service-desk rules 53
// and 58), from schemas/calendars. docs/service-levels.md explains the keys.
#pragma once

#include "base/clock.h"
#include "base/embedded.h"
#include "base/result.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace date {
class time_zone;
}

namespace censo::desk {

// Of a day, in minutes from midnight; `to` is not in it any more.
struct OpenMinutes {
  std::int64_t from = 0, to = 0;
};
using OpenDay = std::vector<OpenMinutes>;  // in order, none touches another

// A minute is open when the clock on the wall shows an open one: an hour that daylight saving repeats counts
// twice, one that it leaves out does not count.
struct Calendar {
  std::string name;
  std::string zone;                        // "Europe/Madrid"
  const date::time_zone* rules = nullptr;  // of the zone; lives as long as the program
  std::array<OpenDay, 7> week;             // Monday first
  std::map<std::int64_t, OpenDay> days;    // by the days since 1970-01-01, instead of the week's
  std::set<unsigned> yearly_holidays;      // month * 100 + day
};

// Shared with the targets that count by them.
using Calendars = std::map<std::string, std::shared_ptr<const Calendar>, std::less<>>;

// Takes calendars/*.yaml of `files`. Errc::malformed with file and line: an unknown zone, hours that end
// before they begin or overlap, a date that does not exist, a week that never opens.
base::Result<Calendars> load_calendars(std::span<const base::EmbeddedFile> files);

// The open time in [from, to); 0 when `to` is before `from`.
base::TimeMs working_ms(const Calendar& calendar, base::TimeMs from, base::TimeMs to);
// The first moment at which working_ms(from, it) is `working`. Nothing: not within twenty years.
std::optional<base::TimeMs> time_after(const Calendar& calendar, base::TimeMs from, base::TimeMs working);
// Close of business of the n-th day with open hours after the day of `from`. Nothing: as above.
std::optional<base::TimeMs> close_of_day_after(const Calendar& calendar, base::TimeMs from, std::int64_t n);

}  // namespace censo::desk
