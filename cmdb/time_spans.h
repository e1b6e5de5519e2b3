// Several intervals of time in one column: what comes back again and again takes a few bytes each time, not a
// row.
#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "cmdb/store/transaction.h"

#include <cstddef>
#include <span>
#include <vector>

namespace censo::cmdb {

// From `since` until just before `until`.
struct TimeSpan {
  base::TimeMs since = 0, until = 0;
  friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};
using TimeSpans = std::vector<TimeSpan>;  // in order, apart from each other
using Times = std::vector<base::TimeMs>;  // in order

// More are kept in a row of their own, so that no row grows without end.
constexpr std::size_t most_folded = 500;

bool holds(std::span<const TimeSpan> spans, base::TimeMs at);

base::Bytes pack_times(const Times& times);
base::Bytes pack_spans(const TimeSpans& spans);
// A column that pack_times() or pack_spans() made; null is empty. Throws std::runtime_error when it is
// broken.
Times times_in(const store::Row& row, std::size_t column);
TimeSpans spans_in(const store::Row& row, std::size_t column);

}  // namespace censo::cmdb
