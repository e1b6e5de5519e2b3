// Changes (service-desk rules 30 to 39): what they mean to modify, who agreed, what is in their way, and
// whether what happened is what was meant. A change is a ticket of kind "change"; how it moves is
// schemas/tickets/change.yaml. All functions run inside a caller's transaction.
#pragma once

#include "desk/difference.h"
#include "desk/ticket.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

// An attribute, a component class with or without a key, a relation type, or a named group of these.
// Errc::invalid_argument.
base::Result<void> check_subject(const Operation& operation, const std::string& subject);

// By age.
std::vector<Modification> modifications_of(store::Transaction& tx, const Ticket& change);
// Takes its item into the scope. A change of the plan: Errc::conflict where the change is not edited any
// more; Errc::invalid_argument: no such attribute, class, relation type or group; Errc::not_found: no such
// item.
base::Result<Modification> add_modification(const Operation& operation, const Ticket& change,
                                            const Modification& wanted);
base::Result<void> remove_modification(const Operation& operation, const Ticket& change, std::int64_t id);
// The scope or the modifications are about to change: votes given so far count no more.
base::Result<void> change_plan(const Operation& operation, const Ticket& change, std::string_view event,
                               const std::string& what);

Window planned_window(const Ticket& change);
Window actual_window(const Ticket& change);

// The items of the scope, each as the one that is shown for it, with all that is merged into it.
std::vector<cmdb::CiId> scope_of(store::Transaction& tx, const Ticket& change);

// What is in its way at the same time (rule 33): another change that is asked for or under way, a freeze,
// maintenance.
struct ChangeConflict {
  std::string kind;          // "change", "freeze", "maintenance"
  std::string number;        // of a change; the name of a window
  std::string title, state;  // no state of a window
  Window window;
  std::string reason;  // "also changes web01", "changes web01's neighbour core", "the same implementer"
};
// Changes first, then freezes, then maintenance.
std::vector<ChangeConflict> conflicts_of(const Operation& operation, const Ticket& change);

struct Votes {
  std::int64_t in_favour = 0, against = 0;
  std::int64_t needed = 0;
  std::vector<std::string> roles;  // who may vote
  bool approved = false;
};
// Of the plan as it is now.
Votes votes_of(const Operation& operation, const Ticket& change);

// Rule 32.
struct Risk {
  std::string level;  // "low", "medium", "high"
  std::vector<std::string> reasons;
};
Risk risk_of(const Operation& operation, const Ticket& change);

}  // namespace censo::desk
