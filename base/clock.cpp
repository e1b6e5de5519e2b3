#include "base/clock.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

namespace censo::base {
namespace {

constexpr TimeMs first_time = -62'167'219'200'000;  // 0000-01-01T00:00:00.000Z
constexpr TimeMs last_time = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z
constexpr TimeMs minute_ms = 60'000;

// Takes pieces off the front of a text; once a piece is missing, `ok` stays false.
struct Reader {
  std::string_view rest;
  bool ok = true;

  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  void expect(char c) { ok = take(c) && ok; }
  int digits(std::size_t count) {
    const auto piece = rest.substr(0, count);
    const bool all_digits =
        std::all_of(piece.begin(), piece.end(), [](char c) { return c >= '0' && c <= '9'; });
    const auto number = piece.size() == count && all_digits ? parse_integer(piece) : std::nullopt;
    ok = ok && number.has_value();
    rest.remove_prefix(piece.size());
    return static_cast<int>(number.value_or(0));
  }
};

int at_most(Reader& reader, int number, int highest) {
  reader.ok = reader.ok && number <= highest;
  return number;
}

// Digits beyond the third are dropped.
TimeMs fraction_ms(Reader& reader) {
  if (!reader.take('.')) return 0;
  TimeMs result = 0;
  TimeMs weight = 100;
  reader.ok = reader.ok && !reader.rest.empty() && reader.rest.front() >= '0' && reader.rest.front() <= '9';
  while (!reader.rest.empty() && reader.rest.front() >= '0' && reader.rest.front() <= '9') {
    result += weight * (reader.rest.front() - '0');
    weight /= 10;
    reader.rest.remove_prefix(1);
  }
  return result;
}

TimeMs offset_ms(Reader& reader) {
  if (reader.take('Z') || reader.take('z')) return 0;
  const bool behind = reader.take('-');
  if (!behind) reader.expect('+');
  const int hours = at_most(reader, reader.digits(2), 23);
  reader.take(':');
  const int minutes = at_most(reader, reader.digits(2), 59);
  return (behind ? -minute_ms : minute_ms) * (hours * 60 + minutes);
}

TimeMs time_of_day_ms(Reader& reader) {
  const int hours = at_most(reader, reader.digits(2), 23);
  reader.expect(':');
  const int minutes = at_most(reader, reader.digits(2), 59);
  TimeMs seconds_ms = 0;
  if (reader.take(':')) {
    seconds_ms = at_most(reader, reader.digits(2), 60) * 1000;
    seconds_ms += fraction_ms(reader);
  }
  return (hours * 60 + minutes) * minute_ms + seconds_ms - offset_ms(reader);
}

}  // namespace

TimeMs SystemClock::now() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

std::string to_iso8601(TimeMs time) {
  using namespace std::chrono;
  const sys_time<milliseconds> point{milliseconds(std::clamp(time, first_time, last_time))};
  const auto day = floor<days>(point);
  const year_month_day date{day};
  const hh_mm_ss clock{point - day};
  std::array<char, 80> text;
  const int size =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int{date.year()},
                    unsigned{date.month()}, unsigned{date.day()}, static_cast<int>(clock.hours().count()),
                    static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                    static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

Result<TimeMs> parse_iso8601(std::string_view text) {
  using namespace std::chrono;
  Reader reader{text};
  const year year_number{reader.digits(4)};
  reader.expect('-');
  const month month_number{static_cast<unsigned>(reader.digits(2))};
  reader.expect('-');
  const day day_number{static_cast<unsigned>(reader.digits(2))};
  const year_month_day date{year_number, month_number, day_number};
  TimeMs result = 0;
  if (reader.ok && date.ok()) {
    result = duration_cast<milliseconds>(sys_days{date}.time_since_epoch()).count();
    if (reader.take('T') || reader.take('t') || reader.take(' ')) result += time_of_day_ms(reader);
  }
  if (!reader.ok || !date.ok() || !reader.rest.empty()) {
    return fail(Errc::malformed,
                "expected a time such as 2026-10-01T12:00:00Z, found \"" + sanitize_utf8(text, 64) + "\"");
  }
  return result;
}

}  // namespace censo::base
