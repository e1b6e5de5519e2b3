// What tickets say of each other: a problem's incidents, a release's changes, what a change caused. Which
// there are is data, "relations" of schemas/tickets. All functions run inside a caller's transaction.
#pragma once

#include "desk/ticket.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct RelatedTicket {
  std::string relation;  // "incident"
  bool forward = true;   // the ticket says it of `other`; else `other` of the ticket
  Ticket other;
};
// What it says first, by relation; of each the oldest ticket first.
std::vector<RelatedTicket> related_tickets(store::Transaction& tx, const Ticket& ticket);
// Those of which it says this.
std::vector<Ticket> tickets_it_names(store::Transaction& tx, const Ticket& ticket, std::string_view relation);

// Said twice it changes nothing. Written into the history of both. Errc::invalid_argument: the kind has no
// such relation, or none to such tickets; Errc::permission_denied, ROLE_NEEDED; Errc::conflict:
// FINAL or NOT_ALLOWED_NOW by the ticket's state, IN_ANOTHER: the other one stands in one alone.
base::Result<Ticket> relate_tickets(const Operation& operation, const Ticket& ticket,
                                    std::string_view relation, const Ticket& other);
// Errc::not_found: it does not say so.
base::Result<Ticket> unrelate_tickets(const Operation& operation, const Ticket& ticket,
                                      std::string_view relation, const Ticket& other);

// Part of another act: without a look at roles and states.
void keep_relation(const Operation& operation, const Ticket& ticket, std::string_view relation,
                   const Ticket& other);

}  // namespace censo::desk
