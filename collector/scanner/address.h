// IP addresses as numbers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace censo::scanner {

// In network order; IPv4 in the mapped form of RFC 4291, 2.5.5.2, so that one order serves both.
using Address = std::array<std::uint8_t, 16>;

inline constexpr Address v4_start{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_v4(const Address& address);
// Nothing when the text is no address.
std::optional<Address> parse_address(std::string_view text);
std::string to_text(const Address& address);

}  // namespace censo::scanner
