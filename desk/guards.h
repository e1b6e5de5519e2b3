// What must hold, besides state, role and fields, for a transition to happen (service-desk rule 01). A file
// in schemas/tickets names them.
#pragma once

#include "desk/ticket.h"

#include <set>
#include <span>
#include <string>
#include <string_view>

namespace censo::desk {

struct TicketKind;  // desk/ticket_kind.h

struct GuardCase {
  const Operation& operation;
  const TicketKind& kind;
  const Ticket& ticket;
  const FieldValues* given = nullptr;  // nullptr: asked only whether it may be at all
  const std::set<std::string>& roles;  // of who acts, towards this ticket
};

// Errc::conflict says what is in the way.
using Guard = base::Result<void> (*)(const GuardCase&);
Guard find_guard(std::string_view name);  // nullptr: no such guard

struct NamedGuard {
  std::string_view name;
  Guard guard;
};
// Those that only one kind has.
std::span<const NamedGuard> change_guards();
std::span<const NamedGuard> freeze_guards();
std::span<const NamedGuard> problem_guards();
std::span<const NamedGuard> release_guards();
std::span<const NamedGuard> request_guards();

// Of the act's fields, else of the ticket. The case has fields.
std::string given_or_kept(const GuardCase& one, std::string_view name);
base::Error in_the_way(std::string message, std::string reason);  // Errc::conflict

}  // namespace censo::desk
