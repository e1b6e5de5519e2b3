// Slots and blobs of an ndb database.
#include "agent/rpm_ndb.h"

#include <cstdlib>

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  if (const auto front = censo::agent::ndb_slot_bytes(text)) {
    const auto pages = std::string_view(text).substr(0, *front);
    for (const auto& slot : censo::agent::parse_ndb_slots(pages)) {
      const std::size_t at = std::size_t{slot.block} * 16;
      if (at >= text.size()) continue;
      const auto blob = censo::agent::ndb_blob(
          std::string_view(text).substr(at, std::size_t{slot.blocks} * 16), slot.package);
      if (blob && blob->size() > size) std::abort();
    }
  }
  return 0;
}
