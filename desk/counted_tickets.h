// Tickets and breaches as figures count them, for the files of the desk alone.
#pragma once

#include "cmdb/store/transaction.h"
#include "desk/counted_ticket.h"

#include <functional>
#include <optional>

namespace censo::desk {

struct Operation;  // desk/ticket.h

// What one target of a ticket has come to.
struct CountedTarget {
  std::string state;
  base::TimeMs since = 0, elapsed_ms = 0;
  bool is_met() const { return state == "met"; }
};

struct TicketFact {
  CountedTicket ticket;
  bool from_person = false;  // not opened by an event or a rule
  base::TimeMs state_since = 0;
  bool is_open = false;
  CountedTarget respond, resolve;  // of a request: `fulfil`

  bool is_resolved() const { return resolve.is_met(); }
  bool was_resolved() const { return is_resolved() || ticket.reopened > 0; }
  bool is_first_contact() const;
};

// Incidents and requests of the scope that were opened in its time, newest first; `on_fact` returns false to
// stop.
using OnFact = std::function<bool(const TicketFact&)>;
void each_opened(store::Transaction& tx, const FigureScope& scope, std::int64_t before_id,
                 const OnFact& on_fact);
// Those that were neither resolved nor ended at the end of the scope's time; `length_ms` is their age then.
void each_waiting(const Operation& operation, const FigureScope& scope, std::int64_t before_id,
                  const OnFact& on_fact);

// A target of a ticket that each_opened() gives.
struct TargetFact {
  CountedTicket ticket;
  bool breached = false;
};
using OnTarget = std::function<bool(const TargetFact&)>;
// Without those that were cancelled.
void each_target(const Operation& operation, const FigureScope& scope, std::int64_t before_id,
                 const OnTarget& on_target);
// Which state of the ticket used up most of the target's time until it was breached, and how much: "new",
// "in_progress", "on_hold.parts".
void find_cause(const Operation& operation, CountedTicket& breach);

}  // namespace censo::desk
