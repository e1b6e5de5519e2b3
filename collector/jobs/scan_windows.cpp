#include "collector/jobs/scan_windows.h"

#include "base/text.h"
#include "desk/zone.h"

#include <algorithm>
#include <array>

namespace censo::collector::jobs {
namespace {

using base::Errc;
using base::fail;
using base::TimeMs;

constexpr TimeMs minute_ms = 60'000;
constexpr TimeMs search_ms = 15 * 24 * 60 * minute_ms;  // a span of one hour may be left out once
constexpr int day_minutes = 24 * 60;
constexpr std::array<std::string_view, 7> day_words{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::string found(std::string_view text) {
  return ", found \"" + base::sanitize_utf8(text, 60) + "\"";
}

std::optional<std::size_t> day_of(std::string_view text) {
  for (std::size_t i = 0; i < day_words.size(); ++i)
    if (base::equal_ignoring_case(text, day_words[i])) return i;
  return std::nullopt;
}

base::Result<std::bitset<7>> parse_days(std::string_view text) {
  std::bitset<7> days;
  if (base::equal_ignoring_case(text, "daily")) return days.set();
  for (const auto piece : base::split(text, ',')) {
    const auto dash = piece.find('-');
    const auto first = day_of(piece.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : day_of(piece.substr(dash + 1));
    if (!first || !last)
      return fail(Errc::malformed,
                  "expected days of the week such as mon-fri, sat,sun or daily" + found(text));
    for (auto day = *first; day != *last; day = (day + 1) % days.size()) days.set(day);
    days.set(*last);
  }
  return days;
}

// Minutes from midnight, 24:00 among them.
std::optional<int> minute_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = base::parse_unsigned(text.substr(0, 2)), minutes = base::parse_unsigned(text.substr(3));
  if (!hours || !minutes || *minutes > 59) return std::nullopt;
  const auto minute = static_cast<int>(*hours * 60 + *minutes);
  return minute <= day_minutes ? std::optional(minute) : std::nullopt;
}

struct Span {
  int from = 0, to = 0;  // beyond midnight `to` goes on counting
};

base::Result<Span> parse_span(std::string_view text) {
  const auto dash = text.find('-');
  const auto from = minute_of(text.substr(0, dash));
  const auto to = dash == std::string_view::npos ? std::nullopt : minute_of(text.substr(dash + 1));
  if (!from || !to || *from == day_minutes)
    return fail(Errc::malformed, "expected a span of the day such as 22:00-05:00" + found(text));
  if (*from == *to)
    return fail(Errc::malformed, "expected a span with two times, or 00:00-24:00 for all day" + found(text));
  return Span{*from, *to < *from ? *to + day_minutes : *to};
}

std::size_t minute_in_week(TimeMs wall) {
  constexpr TimeMs first_day = 3;  // 1970-01-01 was a Thursday
  const auto minutes = wall / minute_ms + first_day * day_minutes;
  return static_cast<std::size_t>(minutes) % minutes_a_week;
}

// For how long the window at least stays as it is at `at`.
TimeMs steady_ms(const ScanWindow& window, TimeMs at) {
  const TimeMs wall = desk::wall_time(*window.zone, at);
  if (wall % minute_ms != 0) return minute_ms - wall % minute_ms;
  const auto now = minute_in_week(wall);
  std::size_t minutes = 1;
  while (minutes < minutes_a_week && window.minutes[(now + minutes) % minutes_a_week] == window.minutes[now])
    ++minutes;
  // Clocks are set on whole minutes: one by one across the change.
  while (minutes > 1) {
    const auto length = static_cast<TimeMs>(minutes) * minute_ms;
    if (desk::wall_time(*window.zone, at + length) == wall + length) break;
    minutes /= 2;
  }
  return static_cast<TimeMs>(minutes) * minute_ms;
}

TimeMs steady_ms(const ScanWindows& windows, TimeMs at) {
  TimeMs shortest = search_ms;
  for (const auto& window : windows) shortest = std::min(shortest, steady_ms(window, at));
  return shortest;
}

std::optional<TimeMs> next_when(const ScanWindows& windows, TimeMs at, bool open) {
  for (const TimeMs end = at + search_ms; at <= end; at += steady_ms(windows, at))
    if (is_open(windows, at) == open) return at;
  return std::nullopt;
}

}  // namespace

base::Result<ScanWindow> parse_scan_window(std::string_view text) {
  auto words = base::split_words(text);
  ScanWindow window;
  if (!words.empty() && (words.front() == "allowed" || words.front() == "forbidden")) {
    window.forbidden = words.front() == "forbidden";
    words.erase(words.begin());
  }
  if (words.size() != 3 || text.size() > longest_window)
    return fail(Errc::malformed,
                "expected \"allowed\" or \"forbidden\", days, a span and a time zone, such as \"allowed "
                "mon-fri 22:00-05:00 Europe/Madrid\"" +
                    found(text));
  const auto days = parse_days(words[0]);
  if (!days) return days.error();
  const auto span = parse_span(words[1]);
  if (!span) return span.error();
  window.zone = desk::find_zone(words[2]);
  if (window.zone == nullptr)
    return fail(Errc::malformed, "expected a time zone such as Europe/Madrid" + found(words[2]));
  for (std::size_t day = 0; day < days->size(); ++day)
    for (int minute = span->from; days->test(day) && minute < span->to; ++minute)
      window.minutes.set((day * day_minutes + static_cast<std::size_t>(minute)) % minutes_a_week);
  return window;
}

base::Result<ScanWindows> parse_scan_windows(std::span<const std::string> texts, TimeMs now) {
  if (texts.size() > most_windows)
    return fail(Errc::malformed,
                "expected at most " + std::to_string(most_windows) + " windows, found " +
                    std::to_string(texts.size()),
                "/windows");
  ScanWindows windows;
  for (const auto& text : texts) {
    auto window = parse_scan_window(text);
    if (!window)
      return fail(Errc::malformed, window.error().message, "/windows/" + std::to_string(windows.size()));
    windows.push_back(std::move(*window));
  }
  if (!next_opening(windows, now))
    return fail(Errc::malformed, "the windows leave no time to scan in", "/windows");
  return windows;
}

bool is_open(const ScanWindows& windows, TimeMs at) {
  bool all_allowed = true, allowed = false;
  for (const auto& window : windows) {
    const bool inside = window.minutes[minute_in_week(desk::wall_time(*window.zone, at))];
    if (window.forbidden && inside) return false;
    if (window.forbidden) continue;
    all_allowed = false;
    allowed = allowed || inside;
  }
  return all_allowed || allowed;
}

std::optional<TimeMs> next_opening(const ScanWindows& windows, TimeMs at) {
  return next_when(windows, at, true);
}

std::optional<TimeMs> next_closing(const ScanWindows& windows, TimeMs at) {
  return next_when(windows, at, false);
}

TimeMs closed_since(const ScanWindows& windows, TimeMs at) {
  if (is_open(windows, at)) return at;
  TimeMs since = at - search_ms;
  for (TimeMs moment = since; moment < at;) {
    const TimeMs next = moment + steady_ms(windows, moment);
    if (is_open(windows, moment)) since = next;
    moment = next;
  }
  return std::min(since, at);
}

}  // namespace censo::collector::jobs
