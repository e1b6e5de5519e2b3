// A Java archive among the programs of a host: its directory, manifest and Maven's files.
#include "tests/fuzz/memory_host.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string archive(reinterpret_cast<const char*>(bytes), size);
  const auto out = censo::agent::run_source("java", {{"/opt/shop/shop-1.0.jar", archive}});
  for (const auto& item : out.section.items)
    if (item.class_name != "software_package") std::abort();
  return 0;
}
