// Metadata of volume groups.
#include "agent/lvm_metadata.h"

#include <cstdlib>

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto group = censo::agent::parse_lvm_metadata(text);
  if (group.physical_volumes.size() > size) std::abort();
  return 0;
}
