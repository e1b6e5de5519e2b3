// Tables: what is read, written again, is read the same; bounds hold; faults name their place.
#include "base/csv.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo::base;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const char separator = csv_separator(text);
  const CsvLimits limits{50, 20, 200};
  const auto rows = parse_csv(text, separator, limits);
  if (!rows) {
    if (rows.error().message.empty() || !rows.error().where.starts_with("line ")) std::abort();
    return 0;
  }
  if (rows->size() > limits.rows) std::abort();
  std::string written;
  for (const CsvRow& row : *rows) {
    if (row.cells.empty() || row.cells.size() > limits.columns || row.begin >= size) std::abort();
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (row.cells[i].size() > limits.cell_bytes) std::abort();
      if (i > 0) written += separator;
      written += csv_cell(row.cells[i], separator);
    }
    written += '\n';
  }
  const auto again = parse_csv(written, separator, limits);
  if (!again || again->size() != rows->size()) std::abort();
  for (std::size_t i = 0; i < rows->size(); ++i) {
    if ((*again)[i].cells != (*rows)[i].cells) std::abort();
  }
  return 0;
}
