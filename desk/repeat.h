// How a window comes again: a part of the recurrence rules of RFC 5545, section 3.3.10, in wall time.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

enum class Frequency { daily, weekly, monthly, yearly };

// "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20271231". Without BYDAY and BYMONTHDAY it comes on the weekday,
// the day of the month or the day of the year of its first day.
struct Repeat {
  Frequency frequency = Frequency::daily;
  std::int64_t interval = 1;
  struct Weekday {
    int nth = 0;  // of a month: 1 to 5, -1 the last; 0: each
    int iso = 1;  // 1 = Monday
  };
  std::vector<Weekday> weekdays;
  std::vector<int> month_days;  // 1 to 31, -1 the last
  std::int64_t until = 0;       // its last day, by the days since 1970; 0: for ever
};

// Errc::invalid_argument: another part, or a value of a part that is none.
base::Result<Repeat> parse_repeat(std::string_view text);

// Whether it comes on that day; both by the days since 1970.
bool comes_on(const Repeat& repeat, std::int64_t first_day, std::int64_t day);

}  // namespace censo::desk
