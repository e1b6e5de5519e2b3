// What a ticket's targets have used up: a ledger of intervals that every act on the ticket carries on, and
// the steps of their escalation (service-desk rules 53 to 63). All functions run inside a caller's
// transaction.
#pragma once

#include "base/clock.h"
#include "cmdb/store/transaction.h"

#include <cstddef>
#include <string>
#include <vector>

namespace censo::desk {

struct Operation;   // desk/ticket.h
struct Ticket;      // desk/ticket.h
struct TicketKind;  // desk/ticket_kind.h

// Of one state and reason, under one limit.
struct TargetInterval {
  std::string state, reason;  // "running", "paused", "met", "cancelled"; why it is paused
  std::string calendar;
  base::TimeMs limit_ms = 0;
  base::TimeMs began_at = 0, ended_at = 0;  // 0: it has not ended
  base::TimeMs open_ms = 0;                 // that it used up
};

struct TicketTarget {
  std::string name;
  std::string state;   // rule 61: "breached_running" and "breached_met" besides those of the intervals
  std::string reason;  // why it is paused
  std::string limit, calendar;
  base::TimeMs started_at = 0;
  base::TimeMs due_at = 0;        // 0: it does not run
  base::TimeMs breached_at = 0;   // 0: it is not breached
  base::TimeMs elapsed_ms = 0;    // open time (rule 54)
  base::TimeMs wall_ms = 0;       // since it began, until it was met
  base::TimeMs remaining_ms = 0;  // open time; negative: overdue
  std::vector<TargetInterval> intervals;
};

// Begins, pauses, ends and moves the targets as the ticket is at `now`, and tells the ticket its earliest due
// time. What was is never rewritten: another limit or calendar keeps the time used up (rules 57 and 60).
void follow_targets(store::Transaction& tx, const TicketKind& kind, Ticket& ticket, base::TimeMs now);

// In the order of the kind's file, those that have begun, as of `now`.
std::vector<TicketTarget> targets_of(store::Transaction& tx, const TicketKind& kind, const Ticket& ticket,
                                     base::TimeMs now);

// Takes the steps that are due, each once, of at most `limit` targets (rule 63). True: there may be more.
bool escalate_due_targets(const Operation& operation, std::size_t limit);

}  // namespace censo::desk
