// Who follows a ticket besides its requester and its assignee. All functions run inside a caller's
// transaction.
#pragma once

#include "desk/ticket.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

std::vector<std::string> watchers_of(store::Transaction& tx, TicketId ticket);  // by name

// Who has a role at the desk names anybody, anybody himself. Again it changes nothing.
// Errc::permission_denied; Errc::invalid_argument: no name, or one of over 200 bytes.
base::Result<void> watch(const Operation& operation, const Ticket& ticket, std::string_view person);
base::Result<void> unwatch(const Operation& operation, const Ticket& ticket, std::string_view person);

// Part of another act: without a look at roles.
void keep_watcher(store::Transaction& tx, const Ticket& ticket, const std::string& person);

}  // namespace censo::desk
