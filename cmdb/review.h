// Pairs of items that may be one thing: asked of people, or decided by time where time tells. Until then both
// are items of their own, so that nothing is lost.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/explanation.h"
#include "cmdb/reporting_source.h"
#include "cmdb/store/transaction.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

using ReviewId = base::Id<struct ReviewTag>;

struct Review {
  ReviewId id;
  CiId ci, other;  // what was reported, and the item that it may be
  std::string ci_name, ci_class, other_name, other_class;
  std::string kind;   // "score", "contradiction", "live_agents", "name_only", "pending_asset", "duplicates",
                      // "learnt_junk"
  std::string state;  // "waiting", "open", "later"; decided: "same", "different", "dropped"
  double score = 0;
  Explanation explanation;
  SourceId source;  // the stream that a decision on learnt junk would move
  base::TimeMs at = 0, decided_at = 0;
  std::string decided_by, reason;
};

struct ReviewQuestion {
  CiId ci, other;
  std::string kind;
  bool waiting = false;  // time may tell: see settle_reviews()
  Explanation explanation;
  SourceId source;
  base::TimeMs now = 0;
};
// A pair is asked about once: one that was found different only when the evidence for it has a value that it
// had not.
void ask_review(store::Transaction& tx, const base::Clock& clock, const ReviewQuestion& question);

// `state` "" = open and later; "all". Newest first.
base::Result<Page<Review>> list_reviews(store::Transaction& tx, std::string_view state,
                                        const PageRequest& page);
base::Result<Review> find_review(store::Transaction& tx, std::string_view id);
// Those not decided that speak of the item or of what is merged into it.
std::vector<Review> reviews_of(store::Transaction& tx, CiId ci);

struct ReviewDecision {
  std::string decision;  // "same", "different", "later"
  std::string actor, reason;
  base::TimeMs now = 0;
};
// same: the reported item is merged into the other. different: remembered; a merge that the rules made is
// undone, and a stream that was linked by junk gets an item of its own. Errc::conflict: decided already and
// nothing to undo.
base::Result<void> decide_review(store::Transaction& tx, const ClassCatalog& catalog,
                                 const base::Clock& clock, const Review& review,
                                 const ReviewDecision& decision);
// After a person merged or parted two items: the pair is decided.
void note_decision(store::Transaction& tx, const base::Clock& clock, std::pair<CiId, CiId> pair,
                   const ReviewDecision& decision);

}  // namespace censo::cmdb
