// A dump as dmidecode writes it: the entry point in the first 32 bytes, then the table.
#include "tests/fuzz/memory_host.h"

#include <cstdint>
#include <numeric>

namespace {

// A byte of the entry point is set so that its sum is right: else hardly any input would get past it.
void correct_sum(std::string& entry, std::size_t length, std::size_t at) {
  if (length > entry.size() || at >= length) return;
  entry[at] = 0;
  const auto sum =
      std::accumulate(entry.begin(), entry.begin() + static_cast<std::ptrdiff_t>(length), 0U,
                      [](unsigned total, char c) { return total + static_cast<std::uint8_t>(c); });
  entry[at] = static_cast<char>(256 - sum % 256);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string dump(reinterpret_cast<const char*>(bytes), size);
  std::string entry = dump.substr(0, 0x20);
  if (entry.starts_with("_SM3_") && entry.size() > 6) {
    correct_sum(entry, static_cast<std::uint8_t>(entry[6]), 5);
  } else if (entry.starts_with("_SM_")) {
    correct_sum(entry, 0x1F, 4);
  }
  const auto out = censo::agent::run_source(
      "smbios", {{"/sys/firmware/dmi/tables/smbios_entry_point", entry},
                 {"/sys/firmware/dmi/tables/DMI", dump.size() > 0x20 ? dump.substr(0x20) : std::string()}});
  // No structure is shorter than six bytes.
  if (out.section.items.size() > size / 6) std::abort();
  return 0;
}
