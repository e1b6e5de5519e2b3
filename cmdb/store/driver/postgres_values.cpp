#include "cmdb/store/driver/postgres_values.h"

#include "base/text.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>

namespace censo::store::driver {
namespace {

using Kind = StoreError::Kind;

// From pg_type.dat: fixed for ever.
constexpr Oid boolean = 16, bytea = 17, int8 = 20, int2 = 21, int4 = 23, oid = 26, float4 = 700, float8 = 701,
              numeric = 1700;
constexpr int as_text = 0, as_binary = 1;

template <class Number>
std::string text_of(Number number) {
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

[[noreturn]] void not_a(const char* type, std::string_view text) {
  throw StoreError(Kind::statement, std::string("expected ") + type + " from PostgreSQL, found \"" +
                                        base::sanitize_utf8(text, 40) + "\"");
}

double decimal_of(std::string_view text) {
  char* end = nullptr;
  const std::string copy(text);
  const double value = std::strtod(copy.c_str(), &end);
  if (copy.empty() || *end != '\0') not_a("a decimal", text);
  return value;
}

std::int64_t integer_of(std::string_view text) {
  const auto value = base::parse_integer(text);
  if (!value) not_a("an integer of 64 bits", text);
  return *value;
}

// A sum of integers comes as numeric.
Cell number_of(std::string_view text) {
  if (const auto value = base::parse_integer(text)) return *value;
  return decimal_of(text);
}

base::Bytes bytes_of(std::string_view text) {
  if (!text.starts_with("\\x")) not_a("bytes as \\x...", text);
  auto bytes = base::from_hex(text.substr(2));
  if (!bytes) not_a("bytes as \\x...", text);
  return std::move(*bytes);
}

Cell cell_of(Oid type, std::string_view text) {
  switch (type) {
    case boolean: return std::int64_t{text == "t" ? 1 : 0};
    case int8:
    case int2:
    case int4:
    case oid: return integer_of(text);
    case float4:
    case float8: return decimal_of(text);
    case numeric: return number_of(text);
    case bytea: return bytes_of(text);
    default: return std::string(text);
  }
}

}  // namespace

PgParameters::PgParameters(std::string_view sql, std::span<const Parameter> parameters) {
  numbers_.reserve(parameters.size());
  for (const Parameter& parameter : parameters) {
    if (const auto* text = std::get_if<std::string>(&parameter)) {
      add_text(sql, *text);
    } else if (const auto* bytes = std::get_if<base::Bytes>(&parameter)) {
      const char* start = bytes->empty() ? "" : reinterpret_cast<const char*>(bytes->data());
      add(bytea, start, bytes->size(), as_binary, 'b');
    } else if (const auto* integer = std::get_if<std::int64_t>(&parameter)) {
      const std::string& number = numbers_.emplace_back(text_of(*integer));
      add(int8, number.c_str(), number.size(), as_text, 'i');
    } else if (const auto* decimal = std::get_if<double>(&parameter)) {
      const std::string& number = numbers_.emplace_back(text_of(*decimal));
      add(float8, number.c_str(), number.size(), as_text, 'd');
    } else {
      add(0, nullptr, 0, as_text, 't');
    }
  }
}

void PgParameters::add_text(std::string_view sql, const std::string& text) {
  const bool has_nul = text.find('\0') != std::string::npos;
  if (has_nul || !base::is_valid_utf8(text)) {
    throw StoreError(Kind::statement, "expected UTF-8 without NUL in parameter $" +
                                          std::to_string(values_.size() + 1) + ", found " +
                                          (has_nul ? "a NUL byte" : "bytes that are not UTF-8") + " for \"" +
                                          std::string(sql) + "\"");
  }
  add(0, text.c_str(), text.size(), as_text, 't');
}

void PgParameters::add(Oid type, const char* value, std::size_t length, int format, char letter) {
  types_.push_back(type);
  values_.push_back(value);
  lengths_.push_back(static_cast<int>(length));
  formats_.push_back(format);
  signature_.push_back(letter);
}

Row row_of(const PGresult* result, int row) {
  const int columns = PQnfields(result);
  std::vector<Cell> cells;
  cells.reserve(static_cast<std::size_t>(columns));
  for (int column = 0; column < columns; ++column) {
    if (PQgetisnull(result, row, column)) {
      cells.emplace_back(nullptr);
      continue;
    }
    const auto length = static_cast<std::size_t>(PQgetlength(result, row, column));
    cells.push_back(cell_of(PQftype(result, column), {PQgetvalue(result, row, column), length}));
  }
  return Row(std::move(cells));
}

StoreError::Kind kind_of_state(std::string_view state) {
  static constexpr std::array<std::pair<std::string_view, Kind>, 18> kinds{{
      {"40", Kind::conflict},      // serialization failure, deadlock
      {"0A000", Kind::conflict},   // mostly "cached plan must not change result type", after a migration
      {"23503", Kind::contested},  // foreign key
      {"23505", Kind::contested},  // unique key
      {"23", Kind::constraint},
      {"53100", Kind::full},
      {"53", Kind::unavailable},   // out of memory, too many connections
      {"08P01", Kind::statement},  // the wrong number of parameters
      {"08", Kind::unavailable},
      {"57014", Kind::busy},         // statement_timeout
      {"55P03", Kind::busy},         // lock_timeout
      {"57", Kind::unavailable},     // shutting down, starting up
      {"58", Kind::unavailable},     // an I/O error of the server: it looks after its disk itself
      {"25P03", Kind::unavailable},  // idle in a transaction for too long
      {"28", Kind::unavailable},     // no login
      {"XX001", Kind::corrupt},
      {"XX002", Kind::corrupt},
      {"", Kind::statement},
  }};
  if (state.empty()) return Kind::unavailable;  // libpq's own: the connection is gone
  for (const auto& [prefix, kind] : kinds) {
    if (state.starts_with(prefix)) return kind;
  }
  return Kind::statement;
}

}  // namespace censo::store::driver
