// Who takes a ticket (service-desk rules 07 and 62): rules give a new one to a group, and to the one of the
// group who knows what is needed and has least in hand; why is kept in its field `assigned_because`. All
// functions run inside a caller's transaction.
#pragma once

#include "desk/ticket.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

// What is empty does not matter.
struct AssignmentRule {
  std::string name;          // "web": lower-case letters, digits, - and _
  std::int64_t place = 100;  // the lowest that fits counts; of equal ones the name's order
  std::string kind, category, tenant;
  std::string query;  // docs/search.md, of the item's own values: one of the ticket's items fits
  std::string group;  // empty: the support group of that item, or of the first that has one
  std::vector<std::string> skills;  // all of them, of who is picked
  bool picks = false;               // somebody, not the group alone
  std::string person;               // who wrote it last
  base::TimeMs at = 0;
};

std::vector<AssignmentRule> assignment_rules(store::Transaction& tx);  // in the order in which they are tried
// Both need the role desk_manager. Errc::invalid_argument with the field in `where`; Errc::limit_exceeded:
// 500.
base::Result<AssignmentRule> put_assignment_rule(const Operation& operation, const AssignmentRule& wanted);
base::Result<void> remove_assignment_rule(const Operation& operation,
                                          std::string_view name);  // Errc::not_found

// What the rules say of a ticket now; `group` empty: none fits.
struct Assignment {
  std::string group, assignee, because;
};
Assignment assignment_of(const Operation& operation, const Ticket& ticket);

// A new ticket, and in whose hands the rules put it, unless it came with a group.
base::Result<Ticket> open_and_assign(const Operation& operation, const NewTicket& wanted);
// Errc::conflict, NO_RULE_FITS.
base::Result<void> assign_by_rule(const Operation& operation, const Ticket& ticket);

}  // namespace censo::desk
