// What the packed list of an item's components was before: for each change the ids that came and went.
#pragma once

#include "cmdb/reporting_source.h"
#include "cmdb/row_id.h"
#include "cmdb/store/transaction.h"

#include <string>
#include <vector>

namespace censo::cmdb {

struct ComponentSet;  // cmdb/component_store.h

struct ComponentChange {
  CiId ci;
  SourceId source;
  std::string section;
  base::TimeMs at = 0;
  RowIds removed, added;  // as multisets
};
// A change that only undoes the last one of the same set, or does it again, within `fold_within_ms` is one
// time more in its row.
void keep_component_change(store::Transaction& tx, const ComponentChange& change, base::TimeMs fold_within_ms,
                           const base::Clock& clock);

// The source's sets of `from` become those of `ci`, from now on; what was stays told of `from`.
void give_components(store::Transaction& tx, const base::Clock& clock, SourceId source, CiId from, CiId ci);

// The sets of an item as they were: ids only, since rows of transient classes and operational attributes have
// no past. Sets that were not said yet are left out. One index search for the sets, one for their changes.
std::vector<ComponentSet> components_at(store::Transaction& tx, CiId ci, base::TimeMs at);

}  // namespace censo::cmdb
