// Lists of makers and devices, and their numbers.
#include "agent/device_names.h"

#include <cstdlib>

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const std::set<censo::agent::DeviceId> wanted{{0x1002, 0x73df}, {0x1af4, 0x1041}};
  if (censo::agent::names_in_list(text, wanted).size() > wanted.size()) std::abort();
  censo::agent::parse_device_id(text);
  return 0;
}
