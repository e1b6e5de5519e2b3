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
// What stands before the first line feed, without a carriage return at its end; `rest` goes on behind.
std::string_view next_line(std::string_view& rest);
std::string to_lower(std::string_view text);  // ASCII only
std::string to_upper(std::string_view text);  // ASCII only
bool equal_ignoring_case(std::string_view a, std::string_view b);

// Every piece, empty ones included; "" gives one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);
// Pieces between runs of ASCII white space; "" gives none.
std::vector<std::string_view> split_words(std::string_view text);
std::string join(const std::vector<std::string>& pieces, std::string_view separator);

// The whole text must be the number, without white space or '+'. `radix` 10 or 16 (without prefix).
std::optional<std::int64_t> parse_integer(std::string_view text, int radix = 10);
std::optional<std::uint64_t> parse_unsigned(std::string_view text, int radix = 10);

bool is_valid_utf8(std::string_view text);
// How many bytes from the front are valid; the text's size when all are.
std::size_t valid_utf8_bytes(std::string_view text);
// Each byte of an invalid sequence becomes U+FFFD; controls (C0, DEL, C1) but tab and newline are dropped;
// cut at `max_bytes` on a character's border. What every source and device text goes through before it enters
// a report.
std::string sanitize_utf8(std::string_view text, std::size_t max_bytes = 1024);

// Appends `text` as a JSON string with its quotes. Invalid UTF-8 becomes U+FFFD, so the result is always
// valid JSON.
void append_json_string(std::string& out, std::string_view text);

// As `like` with escape '\\' matches the text itself.
std::string like_escaped(std::string_view text);

// Each byte that is no ASCII letter, digit, "-", ".", "_" or "~" as "%" and two upper-case hex digits (RFC
// 3986).
std::string percent_encoded(std::string_view text);

// MAC as 12 lower-case hex digits with colons from any usual form (dots, dashes, colons, none, octets without
// leading zeros). Errc::malformed.
Result<std::string> canonical_mac(std::string_view text);
// UUID as 36 lower-case characters from any usual form (braces, "urn:uuid:", no hyphens). Errc::malformed.
Result<std::string> canonical_uuid(std::string_view text);

}  // namespace censo::base
