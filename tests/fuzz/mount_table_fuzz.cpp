// /proc/self/mountinfo, and the file systems chosen from it.
#include "tests/fuzz/memory_host.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto out = censo::agent::run_source(
      "file_systems", {{"/proc/self/mountinfo", std::string(reinterpret_cast<const char*>(bytes), size)}});
  if (out.section.items.size() > size) std::abort();
  return 0;
}
