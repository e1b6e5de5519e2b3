// A definition of a device family: refused with file and line, or usable.
#include "collector/scanner/device_definition.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo;
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto definition = scanner::parse_device_definition("vendor/family.yaml", text);
  if (!definition && definition.error().message.empty()) std::abort();
  if (definition && definition->name != "vendor/family") std::abort();
  return 0;
}
