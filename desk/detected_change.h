// Detected changes (service-desk rules 40 to 46): differences that reports told, each with its interval and
// what became of it. How they are made is desk/detection.h. All functions run inside a caller's transaction.
#pragma once

#include "desk/difference.h"
#include "desk/ticket.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

bool is_detected_state(std::string_view state);

// What is empty or 0 does not matter.
struct DetectedFilter {
  std::string state = {};
  cmdb::CiId ci = {};  // with all that is merged with it
  std::string ticket = {};
  DetectedId group = {};
  base::TimeMs since = 0, until = 0;
};
// Newest first. Errc::malformed for a bad cursor.
base::Result<cmdb::Page<DetectedChange>> list_detected(store::Transaction& tx, const DetectedFilter& filter,
                                                       const cmdb::PageRequest& page);
base::Result<DetectedChange> find_detected(store::Transaction& tx, DetectedId id);  // Errc::not_found

// Groups of unauthorised ones: an item's that came together (rule 44), newest first.
struct DetectedGroup {
  DetectedId id;
  cmdb::CiId ci;
  std::string class_name, ci_name;
  base::TimeMs first_at = 0, last_at = 0;
  std::int64_t changes = 0;
  std::string first_subject;
};
base::Result<cmdb::Page<DetectedGroup>> list_groups(store::Transaction& tx, const cmdb::PageRequest& page);

// A person's verdict. All need the role change_manager (Errc::permission_denied) and a reason
// (Errc::invalid_argument); Errc::conflict, DECIDED: it is none that waits for one.
// Rule 45: a retrospective change of it, or of its whole group, in one step. The change.
base::Result<Ticket> accept_detected(const Operation& operation, DetectedId id, bool whole_group,
                                     const std::string& reason);
// By hand: the change that made it.
base::Result<DetectedChange> match_detected(const Operation& operation, DetectedId id,
                                            std::string_view change, const std::string& reason);
// Rule 46: noise or expected; until that day the same difference of this item, or of its class, is so by
// itself.
struct Dismissal {
  std::string state;  // "noise" or "expected"
  std::string reason;
  base::TimeMs until = 0;  // 0: this one alone
  bool whole_class = false, any_value = true;
};
base::Result<DetectedChange> dismiss_detected(const Operation& operation, DetectedId id,
                                              const Dismissal& dismissal);

}  // namespace censo::desk
