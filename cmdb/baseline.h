// Moments and sets of items that people gave a name, to compare with later. While one is there, housekeeping
// throws nothing away of the time from its moment on.
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

using BaselineId = base::Id<struct BaselineTag>;

struct Baseline {
  BaselineId id;
  std::string name, description;
  base::TimeMs at = 0;
  bool whole = true;      // of everything; otherwise of its items
  std::size_t items = 0;  // of a set
  base::TimeMs created_at = 0;
  std::string created_by;
};

struct NewBaseline {
  std::string name, description, created_by;
  base::TimeMs at = 0;
  std::vector<CiId> items;  // none: of everything; at most 10,000
};
// Errc::conflict: the name is taken. Errc::invalid_argument: the name could be taken for a time or an id, or
// too many items.
base::Result<Baseline> make_baseline(store::Transaction& tx, const base::Clock& clock,
                                     const NewBaseline& wanted);
// By id or name. Errc::not_found.
base::Result<Baseline> find_baseline(store::Transaction& tx, std::string_view id_or_name);
// Newest first.
base::Result<Page<Baseline>> list_baselines(store::Transaction& tx, const PageRequest& page);
std::vector<CiId> items_of_baseline(store::Transaction& tx, BaselineId id);
void delete_baseline(store::Transaction& tx, BaselineId id);

}  // namespace censo::cmdb
