// Rows of tickets and of their history, for the files of the desk alone.
#pragma once

#include "desk/ticket.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct TicketKind;  // desk/ticket_kind.h

// A statement for ticket_of(); the condition is put together from literals alone.
std::string tickets_where(std::string_view condition);
Ticket ticket_of(const store::Row& row);

// Its targets begin.
void insert_ticket(store::Transaction& tx, const TicketKind& kind, Ticket& ticket);
// Raises the version and writes what may change, with the columns that repeat fields. When the state ends by
// itself is told from `kind`, and its targets follow.
void save_ticket(store::Transaction& tx, const TicketKind& kind, Ticket& ticket, const base::Clock& clock);

// An act that leaves the state as it is, and changes nothing yet.
TicketHistoryEntry entry_of(const Ticket& ticket, std::string event, const Act& act);
// `entry.version` is taken from the ticket.
void add_history(store::Transaction& tx, const Ticket& ticket, const TicketHistoryEntry& entry,
                 const base::Clock& clock);

std::string fields_to_json(const FieldValues& fields);
FieldValues fields_from_json(std::string_view text);
// What differs, as the history keeps it: fields of `a` that `b` has not or has otherwise.
std::string difference_to_json(const FieldValues& a, const FieldValues& b);

// Words from which a search may begin: ASCII letters and digits in lower case, other characters as they are.
std::vector<std::string> words_of(std::string_view text);

}  // namespace censo::desk
