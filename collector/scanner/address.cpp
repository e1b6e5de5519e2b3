#include "collector/scanner/address.h"

#include <arpa/inet.h>

#include <algorithm>

namespace censo::scanner {

bool is_v4(const Address& address) {
  return std::equal(v4_start.begin(), v4_start.begin() + 12, address.begin());
}

std::optional<Address> parse_address(std::string_view text) {
  const std::string copy(text);
  auto address = v4_start;
  if (inet_pton(AF_INET, copy.c_str(), address.data() + 12) == 1) return address;
  if (inet_pton(AF_INET6, copy.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

std::string to_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  const bool v4 = is_v4(address);
  inet_ntop(v4 ? AF_INET : AF_INET6, address.data() + (v4 ? 12 : 0), buffer.data(), buffer.size());
  return buffer.data();
}

}  // namespace censo::scanner
