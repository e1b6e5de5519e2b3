// A section of a report whose digest is not the stored one.
#pragma once

#include "inventory/item_text.h"
#include "inventory/report.h"

namespace censo::cmdb {

struct ChangedSection {
  const inventory::Section* section = nullptr;
  bool was_complete = false;                    // at least once before: what it lacked then was not there
  const inventory::ItemTexts* texts = nullptr;  // its items, where they are left as text
};

}  // namespace censo::cmdb
