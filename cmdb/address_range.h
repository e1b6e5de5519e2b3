// IP addresses and networks in the forms that people type, against addresses as keys hold them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace censo::cmdb {

struct AddressRange {
  std::array<std::uint8_t, 16> address{};
  bool is_ipv6 = false;
  unsigned bits = 0;      // of the address that hold for all of the network
  std::string beginning;  // every address of the network, as a key, begins so
};

// "10.20.0.0/16", "10.20.0.7", "2001:db8::/32"; nothing: it is none.
std::optional<AddressRange> address_range(std::string_view text);
bool is_address(const std::string& text);
bool holds(const AddressRange& range, const std::string& address);

}  // namespace censo::cmdb
