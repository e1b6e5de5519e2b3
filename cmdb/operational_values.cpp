#include "cmdb/operational_values.h"

#include "base/text.h"
#include "cmdb/exact_time.h"
#include "cmdb/stored_json.h"

#include <array>
#include <charconv>
#include <optional>

namespace censo::cmdb {
namespace {

using Column = std::vector<std::string_view>;  // "": the row has no value

std::string_view value_at(const Column& column, std::size_t row) {
  return row < column.size() ? column[row] : std::string_view();
}

// Nothing: there is another value than a time in the form of base::to_iso8601().
std::optional<std::string> differences(const Column& column, std::span<const std::size_t> order) {
  std::string out;
  ExactTimes times;
  base::TimeMs last = 0;
  std::array<char, 24> digits{};
  for (const std::size_t row : order) {
    out += out.empty() ? '[' : ',';
    const std::string_view value = value_at(column, row);
    if (value.empty()) {
      out += "null";
      continue;
    }
    const auto time = times.time_of(value);
    if (!time) return std::nullopt;
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), *time - last).ptr);
    last = *time;
  }
  return out + ']';
}

std::string texts(const Column& column, std::span<const std::size_t> order) {
  std::string out;
  for (const std::size_t row : order) {
    out += out.empty() ? '[' : ',';
    const std::string_view value = value_at(column, row);
    out += value.empty() ? "null" : value;
  }
  return out + ']';
}

}  // namespace

void OperationalValues::add(std::size_t row, std::string_view attribute, std::string_view json) {
  auto column = columns_.find(attribute);
  if (column == columns_.end()) column = columns_.emplace(attribute, Column()).first;
  if (column->second.size() <= row) column->second.resize(row + 1);
  column->second[row] = json;
}

void OperationalValues::add(std::size_t row, const inventory::Attributes& values) {
  for (const auto& [name, value] : values) add(row, name, texts_.emplace_back(cmdb::to_json(value)));
}

std::string OperationalValues::to_json(std::span<const std::size_t> order) const {
  std::string out = "{";
  for (const auto& [name, column] : columns_) {
    if (out.size() > 1) out += ',';
    base::append_json_string(out, name);
    out += ':';
    if (const auto times = differences(column, order)) {
      out += std::string("{\"") + times_mark + "\":" + *times + "}";
    } else {
      out += texts(column, order);
    }
  }
  return out + "}";
}

}  // namespace censo::cmdb
