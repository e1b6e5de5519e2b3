// The components of one section of a report as they are stored.
#pragma once

#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "cmdb/item_text_walk.h"
#include "cmdb/row_columns.h"
#include "cmdb/row_memory.h"
#include "inventory/item_text.h"
#include "inventory/report.h"

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::cmdb {

// Points into the report and the catalogue.
struct SectionRows {
  RowIds ids;                    // in the order of the report; 0: of the next of `unknown`
  std::vector<RowText> unknown;  // rows that are not remembered
  std::deque<std::string> kept;  // texts of those that do not stand in the report so
  RowColumns operational;        // by place in `ids`
  std::vector<std::pair<std::string_view, std::size_t>> transient;  // class, and how many rows of it follow
  RowColumns transient_values;
};

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

// Of a report's sections that came as text, by name: read when they are checked, and not again.
struct ReadSections {
  RowMemory* memory = nullptr;
  std::map<std::string, SectionRows, std::less<>> rows;
};

}  // namespace censo::cmdb
