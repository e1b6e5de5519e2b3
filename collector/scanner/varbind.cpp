#include "collector/scanner/varbind.h"

#include "base/digest.h"
#include "base/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <limits>

namespace censo::scanner {

bool is_missing(const VarBind& bind) {
  return std::holds_alternative<std::monostate>(bind.value);
}

std::optional<std::int64_t> integer_of(const VarBind& bind) {
  if (const auto* number = std::get_if<std::int64_t>(&bind.value)) return *number;
  if (const auto* number = std::get_if<std::uint64_t>(&bind.value)) {
    if (*number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return static_cast<std::int64_t>(*number);
    }
  }
  return std::nullopt;
}

std::string octets_of(const VarBind& bind) {
  const auto* octets = std::get_if<std::string>(&bind.value);
  return octets ? *octets : std::string();
}

std::string text_of(const VarBind& bind, std::size_t max_bytes) {
  if (const auto* oid = std::get_if<Oid>(&bind.value)) return to_text(*oid);
  // Some agents count a C string's closing NUL as part of it.
  auto octets = octets_of(bind);
  octets.erase(std::find(octets.begin(), octets.end(), '\0'), octets.end());
  auto text = base::sanitize_utf8(octets, max_bytes);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t' || c == '\x7f'; }, ' ');
  return std::string(base::trim(text));
}

std::string mac_of_octets(const std::string& octets) {
  if (octets.size() != 6) return {};
  const auto all = [&](char c) {
    return std::all_of(octets.begin(), octets.end(), [c](char o) { return o == c; });
  };
  if (all('\0') || all('\xff')) return {};
  const std::vector<std::uint8_t> bytes(octets.begin(), octets.end());
  const auto mac = base::canonical_mac(base::to_hex(bytes));
  return mac ? *mac : std::string();
}

std::string mac_of(const VarBind& bind) {
  return mac_of_octets(octets_of(bind));
}

std::string address_of_octets(const std::string& octets) {
  if (octets.size() != 4 && octets.size() != 16) return {};
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(octets.size() == 4 ? AF_INET : AF_INET6, octets.data(), buffer.data(), buffer.size());
  return buffer.data();
}

}  // namespace censo::scanner
