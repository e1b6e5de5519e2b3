// Digests, random bytes, and their text forms. Backed by OpenSSL; every function is thread-safe.
#pragma once

#include "base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::base {

using Bytes = std::vector<std::uint8_t>;
using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view text);
Sha256 sha256(std::span<const std::uint8_t> bytes);

// Lower-case hexadecimal.
std::string to_hex(std::span<const std::uint8_t> bytes);
// Takes upper and lower case. Errc::malformed.
Result<Bytes> from_hex(std::string_view text);

// base64url without padding (RFC 4648, section 5).
std::string to_base64url(std::span<const std::uint8_t> bytes);
// Errc::malformed, also for the text of no byte string (stray bits at the end), so that a secret has one
// spelling.
Result<Bytes> from_base64url(std::string_view text);

// From the operating system's generator; throws std::runtime_error when it fails.
Bytes random_bytes(std::size_t count);

// Equal length and content, in time that does not depend on the content.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace censo::base
