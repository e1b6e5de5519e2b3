// A stream of reports that was taken for an item and is of another thing: it gets an item of its own, with
// all that it said.
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/merge.h"
#include "cmdb/reporting_source.h"
#include "cmdb/store/transaction.h"

namespace censo::cmdb {

// The new item; none when the stream has no values, or is the only one of its item.
CiId move_source(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                 SourceId source, const MergeAct& act);
// All of an item's sources say to which item they belong: the stream is given to `ci`. What it said until now
// stays the past of `from`.
void give_source(store::Transaction& tx, const base::Clock& clock, SourceId source, CiId from, CiId ci);

}  // namespace censo::cmdb
