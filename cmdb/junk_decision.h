// What people decide on values that name nothing, with what follows for items that are known already.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "cmdb/junk.h"
#include "cmdb/store/transaction.h"

namespace censo::cmdb {

// As add_junk(). Links that only this value made become questions, questions that only it was the ground for
// are dropped.
base::Result<JunkEntry> declare_junk(store::Transaction& tx, const base::Clock& clock,
                                     const JunkChange& change);
// As remove_junk(). Items that carry the value are found by it again; those that it shows to be one thing are
// joined, or people are asked where rules must not. Cost: one pass over what all sources said.
base::Result<void> clear_junk(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                              const JunkChange& change);

}  // namespace censo::cmdb
