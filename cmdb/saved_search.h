// Searches that people gave a name.
#pragma once

#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"

#include <string>
#include <vector>

namespace censo::cmdb {

struct SavedSearch {
  std::string name, owner, query;
  base::TimeMs created_at = 0, changed_at = 0;
};

// New, or in place of the owner's own. Errc::invalid_argument: a name that is none (letters, digits, "-", "_"
// and ".", at most 64), or a query that cannot be run today; Errc::conflict: somebody else's, unless
// `any_owner`.
base::Result<SavedSearch> save_search(store::Transaction& tx, const ClassCatalog& catalog, SavedSearch wanted,
                                      bool any_owner);
// Errc::not_found.
base::Result<SavedSearch> find_saved_search(store::Transaction& tx, std::string_view name);
// Errc::not_found, Errc::conflict.
base::Result<void> delete_saved_search(store::Transaction& tx, std::string_view name, std::string_view owner,
                                       bool any_owner);
// By name.
Page<SavedSearch> saved_searches(store::Transaction& tx, const PageRequest& page);

}  // namespace censo::cmdb
