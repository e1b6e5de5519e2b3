#include "agent/visible_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace censo::agent {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {lead, 1, false};
  std::uint32_t code = lead & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80U) return {lead, 1, false};
    code = code << 6U | (next & 0x3fU);
  }
  return {code, bytes, true};
}

bool is_invisible(std::uint32_t code) {
  static constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 9> ranges{{{0x00, 0x1f},
                                                                                  {0x7f, 0x9f},
                                                                                  {0xad, 0xad},
                                                                                  {0x61c, 0x61c},
                                                                                  {0x200b, 0x200f},
                                                                                  {0x2028, 0x202e},
                                                                                  {0x2060, 0x206f},
                                                                                  {0xfeff, 0xfeff},
                                                                                  {0xe0000, 0xe0fff}}};
  return std::any_of(ranges.begin(), ranges.end(),
                     [code](const auto& range) { return code >= range.first && code <= range.second; });
}

std::string escaped(const Character& character) {
  if (character.code == '\n') return "\\n";
  if (character.code == '\t') return "\\t";
  const bool byte = !character.valid || character.code < 0x80;
  return fmt::format(fmt::runtime(byte ? "\\x{:02x}" : "\\u{:04x}"), character.code);
}

}  // namespace

std::string visible(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const Character character = first_character(text);
    const bool plain = character.valid && !is_invisible(character.code);
    shown += plain ? std::string(text.substr(0, character.bytes)) : escaped(character);
    text.remove_prefix(character.bytes);
  }
  return shown;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string fitted(std::string_view text, std::size_t width, bool fill) {
  const std::size_t had = width_of(text);
  if (had <= width) return std::string(text) + std::string(fill ? width - had : 0, ' ');
  std::string cut;
  for (std::size_t count = 0; count + 1 < width; ++count) {
    const Character character = first_character(text);
    cut += text.substr(0, character.bytes);
    text.remove_prefix(character.bytes);
  }
  return cut + (width > 0 ? "…" : "");
}

}  // namespace censo::agent
