// Tickets that come again and again, from templates (service-desk rule 72): each keeps its own schedule; what
// was missed while nothing ran is made once. All functions run inside a caller's transaction.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "desk/ticket.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::jobs {

struct RecurringTicket {
  std::string name;  // "backup_test": letters, digits and _ in lower case
  std::string template_name;
  std::string schedule;      // as parse_schedule() takes it, but not only by hand
  std::string zone;          // in which its times are: "Europe/Madrid"
  base::TimeMs next_at = 0;  // 0: never
  base::TimeMs last_at = 0;  // 0: not yet
  std::string last_ticket;   // number
  std::string problem;       // why the last one was not made; "": it was
  std::string person;        // who wrote it last, and is its tickets' requester
  base::TimeMs at = 0;
};

std::vector<RecurringTicket> recurring_tickets(store::Transaction& tx);  // by name

// Replaces one of that name. Errc::permission_denied: only a desk_manager; Errc::invalid_argument with the
// field in `where`; Errc::malformed: a schedule that is none; Errc::not_found: no such template.
base::Result<RecurringTicket> put_recurring_ticket(const desk::Operation& operation,
                                                   const RecurringTicket& wanted);
base::Result<void> remove_recurring_ticket(const desk::Operation& operation, std::string_view name);

// Opens those that are due, at most `limit`. True: there may be more.
bool open_recurring_tickets(const desk::Operation& operation, std::size_t limit);

}  // namespace censo::collector::jobs
