// IP addresses as the kernel hands them over: bytes in network order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace censo::agent {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t size = 0;  // 4, 16, or 0 for none

  explicit operator bool() const { return size != 0; }
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

// None unless there are 4 or 16 bytes. An IPv4 address mapped into IPv6 (RFC 4291, 2.5.5.2) becomes the IPv4
// address.
IpAddress ip_address(std::span<const std::uint8_t> bytes);
std::optional<IpAddress> parse_ip_address(std::string_view text);
std::string to_text(const IpAddress& address);  // "" for none

bool is_unspecified(const IpAddress& address);  // 0.0.0.0, ::
bool is_loopback(const IpAddress& address);
bool is_link_local(const IpAddress& address);
bool is_multicast(const IpAddress& address);

// Both have the same first `prefix` bits.
bool share_prefix(const IpAddress& a, const IpAddress& b, std::size_t prefix);

}  // namespace censo::agent
