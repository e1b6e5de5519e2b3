// Since when the values that an item shows have stood, and who confirmed them last.
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <string>
#include <vector>

namespace censo::cmdb {

struct StandingValue {
  std::string attribute;
  inventory::Value value;
  base::TimeMs since = 0;            // when it became so; 0: an operational attribute, which has no history
  base::TimeMs not_before = 0;       // it became so after that; 0: not known
  base::TimeMs confirmed_at = 0;     // the last report of a source that says it; 0: none does any more
  std::vector<std::string> origins;  // "agent", "scanner": those that say it
};
// By attribute. Errc::not_found.
base::Result<std::vector<StandingValue>> standing_values(store::Transaction& tx, const ClassCatalog& catalog,
                                                         CiId ci);

}  // namespace censo::cmdb
