// What differs between two moments. What went away and came back in between is no difference.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <functional>
#include <string>
#include <vector>

namespace censo::cmdb {

struct Difference {
  CiId ci;
  std::string class_name, name;  // at the later moment, or at the earlier where it is gone
  // "item_added", "item_removed", "attribute" (also class, name and stage), "component_added",
  // "component_removed", "component_changed", "relationship_begun", "relationship_ended"
  std::string what;
  std::string subject;  // attribute, component class and key, relationship type and other end
  std::string old_value, new_value;
};

struct TwoMoments {
  const ClassCatalog& catalog;
  base::TimeMs from = 0, to = 0;  // from is not after to
};

// Of one item, as far as it was shown by itself; of one that came or went that alone. Errc::not_found: known
// at neither; Errc::expired: not kept.
base::Result<std::vector<Difference>> differences_of(store::Transaction& tx, CiId ci,
                                                     const TwoMoments& between);
// Of a set; a relationship between two of them is told at its `from` end alone. Items known at neither moment
// are passed over.
base::Result<std::vector<Difference>> differences_of(store::Transaction& tx, const std::vector<CiId>& items,
                                                     const TwoMoments& between);
// Of everything, by item; all differences of an item are on one page, so that a page may be longer than
// asked. Only items that changed since the earlier moment are looked at, at most 2,000 a page: a page may
// also be short and have a next one. Components whose past is not kept are passed over: see not_kept_at().
base::Result<Page<Difference>> differences_of_all(store::Transaction& tx, const TwoMoments& between,
                                                  const PageRequest& page);

// The item, with what it needs and what needs it, at either moment: along relation types that carry harm. At
// most 5,000.
std::vector<CiId> service_of(store::Transaction& tx, CiId ci, const TwoMoments& between);

}  // namespace censo::cmdb
