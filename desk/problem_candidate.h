// Incidents that repeat, proposed to become a problem, with what they have in common (service-desk rule 67).
// When is data: "gathers" of the relation "incident" in schemas/tickets/problem.yaml.
#pragma once

#include "desk/ticket.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct ProblemCandidate {
  std::string key;                // of open_candidate(); the same as long as what they have in common is
  std::string reason;             // "the same cause, db01"
  cmdb::CiId ci = {};             // what they share; none: their words
  std::vector<Ticket> incidents;  // newest first
};

// Those with most incidents first. Incidents of a problem, rejected ones too, are left out, and of more than
// 5000 the oldest. Of candidates with the same incidents only the first of: cause, item and category, words.
std::vector<ProblemCandidate> problem_candidates(const Operation& operation);

// Opens a problem with its incidents, and with the reason as its evidence. Errc::not_found: there is no such
// candidate any more; else as open_ticket() and relate_tickets().
base::Result<Ticket> open_candidate(const Operation& operation, std::string_view key);

}  // namespace censo::desk
