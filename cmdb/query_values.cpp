// Times, numbers with units, and near misses.
#include "base/config.h"
#include "base/text.h"
#include "cmdb/query_terms.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

namespace censo::cmdb {
namespace {

using base::Errc;

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1000;

// Of the first unit in its row; kinds do not mix.
struct Unit {
  std::string_view name;
  int kind;
  double factor;
};
constexpr std::array<Unit, 23> units{{
    {"b", 0, 1},
    {"byte", 0, 1},
    {"kb", 0, 1e3},
    {"mb", 0, 1e6},
    {"gb", 0, 1e9},
    {"tb", 0, 1e12},
    {"kib", 0, 1024},
    {"mib", 0, 1048576},
    {"gib", 0, 1073741824},
    {"tib", 0, 1099511627776},
    {"k", 0, 1024},
    {"m", 0, 1048576},
    {"g", 0, 1073741824},
    {"t", 0, 1099511627776},
    {"hz", 1, 1},
    {"khz", 1, 1e3},
    {"mhz", 1, 1e6},
    {"ghz", 1, 1e9},
    {"bit/s", 2, 1},
    {"kbit/s", 2, 1e3},
    {"mbit/s", 2, 1e6},
    {"gbit/s", 2, 1e9},
    {"mt/s", 3, 1},
}};

std::optional<Unit> unit_of(std::string_view name) {
  const std::string lower = base::to_lower(name);
  const auto found = std::ranges::find(units, std::string_view(lower), &Unit::name);
  return found == units.end() ? std::nullopt : std::optional(*found);
}

std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

base::Result<NamedTime> parse_time(std::string_view text, base::TimeMs now) {
  if (text == "now") return NamedTime{now, 1, false};
  if (const auto age = base::parse_duration_ms(text); age) return NamedTime{now - *age, 1, true};
  if (const auto at = base::parse_iso8601(text); at) {
    return NamedTime{*at, text.find('T') == text.npos ? day_ms : 1, false};
  }
  return base::fail(Errc::invalid_argument,
                    "expected an age as 7d or 12h, or a date as 2026-10-01 or 2026-10-01T12:00Z, found \"" +
                        base::sanitize_utf8(text, 40) + "\"");
}

base::Result<double> parse_number(std::string_view text, std::string_view unit) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view rest = base::trim(text.substr(static_cast<std::size_t>(end - text.data())));
  const auto given = unit_of(rest), wanted = unit_of(unit);
  const bool fits = rest.empty() || base::equal_ignoring_case(rest, unit) ||
                    (given && wanted && given->kind == wanted->kind);
  if (error != std::errc() || !std::isfinite(number) || !fits) {
    return base::fail(Errc::invalid_argument, "expected a number" +
                                                  (unit.empty() ? "" : " in " + std::string(unit)) +
                                                  ", found \"" + base::sanitize_utf8(text, 40) + "\"");
  }
  if (rest.empty() || base::equal_ignoring_case(rest, unit)) return number;
  return number * given->factor / wanted->factor;
}

std::string nearest(std::string_view name, const std::vector<std::string>& known) {
  const std::size_t most = std::max<std::size_t>(1, name.size() / 3);
  std::pair<std::size_t, std::string> best{most + 1, ""};
  for (const std::string& one : known) {
    const bool is_part = name.size() >= 3 && one.find(name) != std::string::npos;
    const std::size_t edits = is_part ? most : edits_between(name, one);
    if (edits < best.first) best = {edits, one};
  }
  return best.second;
}

}  // namespace censo::cmdb
