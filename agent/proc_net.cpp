#include "agent/proc_net.h"

#include "base/digest.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <set>

namespace censo::agent {
namespace {

using Words = std::vector<std::string_view>;

constexpr std::uint64_t route_up = 0x1;
constexpr std::uint64_t route_reject = 0x200;
constexpr std::uint64_t route_anycast = 0x00100000;
constexpr std::uint64_t route_cache = 0x01000000;
constexpr std::uint64_t route_local = 0x80000000;
constexpr std::uint64_t address_temporary = 0x01;

template <class Take>
void each_line(std::string_view text, const Take& take) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    take(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
}

// Words of 32 bits as the kernel's CPU holds them: on x86 192.0.2.1 is "010200C0".
IpAddress address_from_words(std::string_view hex) {
  std::array<std::uint8_t, 16> bytes{};
  if (hex.size() != 8 && hex.size() != 32) return {};
  for (std::size_t i = 0; i < hex.size() / 8; ++i) {
    const auto word = base::parse_unsigned(hex.substr(i * 8, 8), 16);
    if (!word) return {};
    const auto value = static_cast<std::uint32_t>(*word);
    std::memcpy(bytes.data() + i * 4, &value, 4);
  }
  return ip_address(std::span(bytes).first(hex.size() / 2));
}

// Bytes in network order: "fe80...0001".
IpAddress address_from_bytes(std::string_view hex) {
  const auto bytes = hex.size() == 32 ? base::from_hex(hex) : base::Result<base::Bytes>(base::Bytes{});
  return bytes ? ip_address(*bytes) : IpAddress{};
}

// Of a network mask.
std::size_t prefix_length(const IpAddress& mask) {
  std::size_t bits = 0;
  for (std::size_t i = 0; i < mask.size; ++i) bits += static_cast<std::size_t>(std::popcount(mask.bytes[i]));
  return bits;
}

std::string interface_name(std::string_view text) {
  return base::sanitize_utf8(text, 64);
}

// "0100007F:0016"
bool parse_end_point(std::string_view text, IpAddress& address, std::uint16_t& port) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  address = address_from_words(text.substr(0, colon));
  const auto number = base::parse_unsigned(text.substr(colon + 1), 16);
  if (!address || !number || *number > 0xffff) return false;
  port = static_cast<std::uint16_t>(*number);
  return true;
}

}  // namespace

std::vector<AddressRow> parse_if_inet6(std::string_view text) {
  std::vector<AddressRow> rows;
  each_line(text, [&](std::string_view line) {
    const Words words = base::split_words(line);
    if (words.size() < 6) return;
    const auto index = base::parse_unsigned(words[1], 16);
    const auto prefix = base::parse_unsigned(words[2], 16);
    const auto flags = base::parse_unsigned(words[4], 16);
    AddressRow row;
    row.address = address_from_bytes(words[0]);
    if (!row.address || !index || *index > 0x7fffffff || !prefix || *prefix > 128 || !flags) return;
    row.interface_index = static_cast<int>(*index);
    row.interface_name = interface_name(words[5]);
    row.prefix = *prefix;
    row.temporary = (*flags & address_temporary) != 0;
    rows.push_back(std::move(row));
  });
  return rows;
}

std::vector<RouteRow> parse_ipv4_routes(std::string_view text) {
  std::vector<RouteRow> rows;
  each_line(text, [&](std::string_view line) {
    const Words words = base::split_words(line);
    if (words.size() < 8) return;
    const auto flags = base::parse_unsigned(words[3], 16);
    const auto metric = base::parse_unsigned(words[6]);
    const IpAddress mask = address_from_words(words[7]);
    RouteRow row;
    row.destination = address_from_words(words[1]);
    if (!flags || (*flags & route_up) == 0 || (*flags & route_reject) != 0) return;
    if (row.destination.size != 4 || mask.size != 4 || !metric || *metric > 0xffffffff) return;
    row.prefix = prefix_length(mask);
    row.gateway = address_from_words(words[2]);
    if (is_unspecified(row.gateway)) row.gateway = {};
    row.interface_name = interface_name(words[0]);
    row.metric = static_cast<std::uint32_t>(*metric);
    rows.push_back(std::move(row));
  });
  return rows;
}

std::vector<RouteRow> parse_ipv6_routes(std::string_view text) {
  constexpr std::uint64_t unwanted = route_reject | route_anycast | route_cache | route_local;
  std::vector<RouteRow> rows;
  each_line(text, [&](std::string_view line) {
    const Words words = base::split_words(line);
    if (words.size() < 10) return;
    const auto prefix = base::parse_unsigned(words[1], 16);
    const auto metric = base::parse_unsigned(words[5], 16);
    const auto flags = base::parse_unsigned(words[8], 16);
    RouteRow row;
    row.destination = address_from_bytes(words[0]);
    if (!flags || (*flags & route_up) == 0 || (*flags & unwanted) != 0) return;
    if (!row.destination || !prefix || *prefix > 128 || !metric || *metric > 0xffffffff) return;
    row.prefix = *prefix;
    row.gateway = address_from_bytes(words[4]);
    if (is_unspecified(row.gateway)) row.gateway = {};
    row.interface_name = interface_name(words[9]);
    row.metric = static_cast<std::uint32_t>(*metric);
    rows.push_back(std::move(row));
  });
  return rows;
}

std::vector<AddressRow> parse_fib_trie(std::string_view text, const std::vector<RouteRow>& routes) {
  std::vector<AddressRow> rows;
  std::set<std::array<std::uint8_t, 16>> seen;  // the trie is written once for each routing table
  IpAddress leaf;
  each_line(text, [&](std::string_view line) {
    const Words words = base::split_words(line);
    if (words.size() == 2 && words[0] == "|--") leaf = parse_ip_address(words[1]).value_or(IpAddress{});
    const bool own = words.size() == 3 && words[0] == "/32" && words[1] == "host" && words[2] == "LOCAL";
    if (!own || leaf.size != 4 || !seen.insert(leaf.bytes).second) return;
    const RouteRow* narrowest = nullptr;
    for (const RouteRow& route : routes) {
      if (route.gateway || !share_prefix(route.destination, leaf, route.prefix)) continue;
      if (narrowest == nullptr || route.prefix > narrowest->prefix) narrowest = &route;
    }
    if (narrowest == nullptr) return;
    rows.push_back({narrowest->interface_index, narrowest->interface_name, leaf, narrowest->prefix, false});
  });
  return rows;
}

std::vector<SocketRow> parse_socket_table(std::string_view text, std::string_view protocol) {
  const std::string_view waiting = protocol == "tcp" ? "0A" : "07";
  std::vector<SocketRow> rows;
  each_line(text, [&](std::string_view line) {
    const Words words = base::split_words(line);
    if (words.size() < 10 || (words[3] != waiting && words[3] != "01")) return;
    const auto user = base::parse_unsigned(words[7]);
    const auto inode = base::parse_unsigned(words[9]);
    SocketRow row;
    row.protocol = protocol;
    row.state = words[3] == "01" ? SocketRow::State::connected : SocketRow::State::listening;
    if (!parse_end_point(words[1], row.local_address, row.local_port)) return;
    if (!parse_end_point(words[2], row.remote_address, row.remote_port)) return;
    if (!user || *user > 0xffffffff || !inode) return;
    row.user_id = static_cast<std::uint32_t>(*user);
    row.inode = *inode;
    rows.push_back(std::move(row));
  });
  return rows;
}

}  // namespace censo::agent
