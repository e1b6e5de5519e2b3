// The figures of data health that are no searches: what two items share, and what two sources say
// differently.
#pragma once

#include "cmdb/data_health.h"

#include <string>
#include <vector>

namespace censo::cmdb {

// Keys of these rules that several items have, merged ones aside.
std::size_t count_shared_keys(store::Transaction& tx, const std::vector<std::string>& rules);
base::Result<Page<HealthFinding>> shared_keys(store::Transaction& tx, const std::vector<std::string>& rules,
                                              const PageRequest& page);

// Pairs of items that may be one, until somebody decides.
std::size_t count_open_reviews(store::Transaction& tx);
base::Result<Page<HealthFinding>> open_reviews(store::Transaction& tx, const PageRequest& page);

// Attributes of which two sources say different things, one finding each; operational ones and lists aside.
// Counted are items.
std::size_t count_conflicting_values(store::Transaction& tx, const ClassCatalog& catalog);
base::Result<Page<HealthFinding>> conflicting_values(store::Transaction& tx, const ClassCatalog& catalog,
                                                     const PageRequest& page);

}  // namespace censo::cmdb
