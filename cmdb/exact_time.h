// Times in the one form that base::to_iso8601() writes, read fast: a package list has thousands.
#pragma once

#include "base/clock.h"

#include <optional>
#include <string>
#include <string_view>

namespace censo::cmdb {

// Many times in a row are mostly of one day.
class ExactTimes {
 public:
  // Of a JSON text "\"2026-10-01T12:00:00.007Z\"". Nothing: another form, or no time; what is found is
  // written again as the same text.
  std::optional<base::TimeMs> time_of(std::string_view json);

 private:
  std::string day_;  // "\"2026-10-01T"
  base::TimeMs day_begin_ = 0;
};

}  // namespace censo::cmdb
