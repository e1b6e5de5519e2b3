#include "agent/dpkg_status.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const auto& package : censo::agent::parse_dpkg_status(text).packages) {
    if (package.name.empty() || package.version.empty()) std::abort();
  }
  return 0;
}
