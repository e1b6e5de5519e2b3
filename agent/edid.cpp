#include "agent/edid.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <vector>

namespace censo::agent {
namespace {

using base::Errc;

constexpr std::size_t block_bytes = 128;
constexpr std::string_view header("\x00\xFF\xFF\xFF\xFF\xFF\xFF\x00", 8);
constexpr std::size_t first_descriptor = 54, descriptor_bytes = 18, descriptors = 4;

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

unsigned word_at(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8;
}

// Broken cables and adapters flip bits of the header; two bytes may be wrong, as the kernel has it.
bool has_header(std::string_view bytes) {
  int right = 0;
  for (std::size_t i = 0; i < header.size(); ++i) right += bytes[i] == header[i] ? 1 : 0;
  return right >= 6;
}

bool sum_is_right(std::string_view block) {
  const auto sum = std::accumulate(block.begin(), block.end(), 0U, [](unsigned total, char c) {
    return total + static_cast<unsigned char>(c);
  });
  return sum % 256 == 0;
}

// Three letters of five bits each, big-endian.
std::string maker_of(std::string_view bytes) {
  const unsigned word = byte_at(bytes, 8) << 8 | byte_at(bytes, 9);
  std::string letters;
  for (const unsigned shift : {10U, 5U, 0U}) letters += static_cast<char>('@' + (word >> shift & 0x1F));
  return letters;
}

// Ends at a line feed or NUL; some makers fill up with spaces.
std::string descriptor_text(std::string_view text) {
  return base::sanitize_utf8(base::trim(text.substr(0, text.find_first_of(std::string_view("\n\r\0", 3)))));
}

// A detailed timing: its active pixels and the picture's size.
void take_timing(std::string_view timing, Edid& edid) {
  if (edid.width_pixels != 0) return;  // the first is the preferred one
  edid.width_pixels = static_cast<int>(byte_at(timing, 2) | (byte_at(timing, 4) & 0xF0) << 4);
  edid.height_pixels = static_cast<int>(byte_at(timing, 5) | (byte_at(timing, 7) & 0xF0) << 4);
  // Interlaced: the lines of one field.
  if ((byte_at(timing, 17) & 0x80) != 0) edid.height_pixels *= 2;
  const auto width = static_cast<int>(byte_at(timing, 12) | (byte_at(timing, 14) & 0xF0) << 4);
  const auto height = static_cast<int>(byte_at(timing, 13) | (byte_at(timing, 14) & 0x0F) << 8);
  // Finer than the centimetres of bytes 21 and 22, where both speak of the same screen. 16:9 as "1600 x 900
  // millimetres" is a ratio, no size.
  const bool agrees = std::abs(width - edid.width_mm) <= 10 && std::abs(height - edid.height_mm) <= 10;
  if (width > 0 && height > 0 && agrees) {
    edid.width_mm = width;
    edid.height_mm = height;
  }
}

void take_descriptors(std::string_view bytes, Edid& edid) {
  std::vector<std::string> names, texts;
  for (std::size_t i = 0; i < descriptors; ++i) {
    const auto descriptor = bytes.substr(first_descriptor + i * descriptor_bytes, descriptor_bytes);
    if (word_at(descriptor, 0) != 0) {
      take_timing(descriptor, edid);
      continue;
    }
    const auto text = descriptor_text(descriptor.substr(5));
    if (text.empty()) continue;
    switch (byte_at(descriptor, 3)) {
      case 0xFC: names.push_back(text); break;
      case 0xFE: texts.push_back(text); break;
      case 0xFF: edid.serial_text = text; break;
      default: break;
    }
  }
  edid.name = base::join(names.empty() ? texts : names, " ");
}

void take_date(std::string_view bytes, Edid& edid) {
  const unsigned week = byte_at(bytes, 16);
  edid.is_model_year = week == 0xFF;
  edid.week = week <= 54 ? static_cast<int>(week) : 0;
  if (byte_at(bytes, 17) != 0) edid.year = 1990 + static_cast<int>(byte_at(bytes, 17));
}

// DisplayID 1.x and 2.0 name the product again, where there is room: name and serial number longer than 13
// characters.
void take_display_id_block(unsigned tag, std::string_view content, Edid& edid) {
  const auto text = [&] { return base::sanitize_utf8(base::trim(content.substr(0, content.find('\0')))); };
  if (tag == 0x0A && edid.serial_text.empty()) edid.serial_text = text();
  constexpr std::size_t name_at = 12;  // of a product identification block: after maker, codes and date
  const bool is_product = tag == 0x00 || tag == 0x20;
  if (!is_product || !edid.name.empty() || content.size() <= name_at) return;
  content = content.substr(name_at, byte_at(content, 11));
  edid.name = text();
}

void take_display_id(std::string_view block, Edid& edid) {
  const std::size_t end = std::min<std::size_t>(5 + byte_at(block, 2), block.size());
  for (std::size_t at = 5; at + 3 <= end;) {
    const std::size_t length = byte_at(block, at + 2);
    if (length == 0 || at + 3 + length > end) return;
    take_display_id_block(byte_at(block, at), block.substr(at + 3, length), edid);
    at += 3 + length;
  }
}

void take_extensions(std::string_view bytes, Edid& edid) {
  for (std::size_t at = block_bytes; at + block_bytes <= bytes.size(); at += block_bytes) {
    const auto block = bytes.substr(at, block_bytes);
    if (byte_at(block, 0) == 0x70) take_display_id(block, edid);
    // CTA-861: timings that the first block had no room for.
    const std::size_t timings = byte_at(block, 2);
    if (byte_at(block, 0) == 0x02 && timings >= 4 && timings + descriptor_bytes < block_bytes &&
        word_at(block, timings) != 0) {
      take_timing(block.substr(timings, descriptor_bytes), edid);
    }
  }
}

std::string hex_digits(std::uint32_t number) {
  std::array<char, 9> digits{};
  std::snprintf(digits.data(), digits.size(), "%08x", number);
  return digits.data();
}

// Left at zero, at 0x01010101, at all ones: the same on every display of the model.
bool says_nothing(std::uint32_t number) {
  return number == 0 || number == 0x01010101 || number == 0xFFFFFFFF;
}

// Four visible characters, last one first: "GH19".
std::string as_letters(std::uint32_t number) {
  std::string letters;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    const char c = static_cast<char>(number >> shift & 0xFF);
    if (c < '0' || c > 'Z' || (c > '9' && c < 'A')) return {};
    letters += c;
  }
  return letters;
}

// The other way round, and as many as there are: BenQ's "ET".
std::string as_prefix(std::uint32_t number) {
  std::string letters;
  for (; number != 0; number >>= 8) {
    const char c = static_cast<char>(number & 0xFF);
    if (c < 'A' || c > 'Z') return {};
    letters += c;
  }
  return letters;
}

std::string six_digits(std::uint32_t number) {
  const auto digits = std::to_string(number);
  return digits.size() < 6 ? std::string(6 - digits.size(), '0') + digits : digits;
}

// Acer: eight characters of the text, the number in hex, the last characters.
std::string acer_serial(const Edid& edid) {
  constexpr std::size_t front = 8;
  if (edid.serial_text.size() < front || says_nothing(edid.number)) return {};
  return edid.serial_text.substr(0, front) + hex_digits(edid.number) + edid.serial_text.substr(front);
}

// Goldstar (LG) leaves out year and factory: two characters of base 34 (without I and O), three digits.
std::string goldstar_serial(std::uint32_t number) {
  constexpr std::string_view digits = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  const auto high = number / 1000;
  if (high < digits.size() || high >= digits.size() * digits.size()) return {};
  const auto low = std::to_string(1000 + number % 1000).substr(1);
  return std::string{digits[high / digits.size()], digits[high % digits.size()]} + low;
}

// Models of Samsung that do it in their own way: the letters backwards, the number alone.
constexpr std::uint16_t samsung_backwards = 0x0E5A, samsung_decimal = 0x0C18;

// The two forms of a serial number: as EDID has it, and as a maker's formula makes it.
struct Serials {
  std::string plain, derived;
  bool label_is_derived = false;
};

Serials serials_of(const Edid& edid) {
  Serials serials;
  serials.plain = edid.serial_text;
  if (edid.serial_text.empty() && !says_nothing(edid.number)) serials.plain = hex_digits(edid.number);
  if (edid.maker == "ACR") {
    serials.derived = acer_serial(edid);
    serials.label_is_derived = edid.serial_text.size() == 12;
  } else if (edid.maker == "SAM" && edid.product == samsung_decimal && !says_nothing(edid.number)) {
    serials.derived = std::to_string(edid.number);
    serials.label_is_derived = true;
  } else if (edid.maker == "SAM" && !edid.serial_text.empty() && !as_letters(edid.number).empty()) {
    auto letters = as_letters(edid.number);
    if (edid.product == samsung_backwards) std::reverse(letters.begin(), letters.end());
    serials.derived = letters + edid.serial_text;
    serials.label_is_derived = edid.year >= 2009;
  } else if (edid.maker == "BNQ" && !edid.serial_text.empty()) {
    const auto prefix = as_prefix(edid.number);
    if (!prefix.empty() && !edid.serial_text.starts_with(prefix)) serials.derived = prefix + edid.serial_text;
    serials.label_is_derived = true;
  } else if (edid.maker == "PHL" && !says_nothing(edid.number)) {
    // Over HDMI many have no text.
    const auto digits = six_digits(edid.number);
    if (!edid.serial_text.ends_with(digits)) serials.derived = digits;
    serials.label_is_derived = edid.serial_text.empty();
  } else if (edid.maker == "ENC" && edid.serial_text.empty() && !says_nothing(edid.number)) {
    serials.plain = std::to_string(edid.number);
  } else if (edid.maker == "GSM" && edid.serial_text.empty() && !says_nothing(edid.number)) {
    serials.derived = goldstar_serial(edid.number);
    serials.label_is_derived = true;
  }
  return serials;
}

}  // namespace

