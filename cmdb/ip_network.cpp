#include "cmdb/ip_network.h"

#include "base/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace censo::cmdb {
namespace {

struct Address {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t size = 0;  // 4 or 16
};

std::optional<Address> parse_address(std::string_view text) {
  const std::string terminated(text.substr(0, text.find('%')));
  Address address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) {
    address.size = 4;
    return address;
  }
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) != 1) return std::nullopt;
  address.size = 16;
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!std::equal(mapped.begin(), mapped.end(), address.bytes.begin())) return address;
  std::copy_n(address.bytes.begin() + 12, 4, address.bytes.begin());
  address.size = 4;
  return address;
}

std::string to_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.size == 4 ? AF_INET : AF_INET6, address.bytes.data(), text.data(), text.size());
  return text.data();
}

void clear_from_bit(Address& address, std::size_t bit) {
  for (std::size_t at = bit; at < address.size * 8; ++at) {
    address.bytes[at / 8] = static_cast<std::uint8_t>(address.bytes[at / 8] & ~(0x80u >> at % 8));
  }
}

bool is_in(const Address& address, std::span<const std::uint8_t> bytes, std::size_t bits) {
  Address masked = address;
  clear_from_bit(masked, bits);
  return std::equal(bytes.begin(), bytes.end(), masked.bytes.begin()) &&
         std::all_of(masked.bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size()),
                     masked.bytes.begin() + static_cast<std::ptrdiff_t>(address.size),
                     [](std::uint8_t byte) { return byte == 0; });
}

struct Range {
  std::size_t size, bits;
  AddressScope scope;
  std::array<std::uint8_t, 4> bytes;
};
// The first that fits.
constexpr Range ranges[] = {
    {4, 8, AddressScope::unknown, {0}},
    {4, 8, AddressScope::host, {127}},
    {4, 16, AddressScope::link, {169, 254}},
    {4, 16, AddressScope::link, {172, 17}},
    {4, 8, AddressScope::site, {10}},
    {4, 12, AddressScope::site, {172, 16}},
    {4, 16, AddressScope::site, {192, 168}},
    {4, 10, AddressScope::site, {100, 64}},
    {4, 3, AddressScope::unknown, {224}},
    {16, 10, AddressScope::link, {0xfe, 0x80}},
    {16, 7, AddressScope::site, {0xfc}},
    {16, 8, AddressScope::unknown, {0xff}},
    {16, 128, AddressScope::unknown, {0, 0, 0, 0}},
};

AddressScope scope_of(const Address& address) {
  if (address.size == 16 && to_text(address) == "::1") return AddressScope::host;
  for (const Range& range : ranges) {
    if (range.size == address.size && is_in(address, range.bytes, range.bits)) return range.scope;
  }
  return AddressScope::global;
}

}  // namespace

std::optional<std::string> network_of(std::string_view address_with_prefix) {
  const auto slash = address_with_prefix.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto address = parse_address(address_with_prefix.substr(0, slash));
  const auto bits = base::parse_unsigned(address_with_prefix.substr(slash + 1));
  if (!address || !bits || *bits == 0 || *bits >= address->size * 8) return std::nullopt;
  const AddressScope scope = scope_of(*address);
  if (scope != AddressScope::site && scope != AddressScope::global) return std::nullopt;
  clear_from_bit(*address, *bits);
  return to_text(*address) + "/" + std::to_string(*bits);
}

AddressScope scope_of(std::string_view address) {
  const auto parsed = parse_address(address);
  return parsed ? scope_of(*parsed) : AddressScope::unknown;
}

}  // namespace censo::cmdb
