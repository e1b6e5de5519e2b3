// Inserts of many rows: on a server each statement is a journey.
#pragma once

#include "cmdb/store/transaction.h"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace censo::store {

// One statement's texts, for as many rows as there are. Immutable, safe from any thread: made once and kept.
class ManyRows {
 public:
  // `insert` is "insert into TABLE (COLUMNS) values " for so many columns.
  ManyRows(std::string_view insert, std::size_t columns);
  // Row after row, each as many parameters as there are columns; none is fine. Throws std::invalid_argument
  // for a part of a row.
  void insert(Transaction& tx, std::span<const Parameter> parameters) const;

 private:
  struct Text {
    std::size_t parameters;
    std::string sql;
  };
  std::size_t columns_;
  std::array<Text, 3> texts_;  // most rows first; the last is of one row
};

}  // namespace censo::store
