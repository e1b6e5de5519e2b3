// A report against the class catalogue, before anything is looked up or written.
#pragma once

#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "cmdb/read_sections.h"
#include "cmdb/store/transaction.h"
#include "inventory/item_text.h"
#include "inventory/report.h"

namespace censo::cmdb {

// Every class, attribute, relation type and ref is known and fits, by the definitions that hold now, for
// users may have changed them, through another collector too; and every item that an attribute refers to is
// there. Errc::malformed for the first fault, `where` its JSON pointer in the report:
// "/sections/2/items/7/attributes/size_bytes". Sections that came as text are in `read` then, by its memory.
base::Result<void> check_report(store::Transaction& tx, const ClassCatalog& catalog,
                                const inventory::Report& report, const inventory::ReportTexts& texts,
                                ReadSections& read);

}  // namespace censo::cmdb
