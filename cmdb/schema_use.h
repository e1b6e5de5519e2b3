// Whether items, components or relationships stand in the way of a change of the schema.
#pragma once

#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "cmdb/store/transaction.h"

namespace censo::cmdb {

// What was valid under `before` must be valid under `after`: the class is there and not abstract, of the same
// kind and identity, every value that an item or component has still fits; every relationship's type is there
// and takes its ends. Errc::conflict with reason IN_USE, the number of the items in the way and the first
// ids. Definitions that only widen cost nothing; for others every item of the class is looked at.
base::Result<void> check_use(store::Transaction& tx, const ClassTables& before, const ClassTables& after);

}  // namespace censo::cmdb
