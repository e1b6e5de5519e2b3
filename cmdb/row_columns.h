// Attributes of many rows as they are stored, turned round: all values of one attribute, then all of the
// next. Times and integers are differences to the row before, as varints; values that come again stand there
// once, and each row says which of them is its own; everything is compressed. A
// package's time of installation then costs a bit or two where a text costs eight bytes.
#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "cmdb/exact_time.h"
#include "inventory/report.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

class RowColumns {
 public:
  // `json` is the value's JSON text in canonical form and outlives this.
  void add(std::size_t row, std::string_view attribute, std::string_view json);
  void add_time(std::size_t row, std::string_view attribute, base::TimeMs time);
  void add(std::size_t row, const inventory::Attributes& values);
  bool empty() const { return columns_.empty(); }
  // With the rows in this order. Empty: there are no values.
  base::Bytes pack(std::span<const std::size_t> order) const;

 private:
  enum class Kind : std::uint8_t { none, other, integer, time };
  struct Cell {
    Kind kind = Kind::none;
    std::int64_t number = 0;
    std::string_view json;  // empty for a time
  };
  struct Column {
    std::string name;
    std::vector<Cell> cells;
  };

  static std::string packed(const Column& column, std::span<const std::size_t> order);
  Cell& cell(std::size_t row, std::string_view attribute);

  std::vector<Column> columns_;
  std::size_t next_ = 0;  // rows have mostly the same attributes in the same order
  ExactTimes times_;
  std::deque<std::string> texts_;  // what add() was not given as text
};

// By place, as many as there are rows. Throws std::runtime_error when the bytes are not of so many rows.
std::vector<inventory::Attributes> unpack_columns(std::span<const std::uint8_t> bytes, std::size_t rows);
// Whether the bytes are of RowColumns and not of the JSON that was stored before.
bool are_columns(std::span<const std::uint8_t> bytes);

}  // namespace censo::cmdb
