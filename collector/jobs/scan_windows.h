// Weekly spans in a time zone in which a scan job alone may run, or may not: "allowed mon-fri 22:00-05:00
// Europe/Madrid". A span that ends before it begins ends the next day, and belongs to the day of its begin.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <bitset>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace date {
class time_zone;
}

namespace censo::collector::jobs {

inline constexpr std::size_t minutes_a_week = 7 * 24 * 60;
inline constexpr std::size_t most_windows = 20, longest_window = 128;  // of a job; bytes of its text

// By the clock on the wall: an hour that daylight saving repeats is in it twice, one that it leaves out
// never.
struct ScanWindow {
  bool forbidden = false;
  const date::time_zone* zone = nullptr;  // lives as long as the program
  std::bitset<minutes_a_week> minutes;    // from Monday 00:00
};
// Open while one that allows is, or none allows at all, and none forbids.
using ScanWindows = std::vector<ScanWindow>;

// "[allowed|forbidden] DAYS HH:MM-HH:MM ZONE"; days are "daily", "mon", "mon-fri", "sat,sun". Errc::malformed
// with what was expected and found.
base::Result<ScanWindow> parse_scan_window(std::string_view text);
// And they must leave some time in the fortnight from `now`. The window is named in `where`: "/windows/0".
base::Result<ScanWindows> parse_scan_windows(std::span<const std::string> texts, base::TimeMs now);

bool is_open(const ScanWindows& windows, base::TimeMs at);
// The first moment from `at` on at which they are open, or closed. Nothing: not within 15 days.
std::optional<base::TimeMs> next_opening(const ScanWindows& windows, base::TimeMs at);
std::optional<base::TimeMs> next_closing(const ScanWindows& windows, base::TimeMs at);
// Since when they have been closed at `at`, at most 15 days; `at` itself when they are open.
base::TimeMs closed_since(const ScanWindows& windows, base::TimeMs at);

}  // namespace censo::collector::jobs
