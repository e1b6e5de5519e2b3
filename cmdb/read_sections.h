// The components of a report's sections as they are stored.
#pragma once

#include "cmdb/row_columns.h"
#include "cmdb/row_memory.h"

#include <cstddef>
#include <deque>
#include <functional>
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

// Of a report's sections that came as text, by name: read when they are checked, and not again.
struct ReadSections {
  RowMemory* memory = nullptr;
  std::map<std::string, SectionRows, std::less<>> rows;
};

}  // namespace censo::cmdb
