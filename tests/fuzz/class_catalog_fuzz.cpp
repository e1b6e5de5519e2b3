// Class and relationship files from outside: whatever the bytes are, loading ends with a catalogue or an
// error.
#include "cmdb/class_catalog.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

// The line "---" parts a class file from a relationship file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto parting = text.find("---\n");
  const auto relation = parting == text.npos ? std::string_view() : text.substr(parting + 4);
  std::vector<censo::base::EmbeddedFile> files{{"classes/box.yaml", text.substr(0, parting)}};
  if (!relation.empty()) files.push_back({"relationships/holds.yaml", relation});

  const auto loaded = censo::cmdb::ClassCatalog::load(files);
  if (!loaded && (loaded.error().message.empty() || loaded.error().where.empty())) std::abort();
  if (loaded && loaded->classes().size() != 1) std::abort();
  return 0;
}
