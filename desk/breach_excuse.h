// What excuses a breached target (service-desk rule 61): a desk manager's word, beside the breach, which
// stays. All functions run inside a caller's transaction.
#pragma once

#include "desk/ticket.h"

#include <optional>
#include <string>
#include <string_view>

namespace censo::desk {

struct BreachExcuse {
  std::string by, reason;
  base::TimeMs at = 0;
};
std::optional<BreachExcuse> excuse_of(store::Transaction& tx, TicketId ticket, std::string_view target);

// Also of a ticket that has ended. Errc::not_found: it has no such target; Errc::permission_denied,
// ROLE_NEEDED: only a desk_manager; Errc::invalid_argument: no reason; Errc::conflict, NOT_BREACHED.
base::Result<void> excuse_breach(const Operation& operation, const Ticket& ticket, std::string_view target,
                                 std::string_view reason);
// Errc::not_found: it was not excused.
base::Result<void> withdraw_excuse(const Operation& operation, const Ticket& ticket, std::string_view target);

}  // namespace censo::desk
