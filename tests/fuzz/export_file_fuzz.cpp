// The file of an export: as it comes, and as the content of blocks that are well made, so that the header and the rows are
// reached.
#include "cmdb/store/export_file.h"

#include <cstdint>
#include <sstream>
#include <string>

namespace {

using censo::store::ExportReader;
using censo::store::ExportWriter;

constexpr std::uint64_t most_rows = 10'000;

void read_all(std::istream& in) {
  auto reader = ExportReader::open(in);
  if (!reader) return;
  for (const auto& [name, bytes] : reader->header().files)
    if (!reader->file(bytes)) return;
  std::uint64_t rows = 0;
  for (const auto& table : reader->header().tables)
    for (std::uint64_t i = 0; i < table.rows && rows < most_rows; ++i, ++rows)
      if (!reader->row(table.shape.columns.size())) return;
  (void)reader->end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(bytes), size);
  std::istringstream as_it_comes(input);
  read_all(as_it_comes);
  std::stringstream wrapped;
  ExportWriter writer(wrapped);
  writer.file(input);
  writer.end();
  read_all(wrapped);
  return 0;
}
