// Two items that are one thing: an edge from the one to the other, which is shown for both. Nothing is
// deleted or rewritten by a merge; taking the edge away gives both items back.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"

#include <string>
#include <utility>
#include <vector>

namespace censo::cmdb {

// The item that is shown for `ci`: itself, or the end of the merge edges that begin at it.
CiId root_of(store::Transaction& tx, CiId ci);
// `root` first, then all that are merged into it, directly or not.
std::vector<CiId> members_of(store::Transaction& tx, CiId root);

// Who joins or parts, and why: kept in merge_record, and in the history of both items.
struct MergeAct {
  std::string actor;  // "person ana"; "rule boot_ids" where the evidence decides
  std::string reason;
  base::TimeMs now = 0;
};
// From now on `ci`, with all that is merged into it, is shown as `into` (or as what that is merged into),
// whose values are chosen from the sources of both. Errc::conflict: `ci` is merged already, or `into` is
// merged into it; Errc::not_found.
base::Result<void> merge_item(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                              std::pair<CiId, CiId> ci_into, const MergeAct& act);
// Both are as if they had never been merged. Errc::conflict: it is not merged.
base::Result<void> unmerge_item(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                                CiId ci, const MergeAct& act);

struct MergeRecord {
  CiId ci, into;
  base::TimeMs at = 0, undone_at = 0;  // 0: it holds
  std::string actor, reason, undone_by, undo_reason;
};
// Of the item and of what is merged into it, newest first.
std::vector<MergeRecord> merges_of(store::Transaction& tx, CiId ci);

}  // namespace censo::cmdb
