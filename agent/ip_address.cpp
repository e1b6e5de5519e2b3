#include "agent/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>

namespace censo::agent {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

IpAddress ip_address(std::span<const std::uint8_t> bytes) {
  if (bytes.size() == 16 && std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin())) {
    bytes = bytes.last(4);
  }
  IpAddress address;
  if (bytes.size() != 4 && bytes.size() != 16) return address;
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
  address.size = bytes.size();
  return address;
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  const std::string terminated(text);
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1) return ip_address(std::span(bytes).first(4));
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return ip_address(bytes);
  return std::nullopt;
}

std::string to_text(const IpAddress& address) {
  if (!address) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.size == 4 ? AF_INET : AF_INET6, address.bytes.data(), text.data(), text.size());
  return text.data();
}

bool is_unspecified(const IpAddress& address) {
  return address &&
         std::all_of(address.bytes.begin(), address.bytes.end(), [](auto byte) { return byte == 0; });
}

bool is_loopback(const IpAddress& address) {
  if (address.size == 4) return address.bytes[0] == 127;
  return address.size == 16 && address.bytes[15] == 1 &&
         std::all_of(address.bytes.begin(), address.bytes.end() - 1, [](auto byte) { return byte == 0; });
}

bool is_link_local(const IpAddress& address) {
  if (address.size == 4) return address.bytes[0] == 169 && address.bytes[1] == 254;
  return address.size == 16 && address.bytes[0] == 0xfe && (address.bytes[1] & 0xc0) == 0x80;
}

bool is_multicast(const IpAddress& address) {
  if (address.size == 4) return (address.bytes[0] & 0xf0) == 0xe0;
  return address.size == 16 && address.bytes[0] == 0xff;
}

bool share_prefix(const IpAddress& a, const IpAddress& b, std::size_t prefix) {
  if (a.size != b.size || prefix > a.size * 8) return false;
  const std::size_t whole = prefix / 8;
  if (!std::equal(a.bytes.begin(), a.bytes.begin() + static_cast<std::ptrdiff_t>(whole), b.bytes.begin()))
    return false;
  if (prefix % 8 == 0) return true;
  return ((a.bytes[whole] ^ b.bytes[whole]) >> (8 - prefix % 8)) == 0;
}

}  // namespace censo::agent
