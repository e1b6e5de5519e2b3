// The calendar of changes: what is planned or was done in a time, with freezes and maintenance.
#pragma once

#include "desk/difference.h"
#include "desk/ticket.h"

#include <string>
#include <vector>

namespace censo::desk {

struct CalendarEntry {
  std::string uid;     // stays the same as long as the change or the window is there
  std::string kind;    // "change", "freeze", "maintenance"
  std::string name;    // number of a change, name of a window
  std::string title;   // of the change or the window
  std::string state;   // of a change; "" of a window
  std::string person;  // who carries it out
  Window when;         // actual where it is known
  std::int64_t version = 1;
  base::TimeMs changed_at = 0;
};

// By start. Drafts, and what was rejected or cancelled, are not there. Of changes that ended, those opened
// within a quarter before the time; at most 5,000 changes are looked at. Who
// belongs to a tenant is told its changes alone.
std::vector<CalendarEntry> change_calendar(const Operation& operation, const Window& when);

}  // namespace censo::desk
