// Values of rows that are kept but are no part of the row (when a package was installed), as they are stored
// beside the list of row ids: {"<attribute>": [a value for each row, or null]}. A column of nothing but times
// is
// {"<attribute>": {"ms": [the first in milliseconds since 1970, then each one's difference to the one
// before]}}: 1 or 2 bytes a row, once compressed, instead of 8.
#pragma once

#include "inventory/report.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

constexpr const char* times_mark = "ms";

class OperationalValues {
 public:
  // `json` is the value's JSON text and outlives this.
  void add(std::size_t row, std::string_view attribute, std::string_view json);
  void add(std::size_t row, const inventory::Attributes& values);
  // With the rows in this order. "{}": there are no values.
  std::string to_json(std::span<const std::size_t> order) const;

 private:
  std::map<std::string, std::vector<std::string_view>, std::less<>> columns_;
  std::deque<std::string> texts_;  // what add() was not given as text
};

}  // namespace censo::cmdb
