#include "cmdb/row_columns.h"

#include "base/text.h"
#include "cmdb/packed_bytes.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <stdexcept>
#include <unordered_map>

namespace censo::cmdb {
namespace {

constexpr std::uint8_t columns_mark = 1;  // no frame of zstd begins so
constexpr std::size_t most_digits = 18;   // differences then fit 64 bits

// What a column holds: letters, so that a stored one can be read by eye.
constexpr char of_values = 'v', of_integers = 'i', of_times = 't', of_repeated = 'r';

std::optional<std::int64_t> integer_in(std::string_view json) {
  const std::size_t digits = json.size() - (json.starts_with('-') ? 1 : 0);
  if (digits > most_digits) return std::nullopt;
  return base::parse_integer(json);
}

void append_text(std::string& out, std::string_view text) {
  append_number(out, text.size());
  out += text;
}

[[noreturn]] void broken(const char* what) {
  throw std::runtime_error(std::string("the stored values of rows are broken: ") + what);
}

using Values = std::vector<std::optional<inventory::Value>>;

// The different values once, then for each row which of them, from 1; 0: none.
Values repeated_values_in(std::string_view packed, std::size_t rows) {
  NumberReader reader(packed);
  const Values different = values_from_json(reader.text(reader.number()));
  Values values;
  values.reserve(std::min(rows, packed.size()));
  while (!reader.at_end()) {
    const std::uint64_t which = reader.number();
    if (which > different.size()) broken("a value that is not there");
    values.push_back(which == 0 ? std::nullopt : different[static_cast<std::size_t>(which - 1)]);
  }
  return values;
}

Values values_in(char kind, std::string_view packed, std::size_t rows) {
  if (kind == of_values) return values_from_json(packed);
  if (kind == of_repeated) return repeated_values_in(packed, rows);
  if (kind != of_integers && kind != of_times) broken("a kind of column that is not known");
  Values values;
  values.reserve(std::min(rows, packed.size()));
  NumberReader reader(packed);
  std::int64_t last = 0;
  while (!reader.at_end()) {
    const std::uint64_t difference = reader.number();
    if (difference == 0) {
      values.emplace_back();
      continue;
    }
    last = static_cast<std::int64_t>(static_cast<std::uint64_t>(last) +
                                     static_cast<std::uint64_t>(from_zigzag(difference - 1)));
    values.emplace_back(kind == of_times ? inventory::Value(base::to_iso8601(last)) : inventory::Value(last));
  }
  return values;
}

std::string array_of(std::span<const std::string_view> texts) {
  std::string out = "[";
  for (const std::string_view text : texts) {
    if (out.size() > 1) out += ',';
    out += text.empty() ? "null" : text;
  }
  return out + "]";
}

// Of JSON values; an empty text is none.
std::string packed_texts(std::span<const std::string_view> texts) {
  std::unordered_map<std::string_view, std::size_t> places;
  std::vector<std::string_view> different;
  std::string which;
  for (const std::string_view text : texts) {
    const auto [place, is_new] = places.try_emplace(text, different.size() + 1);
    if (text.empty()) place->second = 0;
    if (is_new && !text.empty()) different.push_back(text);
    append_number(which, place->second);
  }
  if (different.size() * 2 > texts.size()) return of_values + array_of(texts);
  std::string out(1, of_repeated);
  append_text(out, array_of(different));
  return out + which;
}

}  // namespace

RowColumns::Cell& RowColumns::cell(std::size_t row, std::string_view attribute) {
  if (next_ >= columns_.size() || columns_[next_].name != attribute) {
    const auto found = std::ranges::find(columns_, attribute, &Column::name);
    next_ = static_cast<std::size_t>(found - columns_.begin());
    if (found == columns_.end()) columns_.push_back({std::string(attribute), {}});
  }
  auto& cells = columns_[next_].cells;
  next_ = next_ + 1 == columns_.size() ? 0 : next_ + 1;
  if (cells.size() <= row) cells.resize(row + 1);
  return cells[row];
}

void RowColumns::add(std::size_t row, std::string_view attribute, std::string_view json) {
  if (const auto time = times_.time_of(json)) return add_time(row, attribute, *time);
  const auto number = integer_in(json);
  cell(row, attribute) = {number ? Kind::integer : Kind::other, number.value_or(0), json};
}

void RowColumns::add_time(std::size_t row, std::string_view attribute, base::TimeMs time) {
  cell(row, attribute) = {Kind::time, time, {}};
}

void RowColumns::add(std::size_t row, const inventory::Attributes& values) {
  for (const auto& [name, value] : values) add(row, name, texts_.emplace_back(to_json(value)));
}

// Its kind, and what is behind it.
std::string RowColumns::packed(const Column& column, std::span<const std::size_t> order) {
  const Cell none;
  const auto at = [&](std::size_t row) -> const Cell& {
    return row < column.cells.size() ? column.cells[row] : none;
  };
  const auto are_all = [&](Kind kind) {
    return std::ranges::all_of(
        column.cells, [kind](const auto& cell) { return cell.kind == kind || cell.kind == Kind::none; });
  };
  const bool times = are_all(Kind::time), integers = are_all(Kind::integer);
  if (!times && !integers) {
    std::deque<std::string> times_as_text;
    std::vector<std::string_view> texts;
    texts.reserve(order.size());
    for (const std::size_t row : order) {
      const Cell& cell = at(row);
      if (cell.kind == Kind::time)
        texts.push_back(times_as_text.emplace_back('"' + base::to_iso8601(cell.number) + '"'));
      else
        texts.push_back(cell.json);
    }
    return packed_texts(texts);
  }
  std::string out(1, times ? of_times : of_integers);
  std::int64_t last = 0;
  for (const std::size_t row : order) {
    const auto& cell = at(row);
    append_number(out, cell.kind == Kind::none ? 0 : zigzag(cell.number - last) + 1);
    if (cell.kind != Kind::none) last = cell.number;
  }
  return out;
}

base::Bytes RowColumns::pack(std::span<const std::size_t> order) const {
  if (columns_.empty()) return {};
  std::string all;
  for (const Column& column : columns_) {
    append_text(all, column.name);
    append_text(all, packed(column, order));
  }
  base::Bytes bytes = zipped(all);
  bytes.insert(bytes.begin(), columns_mark);
  return bytes;
}

bool are_columns(std::span<const std::uint8_t> bytes) {
  return !bytes.empty() && bytes.front() == columns_mark;
}

std::vector<inventory::Attributes> unpack_columns(std::span<const std::uint8_t> bytes, std::size_t rows) {
  std::vector<inventory::Attributes> found(rows);
  if (bytes.empty()) return found;
  const auto all = are_columns(bytes) ? unzipped(bytes.subspan(1)) : std::nullopt;
  if (!all) broken("zstd");
  NumberReader reader(*all);
  while (!reader.at_end()) {
    const std::string_view name = reader.text(reader.number()), packed = reader.text(reader.number());
    if (packed.empty()) broken("a column is empty");
    auto values = values_in(packed.front(), packed.substr(1), rows);
    if (values.size() != rows) broken("a column is of another number of rows");
    for (std::size_t row = 0; row < rows; ++row) {
      if (values[row]) found[row].set(name, std::move(*values[row]));
    }
  }
  return found;
}

}  // namespace censo::cmdb
