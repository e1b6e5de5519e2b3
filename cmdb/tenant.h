// Whose an item is: the value of its attribute `tenant`. Inside a caller's transaction.
#pragma once

#include "cmdb/configuration_item.h"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace censo::cmdb {

// What the attributes say; "": nothing.
std::string tenant_in(const inventory::Attributes& attributes);
// Of the item that is shown for it; "": nobody's in particular, or there is no such item.
std::string tenant_of(store::Transaction& tx, CiId ci);

// What is the tenant's, with what is merged into it. One query. Cost: what the tenant has.
std::set<CiId> items_of_tenant(store::Transaction& tx, std::string_view tenant);

// Whether items are the tenant's, asked of many: a few are looked up, then all of the tenant's are read once.
class OwnItems {
 public:
  OwnItems(store::Transaction& tx, std::string_view tenant) : tx_(tx), tenant_(tenant) {}
  bool has(CiId ci);

 private:
  store::Transaction& tx_;
  const std::string tenant_;
  std::size_t asked_ = 0;
  std::set<CiId> all_;
};

// As resolve_ci(), among the items of a tenant alone: others are as if they were not there. "": among all.
base::Result<ConfigurationItem> resolve_ci_of(store::Transaction& tx, std::string_view tenant,
                                              std::string_view id_or_name);

// As list_cis(), of a tenant's items alone. Cost: what the tenant has.
struct TenantItems {
  std::string_view tenant;
  const ClassCatalog& catalog;
};
base::Result<Page<ConfigurationItem>> list_cis(store::Transaction& tx, const TenantItems& of,
                                               const CiFilter& filter, const PageRequest& page);

}  // namespace censo::cmdb
