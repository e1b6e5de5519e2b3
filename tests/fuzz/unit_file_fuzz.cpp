// Unit files of systemd.
#include "agent/unit_file.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  censo::agent::UnitFile unit;
  censo::agent::read_unit_file(text, unit);
  censo::agent::read_unit_file(text, unit);
  return 0;
}
