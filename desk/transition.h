// How tickets move and change: every act is checked against schemas/tickets and written to the ticket's
// history (service-desk rules 01 to 03). All functions run inside a caller's transaction.
#pragma once

#include "desk/ticket.h"
#include "desk/ticket_kind.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace censo::desk {

// Of the act, and "requester", "assignee" and "decider" where its actor is that of this ticket, "deputy"
// where he decides in somebody's stead now.
std::set<std::string> roles_towards(store::Transaction& tx, const Ticket& ticket, const Act& act);

struct WantedTransition {
  std::string event;
  FieldValues fields;
  std::int64_t version = 0;  // that the caller read; 0: any
};

// The ticket as it is afterwards. Errc::stale, VERSION_CHANGED: with what changed since; Errc::conflict,
// NOT_ALLOWED_NOW: the event does not lead out of this state, with those that do; Errc::permission_denied,
// ROLE_NEEDED; Errc::invalid_argument, `where` the field: missing (MISSING_FIELD, all of them in the
// message), unknown or unfit; Errc::conflict of a guard.
base::Result<Ticket> transition(const Operation& operation, const Ticket& ticket,
                                const WantedTransition& wanted);

// What the actor may do now, as far as it can be told without its fields.
struct AllowedTransition {
  const Transition* transition = nullptr;
  std::string to;  // the state
};
std::vector<AllowedTransition> allowed_transitions(const Operation& operation, const Ticket& ticket);

struct TicketEdit {
  std::optional<std::string> title, description;
  FieldValues fields;  // "" takes one away
  std::int64_t version = 0;
};
// Fields that may be changed at any time, of a ticket whose state is not final. Errors as above.
base::Result<Ticket> edit_ticket(const Operation& operation, const Ticket& ticket, const TicketEdit& edit);

// Errc::conflict: FINAL, or NOT_ALLOWED_NOW in a state in which the kind is not edited.
base::Result<void> check_open_to_edits(const TicketKind& kind, const Ticket& ticket);

// Every field has one of its values.
bool fits(const FieldsByValue& when, const Ticket& ticket);

// A title that a ticket may have. Errc::invalid_argument.
base::Result<std::string> checked_title(std::string_view title);

// Ends the states that end by themselves and are due (rules 11 and 14), at most `limit` of them. True: there
// may be more.
bool end_due_states(const Operation& operation, std::size_t limit);

}  // namespace censo::desk
