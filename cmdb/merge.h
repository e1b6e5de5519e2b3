// Two items that are one thing: an edge from the one to the other, which is shown for both. Nothing is
// deleted or rewritten by a merge; taking the edge away gives both items back.
#pragma once

#include "cmdb/configuration_item.h"

#include <vector>

namespace censo::cmdb {

// The item that is shown for `ci`: itself, or the end of the merge edges that begin at it.
CiId root_of(store::Transaction& tx, CiId ci);
// `root` first, then all that are merged into it, directly or not.
std::vector<CiId> members_of(store::Transaction& tx, CiId root);

}  // namespace censo::cmdb
