// Whose tickets somebody may see (service-desk rule 73): with a role at the desk all of them, else his own,
// and a supplier's contact those that were handed to it. All functions run inside a caller's transaction.
#pragma once

#include "base/result.h"
#include "cmdb/store/transaction.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct Act;        // desk/ticket.h
struct Operation;  // desk/ticket.h
struct Ticket;     // desk/ticket.h

// For lists: what he asked for, is assigned to, watches, is asked to agree to or may agree to as a deputy,
// and what others of the department asked for.
struct Sight {
  bool everything = true;
  std::string person;
  std::string department = {};                // "": not the department's
  std::vector<std::string> supplies_as = {};  // names by which tickets know the supplier's contact that he is
  std::vector<std::string> stands_in_for = {};  // as a deputy, at once
  std::string tenant = {};                      // rule 75: of all that, the tenant's; "": whosever
  std::vector<std::int64_t> votes_on = {};      // changes that he may vote on for one of them
};
Sight sight_of(store::Transaction& tx, const Act& act);  // without `votes_on`
Sight sight_of(const Operation& operation);
bool is_in_sight(store::Transaction& tx, const Sight& sight, const Ticket& ticket);

// Handed to the supplier whose contact the actor is: its field `supplier` has his name or his department.
bool is_handed_to(store::Transaction& tx, const Act& act, const Ticket& ticket);

// Of one ticket.
bool sees(const Operation& operation, const Ticket& ticket);

struct DeskPerson {
  std::string person, department;
  bool sees_department = false;  // also the tickets that others of it asked for
  bool vip = false;              // rule 50: may raise the urgency of what he asked for by one
  std::string tenant = {};       // rule 75: he sees and touches nothing else; "": he belongs to none
};
std::vector<DeskPerson> desk_people(store::Transaction& tx);  // by name
DeskPerson find_desk_person(store::Transaction& tx,
                            std::string_view person);  // of whom nothing is known: his name
// Errc::permission_denied: only a desk_manager, of the tenant only an admin; Errc::invalid_argument with the
// field in `where`.
base::Result<DeskPerson> put_desk_person(const Operation& operation, const DeskPerson& wanted);
base::Result<void> remove_desk_person(const Operation& operation,
                                      std::string_view person);  // Errc::not_found

}  // namespace censo::desk
