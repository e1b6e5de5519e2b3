#include "cmdb/address_range.h"

#include "base/text.h"

#include <arpa/inet.h>

namespace censo::cmdb {
namespace {

struct Address {
  std::array<std::uint8_t, 16> bytes{};
  bool is_ipv6 = false;
};

std::optional<Address> parse_address(const std::string& text) {
  Address address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) return address;
  address.is_ipv6 = true;
  if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string shortest_form(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.is_ipv6 ? AF_INET6 : AF_INET, address.bytes.data(), text.data(), text.size());
  return text.data();
}

// The groups before the first that is cut or that the shortest form may leave out.
std::string beginning_of(const Address& address, unsigned bits) {
  const unsigned group_bits = address.is_ipv6 ? 16 : 8;
  const std::string whole = shortest_form(address);
  if (bits == group_bits * (address.is_ipv6 ? 8 : 4)) return whole;
  std::string beginning;
  for (unsigned group = 0; (group + 1) * group_bits <= bits; ++group) {
    const auto at = static_cast<std::size_t>(group) * group_bits / 8;
    const bool zeros = address.is_ipv6 && address.bytes[at] == 0 && address.bytes[at + 1] == 0;
    if (zeros) break;
    const auto end = whole.find(address.is_ipv6 ? ':' : '.', beginning.size());
    if (end == std::string::npos) break;
    beginning = whole.substr(0, end + 1);
  }
  return beginning;
}

}  // namespace

std::optional<AddressRange> address_range(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(std::string(text.substr(0, slash)));
  if (!address) return std::nullopt;
  const unsigned most = address->is_ipv6 ? 128 : 32;
  const auto bits =
      slash == text.npos ? std::optional<std::uint64_t>(most) : base::parse_unsigned(text.substr(slash + 1));
  if (!bits || *bits > most) return std::nullopt;
  AddressRange range{address->bytes, address->is_ipv6, static_cast<unsigned>(*bits), ""};
  range.beginning = beginning_of(*address, range.bits);
  return range;
}

bool is_address(const std::string& text) {
  return parse_address(text).has_value();
}

bool holds(const AddressRange& range, const std::string& text) {
  const auto address = parse_address(text);
  if (!address || address->is_ipv6 != range.is_ipv6) return false;
  for (unsigned bit = 0; bit < range.bits; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> bit % 8);
    if ((address->bytes[bit / 8] & mask) != (range.address[bit / 8] & mask)) return false;
  }
  return true;
}

}  // namespace censo::cmdb
