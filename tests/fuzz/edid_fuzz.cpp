// Blocks of a display.
#include "agent/edid.h"

#include <cstdlib>

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto edid = censo::agent::parse_edid(text);
  if (!edid) return 0;
  censo::agent::label_serial(*edid);
  censo::agent::other_serial(*edid);
  if (edid->week < 0 || edid->week > 54 || edid->width_mm < 0 || edid->width_pixels < 0) std::abort();
  return 0;
}
