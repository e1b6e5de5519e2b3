// Whether one item is among those that a query asks for, without a search: by what the item itself says.
#pragma once

#include "cmdb/configuration_item.h"
#include "cmdb/query_terms.h"

namespace censo::cmdb {

// Errc::invalid_argument with the place: only class, name, stage, attributes and first_seen are the item's
// own.
base::Result<void> check_own_terms(const BoundQuery& query);

// Of a query that passed the check; others fit nothing. The very item, also where it is merged into another.
// Cost: one row.
bool fits_item(store::Transaction& tx, const BoundQuery& query, CiId ci);

}  // namespace censo::cmdb
