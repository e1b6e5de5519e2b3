#include "desk/zone.h"

#include "base/text.h"

#include <date/tz.h>

#include <algorithm>
#include <chrono>

namespace censo::desk {

using base::TimeMs;

const date::time_zone* find_zone(std::string_view name) {
  const auto& zones = date::get_tzdb().zones;
  const auto found = std::find_if(zones.begin(), zones.end(),
                                  [&](const date::time_zone& one) { return one.name() == name; });
  return found == zones.end() ? nullptr : &*found;
}

TimeMs wall_time(const date::time_zone& zone, TimeMs at) {
  const auto seconds = date::floor<std::chrono::seconds>(std::chrono::milliseconds(at));
  return at + zone.get_info(date::sys_seconds(seconds)).offset.count() * 1'000;
}

TimeMs time_on_wall(const date::time_zone& zone, TimeMs wall) {
  const date::local_time<std::chrono::milliseconds> local{std::chrono::milliseconds(wall)};
  return zone.to_sys(local, date::choose::earliest).time_since_epoch().count();
}

base::Result<TimeMs> parse_wall_time(std::string_view given) {
  const auto text = base::trim(given);
  const bool day_alone = text.size() == 10;
  if ((day_alone || (text.size() == 16 && text[10] == 'T')) && text[4] == '-' && text[7] == '-') {
    const auto time = base::parse_iso8601(std::string(text) + (day_alone ? "T00:00:00Z" : ":00Z"));
    if (time) return *time;
  }
  return base::fail(base::Errc::invalid_argument,
                    "expected a time such as 2026-12-19T08:00 or a day, without a zone, found \"" +
                        base::sanitize_utf8(given, 40) + "\"");
}

std::string wall_text(TimeMs wall) {
  return base::to_iso8601(wall).substr(0, 16);
}

}  // namespace censo::desk
