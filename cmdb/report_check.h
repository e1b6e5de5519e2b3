// A report against the class catalogue, before anything is looked up or written.
#pragma once

#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "cmdb/store/transaction.h"
#include "inventory/item_text.h"
#include "inventory/report.h"

namespace censo::cmdb {

// Every class, attribute, relation type and ref is known and fits. Errc::malformed for the first fault,
// `where` its JSON pointer in the report: "/sections/2/items/7/attributes/size_bytes".
base::Result<void> check_report(const ClassCatalog& catalog, const inventory::Report& report,
                                const inventory::ReportTexts& texts = {});
// By the definitions that hold now, for users may have changed them, through another collector too; and every
// item that an attribute refers to is there.
base::Result<void> check_report(store::Transaction& tx, const ClassCatalog& catalog,
                                const inventory::Report& report, const inventory::ReportTexts& texts);

}  // namespace censo::cmdb
