// Figures of a time, each with the list behind it (service-desk rules 76 to 79): what desk, changes and
// identification tell of themselves.
#pragma once

#include "base/clock.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace censo::cmdb {

// From `since` on, before `until`.
struct FigureTime {
  base::TimeMs since = 0, until = 0;
  bool has(base::TimeMs at) const { return at >= since && at < until; }
};

struct Figure {
  std::string name;                                         // "first_contact"
  std::string kind;                                         // "share" of `of`, "time" (percentiles), "count"
  std::size_t items = 0;                                    // what its list has
  std::size_t of = 0;                                       // among so many
  std::vector<std::pair<std::string, double>> values = {};  // "percent", "p90_s", "mean"; none: of nothing
};

// With its "percent", unless it is of nothing.
Figure share(std::string name, std::size_t items, std::size_t of);
// Of lengths in milliseconds: "p50_s", "p90_s" and "p95_s", by nearest rank.
Figure percentiles(std::string name, std::vector<base::TimeMs> lengths);

}  // namespace censo::cmdb
