#include "agent/proc_net.h"

#include <cstddef>

// The first byte chooses the table.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo::agent;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  switch (bytes[0] % 6) {
    case 0: (void)parse_ipv4_routes(text); break;
    case 1: (void)parse_ipv6_routes(text); break;
    case 2: (void)parse_if_inet6(text); break;
    case 3:
      (void)parse_fib_trie(text, parse_ipv4_routes("eth0 000200C0 00000000 0001 0 0 100 00FFFFFF 0 0 0"));
      break;
    case 4: (void)parse_socket_table(text, "tcp"); break;
    default: (void)parse_socket_table(text, "udp"); break;
  }
  return 0;
}
