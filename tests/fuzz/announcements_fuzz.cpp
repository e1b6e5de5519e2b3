// What a stranger says by mDNS, SSDP, WS-Discovery and NetBIOS, and UPnP's description.
#include "collector/scanner/announcements/sayings.h"
#include "collector/scanner/ports/greetings.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace censo::scanner;

namespace {

void check(const Sayings& sayings) {
  const auto bad = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  for (const auto& [name, text] : sayings) {
    const bool known = std::find(saying_names.begin(), saying_names.end(), name) != saying_names.end();
    if (!known || text.empty() || text.size() > longest_saying || std::any_of(text.begin(), text.end(), bad))
      std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  Sayings all;
  for (const auto& said : {mdns_sayings({bytes, size}), ssdp_sayings(text), wsd_sayings(text),
                           netbios_sayings({bytes, size}), description_sayings(text)}) {
    check(said);
    add_sayings(all, said);
  }
  check(all);
  const auto place = description_place(text, "10.0.0.7");
  if (place.port != 0 && (!place.path.starts_with('/') || place.path.find('\n') != place.path.npos))
    std::abort();
  return 0;
}
