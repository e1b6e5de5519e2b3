#include "agent/netlink_messages.h"

#include <cstddef>

// The first byte chooses the dump.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo::agent;
  if (size == 0) return 0;
  const std::span<const std::uint8_t> dump(bytes + 1, size - 1);
  switch (bytes[0] % 8) {
    case 0: (void)parse_links(dump); break;
    case 1: (void)parse_addresses(dump); break;
    case 2: (void)parse_routes(dump); break;
    case 4: (void)parse_family(dump, "nl80211"); break;
    case 5: (void)parse_wireless(dump, 28); break;
    default: (void)parse_sockets(dump, "tcp"); break;
  }
  return 0;
}
