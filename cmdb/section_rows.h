// Makes the components of one section of a report ready to be stored.
#pragma once

#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "cmdb/item_text_walk.h"
#include "cmdb/read_sections.h"
#include "inventory/item_text.h"
#include "inventory/report.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace censo::cmdb {

class SectionRowReader {
 public:
  // `memory` may be null.
  SectionRowReader(const ClassCatalog& catalog, RowMemory* memory)
      : memory_(memory), walk_(catalog), catalog_(catalog) {}

  // Items that were checked.
  SectionRows of_items(const std::vector<const inventory::Item*>& items);
  // Checks them besides, as check_text() does; `where` of an Error begins with "/items/<place>".
  base::Result<SectionRows> of_texts(const inventory::ItemTexts& items);

 private:
  void add_transient(std::string_view class_name);
  void add_row(const inventory::ItemText& item);
  RowText lasting(const inventory::ItemText& item);

  RowMemory* const memory_;
  ItemTextWalk walk_;
  const ClassCatalog& catalog_;
  SectionRows rows_;
  std::size_t transient_ = 0;  // rows so far
};

}  // namespace censo::cmdb
