// What attributes say across items: values that name another item, and values that only one item may have.
#pragma once

#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"
#include "inventory/report.h"

#include <optional>
#include <string>
#include <vector>

namespace censo::cmdb {

// The item that an attribute of type reference names.
struct Reference {
  std::string attribute;
  CiId ci;
  std::string class_name, name;
};
// As shown beside the item; a reference to what is no more there is left out.
std::vector<Reference> references_in(store::Transaction& tx, const ClassCatalog& catalog,
                                     std::string_view class_name, const inventory::Attributes& attributes);

// Every referenced item is there (a retired one counts) and of the class that the attribute leads to.
// Errc::malformed, `where` "/attributes/<name>".
base::Result<void> check_references(store::Transaction& tx, const ClassCatalog& catalog,
                                    const ClassDefinition& definition,
                                    const inventory::Attributes& attributes);
// The same for all of a report; `where` is the pointer in the report.
base::Result<void> check_references(store::Transaction& tx, const ClassCatalog& catalog,
                                    const inventory::Report& report);

// Another item that has a value which only one may have.
struct TakenValue {
  std::string attribute, value;
  CiId owner;
};
// Of the unique attributes of `ci`'s class; the first found. Items that are merged with `ci` do not count.
std::optional<TakenValue> taken_value(store::Transaction& tx, const ClassCatalog& catalog, CiId ci,
                                      std::string_view class_name, const inventory::Attributes& attributes);

}  // namespace censo::cmdb
