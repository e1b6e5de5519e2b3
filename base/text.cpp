#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace censo::base {
namespace {

constexpr std::string_view white_space = " \t\n\v\f\r";
constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

// ASCII characters that a JSON string takes as they are.
constexpr auto stands_for_itself = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < 0x7f; ++c) table[c] = c != '"' && c != '\\';
  return table;
}();

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f');
}

template <class Integer>
std::optional<Integer> parse_number(std::string_view text, int radix) {
  Integer value{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, radix);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

// Length of the valid sequence at the front of a text that is not empty; 0: there is none (Unicode 15, table
// 3-7).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  const unsigned lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < lowest || byte(1) > highest) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 2) return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;  // C1
  return first < 0x20 || first == 0x7f;
}

Error malformed(std::string_view expected, std::string_view found) {
  return fail(Errc::malformed,
              "expected " + std::string(expected) + ", found \"" + sanitize_utf8(found, 64) + "\"");
}

// The hex digits of `text`, when its separators stand between groups of `group` digits, all of them the same.
std::string grouped_digits(std::string_view text, std::size_t group) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool separator_here = i % (group + 1) == group;
    if (separator_here ? text[i] != text[group] : !is_hex(text[i])) return {};
    if (!separator_here) digits += lower(text[i]);
  }
  return digits;
}

// "0:1b:2:c:4:5", as some systems write octets without leading zeros.
std::string short_octets(std::string_view text) {
  std::string digits;
  for (const auto octet : split(text, ':')) {
    if (octet.empty() || octet.size() > 2) return {};
    digits.append(2 - octet.size(), '0').append(to_lower(octet));
  }
  return std::all_of(digits.begin(), digits.end(), is_hex) ? digits : std::string();
}

// Where a JSON string must escape this character, the escape; else "".
std::string json_escape(char c) {
  switch (c) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
  }
  if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) return {};
  std::array<char, 8> escaped;
  std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(c));
  return escaped.data();
}

}  // namespace

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  auto line = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

std::string to_upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), upper);
  return result;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (auto end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  pieces.push_back(text);
  return pieces;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  for (text = trim(text); !text.empty(); text = trim(text)) {
    const auto word = text.substr(0, text.find_first_of(white_space));
    words.push_back(word);
    text.remove_prefix(word.size());
  }
  return words;
}

std::string join(const std::vector<std::string>& pieces, std::string_view separator) {
  std::string result;
  for (const auto& piece : pieces) {
    if (&piece != &pieces.front()) result += separator;
    result += piece;
  }
  return result;
}

std::optional<std::int64_t> parse_integer(std::string_view text, int radix) {
  return parse_number<std::int64_t>(text, radix);
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text, int radix) {
  return parse_number<std::uint64_t>(text, radix);
}

std::size_t valid_utf8_bytes(std::string_view text) {
  std::size_t valid = 0;
  while (valid < text.size()) {
    const auto length = sequence_length(text.substr(valid));
    if (length == 0) break;
    valid += length;
  }
  return valid;
}

bool is_valid_utf8(std::string_view text) {
  return valid_utf8_bytes(text) == text.size();
}

std::string sanitize_utf8(std::string_view text, std::size_t max_bytes) {
  std::string result;
  while (!text.empty()) {
    const auto length = sequence_length(text);
    auto character = length == 0 ? replacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
    if (is_control(character) && character != "\t" && character != "\n") continue;
    if (result.size() + character.size() > max_bytes) break;
    result += character;
  }
  return result;
}

std::string like_escaped(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern;
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  static constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (plain.find(c) != std::string_view::npos)
      out += c;
    else
      (out += '%') += {digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto plain = std::find_if_not(
        text.begin(), text.end(), [](char c) { return stands_for_itself[static_cast<unsigned char>(c)]; });
    const auto plain_length = static_cast<std::size_t>(plain - text.begin());
    out += text.substr(0, plain_length);
    text.remove_prefix(plain_length);
    if (text.empty()) break;
    const auto length = sequence_length(text);
    const auto escape = length == 1 ? json_escape(text[0]) : std::string();
    out += length == 0 ? replacement : length == 1 ? std::string_view(escape) : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

Result<std::string> canonical_mac(std::string_view text) {
  const auto word = trim(text);
  std::string digits;
  if (word.size() == 12) digits = grouped_digits(word, 12);
  if (word.size() == 14 && std::string_view(".-:").find(word[4]) != std::string_view::npos)
    digits = grouped_digits(word, 4);
  if (word.size() == 17 && std::string_view(":-. ").find(word[2]) != std::string_view::npos)
    digits = grouped_digits(word, 2);
  if (digits.empty() && word.size() < 18) digits = short_octets(word);
  if (digits.size() != 12) return malformed("a MAC address", text);
  for (std::size_t place = 2; place < 17; place += 3) digits.insert(place, 1, ':');
  return digits;
}

Result<std::string> canonical_uuid(std::string_view text) {
  constexpr std::string_view urn = "urn:uuid:";
  auto word = trim(text);
  if (equal_ignoring_case(word.substr(0, urn.size()), urn)) word.remove_prefix(urn.size());
  if (word.size() > 2 && word.front() == '{' && word.back() == '}') word = word.substr(1, word.size() - 2);
  std::string result = to_lower(word);
  if (result.size() == 32) {
    for (const std::size_t place : {8u, 13u, 18u, 23u}) result.insert(place, 1, '-');
  }
  bool valid = result.size() == 36;
  for (std::size_t i = 0; valid && i < result.size(); ++i) {
    const bool hyphen_here = i == 8 || i == 13 || i == 18 || i == 23;
    valid = hyphen_here ? result[i] == '-' : is_hex(result[i]);
  }
  if (!valid) return malformed("a UUID", text);
  return result;
}

}  // namespace censo::base
