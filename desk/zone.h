// Time zones: what the clock on the wall shows, and when it does (service-desk rule 58). Wall times are
// milliseconds from 1970-01-01T00:00 as the wall counts them.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace censo::desk {

// Of the tz database, by name: "Europe/Madrid". nullptr: there is none. Lives as long as the program.
const date::time_zone* find_zone(std::string_view name);

base::TimeMs wall_time(const date::time_zone& zone, base::TimeMs at);
// Of an hour that daylight saving repeats the first; of one that it leaves out the moment of the change.
base::TimeMs time_on_wall(const date::time_zone& zone, base::TimeMs wall);

// "2026-12-19T08:00" or "2026-12-19", which is its midnight, without a zone. Errc::invalid_argument.
base::Result<base::TimeMs> parse_wall_time(std::string_view text);
std::string wall_text(base::TimeMs wall);  // "2026-12-19T08:00"

}  // namespace censo::desk
