// Windows of a scan job, a line each: what is taken opens at a moment when it is open, closes at one when it
// is not, and has been closed for all the time that it says.
#include "base/text.h"
#include "collector/jobs/scan_windows.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace censo::collector::jobs;
  std::vector<std::string> texts;
  for (const auto line : censo::base::split({reinterpret_cast<const char*>(data), size}, '\n'))
    if (!line.empty()) texts.emplace_back(line);
  constexpr censo::base::TimeMs now = 1'806'195'600'000;  // 2027-03-27, the day before clocks are changed
  const auto windows = parse_scan_windows(texts, now);
  if (!windows) return 0;
  const auto opening = next_opening(*windows, now), closing = next_closing(*windows, now);
  if (!opening || !is_open(*windows, *opening)) std::abort();
  if (closing && is_open(*windows, *closing)) std::abort();
  const auto since = closed_since(*windows, now);
  if (since > now || (since < now && is_open(*windows, since))) std::abort();
  return 0;
}
