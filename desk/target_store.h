// Rows of tickets' targets and of their ledger, for the files of the desk alone.
#pragma once

#include "desk/ticket.h"
#include "desk/ticket_target.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct Calendar;       // desk/calendar.h
struct ServiceTarget;  // desk/ticket_kind.h

struct TargetRow {
  std::string target, state, reason, calendar, limit;
  base::TimeMs limit_ms = 0, started_at = 0, since = 0, elapsed_ms = 0, due_at = 0, breached_at = 0;
  std::int64_t step = 0, next_step = 0;  // percent
  base::TimeMs next_at = 0;

  bool runs() const { return state == "running"; }
};

std::optional<TargetRow> find_row(store::Transaction& tx, TicketId ticket, std::string_view target);
void save_row(store::Transaction& tx, TicketId ticket, const TargetRow& row);
void begin_interval(store::Transaction& tx, TicketId ticket, const TargetRow& row);
void end_interval(store::Transaction& tx, TicketId ticket, const TargetRow& row, base::TimeMs now,
                  base::TimeMs open_ms);
std::vector<TargetInterval> intervals_of(store::Transaction& tx, TicketId ticket, std::string_view target);
// The ticket's columns for lists.
void save_summary(store::Transaction& tx, Ticket& ticket);

// By its name among the target's limits; one that is gone is replaced by the first.
const Calendar& calendar_of(const ServiceTarget& target, std::string_view name);
// When it is due and when its next step is, if it runs; else neither.
void schedule(const ServiceTarget& target, TargetRow& row);

}  // namespace censo::desk
