// Small text functions that two floors need. UTF-8 throughout.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::base {

std::string_view trim(std::string_view text);  // ASCII white space at both ends
std::string to_lower(std::string_view text);   // ASCII only
std::string to_upper(std::string_view text);   // ASCII only
bool equal_ignoring_case(std::string_view a, std::string_view b);

// Every piece, empty ones included; "" gives one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);
// Pieces between runs of ASCII white space; "" gives none.
std::vector<std::string_view> split_words(std::string_view text);
std::string join(const std::vector<std::string>& pieces, std::string_view separator);

// The whole text must be the number. `radix` 10 or 16 (without prefix).
std::optional<std::int64_t> parse_integer(std::string_view text, int radix = 10);
std::optional<std::uint64_t> parse_unsigned(std::string_view text, int radix = 10);

bool is_valid_utf8(std::string_view text);
// Invalid sequences become U+FFFD; NUL and other C0 controls but tab and newline are dropped; cut at `max_bytes`
// on a character's border. What every source and device text goes through before it enters a report.
std::string sanitize_utf8(std::string_view text, std::size_t max_bytes = 1024);

// MAC as 12 lower-case hex digits with colons from any usual form (dots, dashes, colons, none). Errc::malformed.
Result<std::string> canonical_mac(std::string_view text);
// UUID as 36 lower-case characters from any usual form. Errc::malformed.
Result<std::string> canonical_uuid(std::string_view text);

}  // namespace censo::base
