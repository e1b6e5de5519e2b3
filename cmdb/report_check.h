// A report against the class catalogue, before anything is looked up or written.
#pragma once

#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "inventory/report.h"

namespace censo::cmdb {

// Every class, attribute, relation type and ref is known and fits. Errc::malformed for the first fault,
// `where` its JSON pointer in the report: "/sections/2/items/7/attributes/size_bytes".
base::Result<void> check_report(const ClassCatalog& catalog, const inventory::Report& report);

}  // namespace censo::cmdb
