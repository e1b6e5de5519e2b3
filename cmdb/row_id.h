// Ids of component_row, as lists of them are passed about.
#pragma once

#include <cstdint>
#include <vector>

namespace censo::cmdb {

using RowId = std::int64_t;
using RowIds = std::vector<RowId>;  // sorted; the same row twice is the same id twice

}  // namespace censo::cmdb
