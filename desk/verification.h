// Whether what happened is what was meant (service-desk rules 37 and 38).
#pragma once

#include "desk/difference.h"
#include "desk/ticket.h"

#include <string>
#include <vector>

namespace censo::desk {

struct Observation {
  Modification modification;
  std::vector<DetectedChange> seen;  // that are matched with the change and are what it means
  std::string verdict;               // "observed", "other value", "not observed"
};

struct Verification {
  std::vector<Observation> planned;
  std::vector<DetectedChange>
      unplanned;  // of the scope, in its actual window with grace, by nothing explained

  bool as_planned() const;
  std::string text() const;  // "1 of 3 planned modifications not observed, 2 unplanned"
};

Verification verify(const Operation& operation, const Ticket& change);

}  // namespace censo::desk
