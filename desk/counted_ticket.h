// What figures of the desk are asked of and what their lists have, as values.
#pragma once

#include "base/id.h"
#include "cmdb/figure.h"

#include <cstdint>
#include <string>

namespace censo::desk {

using TicketId = base::Id<struct TicketTag>;  // as desk/ticket.h has it

// What is empty or 0 does not matter.
struct FigureScope {
  cmdb::FigureTime time;
  std::string kind = {}, group = {};
  std::int64_t priority = 0;
  std::string tenant = {};
};

// A ticket in the list behind a figure.
struct CountedTicket {
  TicketId id;
  std::string number, kind, title, state, group, assignee;
  std::int64_t priority = 0, hops = 0, reopened = 0;
  base::TimeMs opened_at = 0;
  base::TimeMs length_ms = 0;  // what a figure of times was made of; a breach: how long its cause took
  std::string target, cause;   // of a breach
  bool excused = false;        // the same
  std::int64_t score = 0;      // of the survey; 0: it was not answered
};

}  // namespace censo::desk
