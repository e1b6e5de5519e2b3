// A ticket that is another one's duplicate. Runs inside a caller's transaction.
#pragma once

#include "desk/ticket.h"

namespace censo::desk {

// What it names as `duplicate_of` may be that. Errc::conflict, CYCLE: it is the ticket itself, or a duplicate
// of another one.
base::Result<void> check_duplicate(store::Transaction& tx, const Ticket& ticket,
                                   const std::string& duplicate_of);

// What the duplicate knows goes over to the ticket that it names, unless that one is closed: linked items
// that are not linked there, relations, children; its requester and watchers watch that one. An internal note
// there tells what was said. Nothing is taken from the duplicate but its children.
base::Result<void> merge_duplicate(const Operation& operation, const Ticket& duplicate);

}  // namespace censo::desk
