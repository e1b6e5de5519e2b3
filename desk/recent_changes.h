// What changed just before a ticket was opened, on what it names and on what that needs; and what of it is
// likely to be the cause (service-desk rules 06 and 68).
#pragma once

#include "desk/difference.h"
#include "desk/ticket.h"

#include <cstddef>
#include <string>
#include <vector>

namespace censo::desk {

// An item that may have caused the ticket: named in it, or one that these need.
struct Suspect {
  cmdb::CiId ci;
  std::string class_name, name;
  std::size_t depth = 0;                 // steps up from what is named
  std::string path;                      // "named in the ticket", "needed by web01"
  cmdb::CiId needed_by = {};             // one step back towards what is named; of these none
  std::vector<cmdb::CiId> members = {};  // itself and what is merged with it
};

struct RecentDetected {
  DetectedChange change;
  std::size_t depth = 0;
  std::string path;
};
struct RecentPlanned {
  Ticket change;
  Window window;  // actual where it is known, else planned
  cmdb::CiId ci;  // of its scope, the nearest
  std::string ci_name;
  std::size_t depth = 0;
};
struct RecentChanges {
  base::TimeMs since = 0, until = 0;
  std::vector<RecentDetected> detected;  // newest first; noise and what is expected left out
  std::vector<RecentPlanned> planned;    // whose window touches the time, by number
  bool truncated = false;
};

struct LookBack {
  base::TimeMs span_ms = base::TimeMs{72} * 60 * 60 * 1000;
  std::size_t max_suspects = 500;
  cmdb::Moment walk_at = {};  // nothing: the graph of now, in a read transaction
};
std::vector<Suspect> suspects_of(const Operation& operation, const Ticket& ticket, const LookBack& back);
// Those, and what stands above them; no further than what is sound.
std::vector<Suspect> with_what_they_need(const Operation& operation, std::vector<Suspect> named,
                                         std::vector<cmdb::CiId> sound, const LookBack& back);
RecentChanges changes_before(const Operation& operation, const Ticket& ticket, const LookBack& back = {});
// The same, of suspects that are known already.
RecentChanges changes_before(store::Transaction& tx, const Ticket& ticket,
                             const std::vector<Suspect>& suspects, base::TimeMs span_ms);

struct ProbableCause {
  cmdb::CiId ci;
  std::string class_name, ci_name;
  double score = 0;     // 0 to 2; for the order alone
  std::string kind;     // detected_change, change, incident, stale
  std::string subject;  // id of a detected change, number of a ticket; "" for stale
  std::vector<std::string> reasons;
};
// The likeliest first; of one item its likeliest, with up to three other changes among its reasons.
std::vector<ProbableCause> probable_causes(const Operation& operation, const Ticket& ticket,
                                           const LookBack& back = {}, std::size_t limit = 10);

// Keeps the ranking of now beside the cause that was found.
void keep_ranking(const Operation& operation, const Ticket& ticket);
struct HitRate {
  std::int64_t tickets = 0, first = 0, first_three = 0, ranked = 0;
};
HitRate hit_rate(store::Transaction& tx);

}  // namespace censo::desk
