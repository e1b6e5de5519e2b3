#include "agent/smbios_table.h"

#include "base/digest.h"

#include <algorithm>
#include <numeric>

namespace censo::agent {
namespace {

using base::Errc;

constexpr std::uint8_t end_of_table = 127;

struct EntryPoint {
  int major = 0;
  int minor = 0;
  std::size_t table_bytes = 0;  // at most, for 3.x
  std::size_t structures = 0;   // 0: not said
};

template <class Integer>
std::optional<Integer> little_endian(std::string_view bytes, std::size_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(Integer)) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = sizeof(Integer); i-- > 0;)
    value = value << 8 | static_cast<std::uint8_t>(bytes[offset + i]);
  return static_cast<Integer>(value);
}

std::uint8_t byte_at(std::string_view bytes, std::size_t offset) {
  return *little_endian<std::uint8_t>(bytes, offset);
}

base::Error bad_entry_point(std::string message) {
  return base::fail(Errc::malformed, std::move(message), "smbios_entry_point");
}

// `bytes` begins at the anchor; its first `length` bytes must sum up to 0.
base::Result<void> check_sum(std::string_view bytes, std::size_t length, std::size_t shortest) {
  if (length < shortest || length > bytes.size()) {
    return bad_entry_point("expected an entry point of at least " + std::to_string(shortest) +
                           " bytes, found " + std::to_string(std::min(length, bytes.size())));
  }
  const auto sum =
      std::accumulate(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length), 0U,
                      [](unsigned total, char c) { return total + static_cast<std::uint8_t>(c); });
  if (sum % 256 != 0) return bad_entry_point("the checksum of the entry point is wrong");
  return {};
}

base::Result<EntryPoint> parse_64_bit(std::string_view bytes) {
  const std::size_t length = bytes.size() > 6 ? byte_at(bytes, 6) : 0;
  if (const auto ok = check_sum(bytes, length, 0x18); !ok) return ok.error();
  return EntryPoint{byte_at(bytes, 7), byte_at(bytes, 8), *little_endian<std::uint32_t>(bytes, 0x0C), 0};
}

// Versions that firmware is known to misspell.
EntryPoint corrected(EntryPoint entry) {
  if (entry.major == 2 && (entry.minor == 31 || entry.minor == 33)) entry.minor = 3;
  if (entry.major == 2 && entry.minor == 51) entry.minor = 6;
  return entry;
}

base::Result<EntryPoint> parse_32_bit(std::string_view bytes) {
  const std::size_t length = bytes.size() > 5 ? byte_at(bytes, 5) : 0;
  // The errata of 2.1 gave the length as 0x1E; the structure has 0x1F bytes all the same.
  if (const auto ok = check_sum(bytes, std::max<std::size_t>(length, 0x1F), 0x1F); !ok) return ok.error();
  if (bytes.substr(0x10, 5) != "_DMI_") return bad_entry_point("expected \"_DMI_\" at byte 16");
  return corrected({byte_at(bytes, 6), byte_at(bytes, 7), *little_endian<std::uint16_t>(bytes, 0x16),
                    *little_endian<std::uint16_t>(bytes, 0x1C)});
}

base::Result<EntryPoint> parse_legacy(std::string_view bytes) {
  if (const auto ok = check_sum(bytes, 15, 15); !ok) return ok.error();
  const auto version = byte_at(bytes, 0x0E);
  return EntryPoint{version >> 4, version & 0x0F, *little_endian<std::uint16_t>(bytes, 6),
                    *little_endian<std::uint16_t>(bytes, 0x0C)};
}

base::Result<EntryPoint> parse_entry_point(std::string_view bytes) {
  if (bytes.starts_with("_SM3_")) return parse_64_bit(bytes);
  if (bytes.starts_with("_SM_")) return parse_32_bit(bytes);
  if (bytes.starts_with("_DMI_")) return parse_legacy(bytes);
  return bad_entry_point("expected \"_SM3_\", \"_SM_\" or \"_DMI_\"");
}

// Takes the next structure off `rest`; nothing when it is cut.
std::optional<SmbiosStructure> take_structure(std::string_view& rest) {
  if (rest.size() < 4) return std::nullopt;
  const std::size_t length = byte_at(rest, 1);
  if (length < 4 || length > rest.size()) return std::nullopt;
  SmbiosStructure structure;
  structure.type = byte_at(rest, 0);
  structure.handle = *little_endian<std::uint16_t>(rest, 2);
  structure.formatted = rest.substr(0, length);
  rest.remove_prefix(length);
  // Strings end by NUL each, the set by one more; a set without strings is two NULs.
  const auto end = rest.find(std::string_view("\0\0", 2));
  if (end == std::string_view::npos) return std::nullopt;
  auto texts = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  while (!texts.empty()) {
    const auto text = texts.substr(0, texts.find('\0'));
    structure.strings.emplace_back(text);
    texts.remove_prefix(std::min(text.size() + 1, texts.size()));
  }
  return structure;
}

}  // namespace

std::optional<std::uint8_t> SmbiosStructure::byte(std::size_t offset) const {
  return little_endian<std::uint8_t>(formatted, offset);
}

std::optional<std::uint16_t> SmbiosStructure::word(std::size_t offset) const {
  return little_endian<std::uint16_t>(formatted, offset);
}

std::optional<std::uint32_t> SmbiosStructure::double_word(std::size_t offset) const {
  return little_endian<std::uint32_t>(formatted, offset);
}

std::string_view SmbiosStructure::text(std::size_t offset) const {
  const std::size_t number = byte(offset).value_or(0);
  if (number == 0 || number > strings.size()) return {};
  return strings[number - 1];
}

base::Result<SmbiosTable> parse_smbios(std::string_view entry_point, std::string_view table) {
  const auto entry = parse_entry_point(entry_point);
  if (!entry) return entry.error();
  SmbiosTable result;
  result.major = entry->major;
  result.minor = entry->minor;
  const bool length_is_a_limit = entry_point.starts_with("_SM3_");
  result.truncated = !length_is_a_limit && table.size() < entry->table_bytes;
  auto rest = table.substr(0, entry->table_bytes);
  while (entry->structures == 0 || result.structures.size() < entry->structures) {
    if (rest.empty() && entry->structures == 0) break;
    auto structure = take_structure(rest);
    if (!structure) {
      result.truncated = true;
      break;
    }
    const bool last = structure->type == end_of_table;
    result.structures.push_back(std::move(*structure));
    if (last) break;
  }
  return result;
}

std::string smbios_uuid_text(const SmbiosTable& table, const SmbiosStructure& system) {
  auto bytes = system.formatted.size() >= 0x18 ? system.formatted.substr(8, 16) : std::string();
  const auto all = [&](char c) { return bytes.find_first_not_of(c) == std::string::npos; };
  if (all('\0') || all('\xFF')) return {};
  // Since 2.6 the first three fields are little-endian (DSP0134, 7.2.1).
  if (table.at_least(2, 6)) {
    std::reverse(bytes.begin(), bytes.begin() + 4);
    std::reverse(bytes.begin() + 4, bytes.begin() + 6);
    std::reverse(bytes.begin() + 6, bytes.begin() + 8);
  }
  auto text = base::to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
  return text;
}

}  // namespace censo::agent
