// The time of day, as one of the four seams: real in the programs, set by hand in tests.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace censo::base {

// Milliseconds since 1970-01-01T00:00:00Z. All stored and transmitted times are of this type.
using TimeMs = std::int64_t;

// Thread-safe. Durations and time-outs never use it: they use std::chrono::steady_clock.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimeMs now() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimeMs now() const override;
};

// The recorded twin: stands still until it is moved. Not thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimeMs now) : now_(now) {}
  TimeMs now() const override { return now_; }
  void set(TimeMs now) { now_ = now; }
  void advance(TimeMs by_ms) { now_ += by_ms; }

 private:
  TimeMs now_;
};

// ISO 8601 (RFC 3339) in UTC with milliseconds: "2026-10-01T12:00:00.000Z". Times outside the years 0 to 9999
// are written as the nearest time within.
std::string to_iso8601(TimeMs time);

// Accepts "2026-10-01", "2026-10-01T12:00Z", seconds and fractions (cut to milliseconds), and "+02:00"
// offsets. A time of day without "Z" or an offset is refused, since nobody knows where it was noon.
// Errc::malformed.
Result<TimeMs> parse_iso8601(std::string_view text);

}  // namespace censo::base
