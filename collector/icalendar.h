// The calendar of changes for people's calendar programs: iCalendar (RFC 5545).
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace censo::desk {
struct CalendarEntry;  // desk/change_calendar.h
}

namespace censo::collector {

// One VCALENDAR with a VEVENT for each entry. Times are UTC, lines end with CR LF and are folded at 75
// octets, never within a character; control characters of texts are left out. `host` makes the UIDs unique
// among collectors.
std::string to_icalendar(std::span<const desk::CalendarEntry> entries, std::string_view host);

}  // namespace censo::collector
