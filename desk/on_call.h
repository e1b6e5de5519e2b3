// Rosters: who is on call in a group, and what becomes of its tickets that nobody takes (service-desk rule
// 65). All functions run inside a caller's transaction.
#pragma once

#include "desk/ticket.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

// A time of a person, which may repeat, on the wall of its zone.
struct Shift {
  std::string group, name;  // "night": lower-case letters, digits, - and _
  std::string person;
  std::int64_t place = 1;          // of those on call at a time the lowest is called first
  std::string zone, starts, ends;  // as desk/desk_window.h has them
  std::string repeats;             // desk/repeat.h; "": once
};

struct Roster {
  std::string group;
  std::int64_t unassigned_min = 15;   // so long a ticket waits for somebody
  std::int64_t acknowledge_min = 10;  // so long who is called has until the next one is
  std::string person;                 // who wrote it last
  base::TimeMs at = 0;
  std::vector<Shift> shifts;  // by place and name
};

std::vector<Roster> rosters(store::Transaction& tx);                               // by group
base::Result<Roster> find_roster(store::Transaction& tx, std::string_view group);  // Errc::not_found
// All need the role desk_manager (Errc::permission_denied). Errc::invalid_argument with the field in `where`;
// Errc::not_found: no such roster or shift; Errc::limit_exceeded: 200 rosters, 100 shifts a roster.
base::Result<Roster> put_roster(const Operation& operation, const Roster& wanted);
base::Result<Roster> put_shift(const Operation& operation, const Shift& wanted);
base::Result<void> remove_roster(const Operation& operation, std::string_view group);
base::Result<void> remove_shift(const Operation& operation, std::string_view group, std::string_view name);

// Who is called at that moment, the first one first; a person once. Errc::not_found.
base::Result<std::vector<Shift>> on_call_at(store::Transaction& tx, std::string_view group, base::TimeMs at);

// Calls who is on call for tickets that have waited long enough, and the next one where nobody has
// acknowledged: by any act on the ticket. At most `limit` tickets of each. True: there may be more.
bool call_on_call(const Operation& operation, std::size_t limit);

}  // namespace censo::desk
