// Rows of components by what is in them, whoever has them. Each distinct row is stored once, so this reads
// versions of a package, not installations.
#pragma once

#include "cmdb/query_terms.h"
#include "cmdb/row_id.h"
#include "cmdb/store/transaction.h"

#include <string>

namespace censo::cmdb {

// Rows that fit a term of the kinds software, port, component and has_component. Packages by their exact name
// along an index; else every row of the class is read.
RowIds rows_that_fit(store::Transaction& tx, const BoundTerm& term);

struct PackageRow {
  RowId id = 0;
  std::string name, version, manager, architecture;
};
// By name, then id. `begins`: also longer names. At most `limit` rows.
std::vector<PackageRow> packages_named(store::Transaction& tx, const std::string& name, bool begins,
                                       std::size_t limit);
// Those behind `name`, at most `limit`, but all of the last name.
std::vector<PackageRow> packages_after(store::Transaction& tx, const std::string& name, std::size_t limit);

// Whether an installed version is what the comparison asks for, by the rules of its manager.
bool version_fits(const PackageRow& package, Comparison comparison, const std::string& wanted);

}  // namespace censo::cmdb
