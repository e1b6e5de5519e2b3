// When a job runs: "every 4h" counted from its last start, or a cron expression of five fields in the
// collector's time zone ("0 2 * * 1-5", names jan-dec and sun-sat, lists, ranges, steps, "@daily"). An empty
// text is "only by hand".
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <bitset>
#include <optional>
#include <string_view>

namespace censo::collector::jobs {

struct Schedule {
  std::int64_t every_ms = 0;  // 0: by the fields below
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;                                       // 1 to 31
  std::bitset<13> months;                                     // 1 to 12
  std::bitset<7> weekdays;                                    // 0 = Sunday
  bool days_restricted = false, weekdays_restricted = false;  // both: either may match (POSIX crontab)
  bool by_hand = false;
};

// Errc::malformed naming the field and what it takes. Intervals are one minute to one year.
base::Result<Schedule> parse_schedule(std::string_view text);

// The first moment after `now` (and at least one interval after `last_start`, 0 = never) at which the job is
// due. Nothing for "by hand" and for a date that does not come within five years (30 February).
std::optional<base::TimeMs> next_start(const Schedule& schedule, base::TimeMs last_start, base::TimeMs now);

// By the fields of a cron expression alone, in any zone: `wall` and the answer are milliseconds from
// 1970-01-01T00:00 as the clock on the wall counts them. Nothing: as above, and for an interval.
std::optional<base::TimeMs> next_on_wall(const Schedule& schedule, base::TimeMs wall);

}  // namespace censo::collector::jobs
