#include "cmdb/time_spans.h"

#include "cmdb/packed_ids.h"

#include <algorithm>
#include <stdexcept>

namespace censo::cmdb {

bool holds(std::span<const TimeSpan> spans, base::TimeMs at) {
  return std::ranges::any_of(spans,
                             [&](const TimeSpan& span) { return span.since <= at && at < span.until; });
}

base::Bytes pack_times(const Times& times) {
  return pack_numbers(times);
}

base::Bytes pack_spans(const TimeSpans& spans) {
  Times times;
  for (const TimeSpan& span : spans) {
    times.push_back(span.since);
    times.push_back(span.until);
  }
  return pack_times(times);
}

Times times_in(const store::Row& row, std::size_t column) {
  return row.is_null(column) ? Times() : unpack_numbers(row.bytes(column));
}

TimeSpans spans_in(const store::Row& row, std::size_t column) {
  const Times times = times_in(row, column);
  if (times.size() % 2 != 0) throw std::runtime_error("stored intervals are broken: one has no end");
  TimeSpans spans;
  for (std::size_t i = 0; i < times.size(); i += 2) spans.push_back({times[i], times[i + 1]});
  return spans;
}

}  // namespace censo::cmdb
