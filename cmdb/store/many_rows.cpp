#include "cmdb/store/many_rows.h"

#include <algorithm>
#include <stdexcept>

namespace censo::store {
namespace {

std::string with_rows(std::string_view insert, std::size_t columns, std::size_t rows) {
  std::string sql(insert);
  for (std::size_t row = 0; row < rows; ++row) {
    sql += row == 0 ? "(" : ", (";
    for (std::size_t column = 1; column <= columns; ++column)
      sql += (column == 1 ? "$" : ", $") + std::to_string(row * columns + column);
    sql += ')';
  }
  return sql;
}

}  // namespace

ManyRows::ManyRows(std::string_view insert, std::size_t columns) : columns_(columns) {
  constexpr std::array<std::size_t, 3> rows{50, 8, 1};
  for (std::size_t i = 0; i < rows.size(); ++i)
    texts_[i] = {rows[i] * columns, with_rows(insert, columns, rows[i])};
}

void ManyRows::insert(Transaction& tx, std::span<const Parameter> parameters) const {
  if (parameters.size() % columns_ != 0)
    throw std::invalid_argument("expected whole rows of " + std::to_string(columns_) + " columns");
  while (!parameters.empty()) {
    const auto& text =
        *std::ranges::find_if(texts_, [&](const Text& one) { return one.parameters <= parameters.size(); });
    tx.query_list(text.sql, parameters.first(text.parameters));
    parameters = parameters.subspan(text.parameters);
  }
}

}  // namespace censo::store
