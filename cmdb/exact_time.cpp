#include "cmdb/exact_time.h"

#include <array>

namespace censo::cmdb {
namespace {

constexpr std::string_view form = "\"0000-00-00T00:00:00.000Z\"";
constexpr std::size_t day_size = 12;  // quote, date and T

// The least and the greatest character at each place, so that all places are compared at once.
struct Bounds {
  std::array<unsigned char, form.size()> least{}, greatest{};
};
constexpr Bounds bounds_of_form = [] {
  Bounds bounds;
  for (std::size_t i = 0; i < form.size(); ++i) {
    bounds.least[i] = static_cast<unsigned char>(form[i]);
    bounds.greatest[i] = static_cast<unsigned char>(form[i] == '0' ? '9' : form[i]);
  }
  return bounds;
}();

bool has_form(std::string_view json) {
  if (json.size() != form.size()) return false;
  unsigned outside = 0;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const auto c = static_cast<unsigned char>(json[i]);
    outside |= static_cast<unsigned>(c < bounds_of_form.least[i]) |
               static_cast<unsigned>(c > bounds_of_form.greatest[i]);
  }
  return outside == 0;
}

int number(std::string_view json, std::size_t at, std::size_t digits) {
  int value = 0;
  for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + (json[i] - '0');
  return value;
}

}  // namespace

std::optional<base::TimeMs> ExactTimes::time_of(std::string_view json) {
  if (!has_form(json)) return std::nullopt;
  if (json.substr(0, day_size) != day_) {
    const auto day = base::parse_iso8601(json.substr(1, day_size - 2));
    if (!day || base::to_iso8601(*day).substr(0, day_size - 2) != json.substr(1, day_size - 2))
      return std::nullopt;
    day_ = json.substr(0, day_size);
    day_begin_ = *day;
  }
  const int hour = number(json, 12, 2), minute = number(json, 15, 2), second = number(json, 18, 2);
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return day_begin_ + ((hour * 60 + minute) * 60 + second) * base::TimeMs{1000} + number(json, 21, 3);
}

}  // namespace censo::cmdb