base::Result<Edid> parse_edid(std::string_view bytes) {
  if (bytes.size() < block_bytes || !has_header(bytes)) {
    return base::fail(Errc::malformed, "expected an EDID of at least 128 bytes with its header, found " +
                                           std::to_string(bytes.size()) + " bytes");
  }
  const auto first = bytes.substr(0, block_bytes);
  Edid edid;
  edid.sum_is_wrong = !sum_is_right(first);
  edid.maker = maker_of(first);
  edid.product = static_cast<std::uint16_t>(word_at(first, 10));
  edid.number = word_at(first, 12) | word_at(first, 14) << 16;
  edid.version = std::to_string(byte_at(first, 18)) + "." + std::to_string(byte_at(first, 19));
  edid.digital = (byte_at(first, 20) & 0x80) != 0;
  // One of them zero: a projector, or an aspect ratio in the other.
  if (byte_at(first, 21) != 0 && byte_at(first, 22) != 0) {
    edid.width_mm = static_cast<int>(byte_at(first, 21)) * 10;
    edid.height_mm = static_cast<int>(byte_at(first, 22)) * 10;
  }
  take_date(first, edid);
  take_descriptors(first, edid);
  take_extensions(bytes, edid);
  return edid;
}

std::string label_serial(const Edid& edid) {
  const auto serials = serials_of(edid);
  return serials.label_is_derived && !serials.derived.empty() ? serials.derived : serials.plain;
}

std::string other_serial(const Edid& edid) {
  const auto serials = serials_of(edid);
  if (serials.derived.empty()) return {};
  return serials.label_is_derived ? serials.plain : serials.derived;
}

}  // namespace censo::agent
