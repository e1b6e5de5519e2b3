// Makes detected changes out of the history, after the reports that told it are committed: reports do not
// wait for it. All functions run inside a caller's transaction.
#pragma once

#include "desk/difference.h"
#include "desk/ticket.h"

#include <cstddef>
#include <optional>
#include <string>

namespace censo::desk {

struct DetectionRules;  // desk/detection_rules.h

// Entries younger than this may have older ones that are not committed yet, by another collector.
inline constexpr base::TimeMs settled_after_ms = 15'000;

// Looks at the next entries of the history, at most `limit`. True: there may be more.
bool detect(const Operation& operation, std::size_t limit);

// Rule 43: the change that explains it. Of several the one with the best verdict.
struct Explained {
  std::string ticket, verdict;
};
std::optional<Explained> explanation_of(const Operation& operation, const DetectedChange& detected);

// Whether the difference is what the modification means, whatever the value.
bool is_meant(const DetectionRules& rules, const Modification& modification, const DetectedChange& detected);
bool has_value(const Modification& modification, const DetectedChange& detected);

// What was called new or unauthorised in the scope of a change before it was said to be under way is matched
// now.
void match_again(const Operation& operation, const Ticket& change);

}  // namespace censo::desk
