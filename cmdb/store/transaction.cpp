#include "cmdb/store/transaction.h"

namespace censo::store {
namespace {

template <class T>
const T& cell_as(const std::vector<Cell>& cells, std::size_t column, const char* expected) {
  if (column >= cells.size()) {
    throw StoreError(StoreError::Kind::statement, "expected column " + std::to_string(column) +
                                                      ", the row has " + std::to_string(cells.size()) +
                                                      " columns");
  }
  if (const T* value = std::get_if<T>(&cells[column])) return *value;
  static constexpr const char* names[] = {"null", "integer", "decimal", "text", "bytes"};
  throw StoreError(StoreError::Kind::statement, "expected " + std::string(expected) + " in column " +
                                                    std::to_string(column) + ", found " +
                                                    names[cells[column].index()]);
}

}  // namespace

std::int64_t Row::integer(std::size_t column) const {
  return cell_as<std::int64_t>(cells_, column, "integer");
}

double Row::decimal(std::size_t column) const {
  return cell_as<double>(cells_, column, "decimal");
}

const std::string& Row::text(std::size_t column) const {
  return cell_as<std::string>(cells_, column, "text");
}

const base::Bytes& Row::bytes(std::size_t column) const {
  return cell_as<base::Bytes>(cells_, column, "bytes");
}

bool Row::is_null(std::size_t column) const {
  return column < cells_.size() && std::holds_alternative<std::nullptr_t>(cells_[column]);
}

std::optional<std::int64_t> Row::maybe_integer(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<std::string> Row::maybe_text(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

}  // namespace censo::store
