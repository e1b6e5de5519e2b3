// Whose tickets somebody may see (service-desk rule 73): with a role at the desk all of them, else his own.
// All functions run inside a caller's transaction.
#pragma once

#include "base/result.h"
#include "cmdb/store/transaction.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct Act;        // desk/ticket.h
struct Operation;  // desk/ticket.h
struct Ticket;     // desk/ticket.h

// For lists: what he asked for, is assigned to, watches or is asked to agree to, and what others of the
// department asked for.
struct Sight {
  bool everything = true;
  std::string person;
  std::string department = {};  // "": not the department's
};
Sight sight_of(store::Transaction& tx, const Act& act);
bool is_in_sight(store::Transaction& tx, const Sight& sight, const Ticket& ticket);

// Of one ticket besides, what he decides in somebody's stead.
bool sees(const Operation& operation, const Ticket& ticket);

struct DeskPerson {
  std::string person, department;
  bool sees_department = false;  // also the tickets that others of it asked for
};
std::vector<DeskPerson> desk_people(store::Transaction& tx);  // by name
// Errc::permission_denied: only a desk_manager; Errc::invalid_argument with the field in `where`.
base::Result<DeskPerson> put_desk_person(const Operation& operation, const DeskPerson& wanted);
base::Result<void> remove_desk_person(const Operation& operation,
                                      std::string_view person);  // Errc::not_found

}  // namespace censo::desk
