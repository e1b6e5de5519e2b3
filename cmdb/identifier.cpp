#include "cmdb/identifier.h"

#include "base/text.h"
#include "base/yaml.h"
#include "cmdb/class_catalog.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <stdexcept>
#include <vector>

namespace censo::cmdb {
namespace {

using Values = std::set<std::string, std::less<>>;

struct Junk {
  Values serial, serial_pattern, uuid, mac, mac_prefix, address, maker, name;
  Values close_serial;  // without spaces
};

constexpr std::array<std::string_view, 6> kinds{"name", "serial", "uuid", "mac", "address", "maker"};

std::string without_spaces(std::string_view value) {
  std::string text(value);
  std::erase(text, ' ');
  return text;
}

Values values_of(const base::YamlValue& root, std::string_view key) {
  const base::YamlValue* list = root.find(key);
  if (!list) throw std::logic_error("schemas/junk/identifiers.yaml lacks " + std::string(key));
  Values values;
  for (const base::YamlValue& value : list->sequence) values.insert(value.scalar);
  return values;
}

Junk load_junk() {
  const auto files = built_in_schemas();
  const auto file =
      std::ranges::find(files, std::string_view("junk/identifiers.yaml"), &base::EmbeddedFile::path);
  if (file == files.end()) throw std::logic_error("schemas/junk/identifiers.yaml is not built in");
  const auto root = base::parse_yaml(file->content, file->path);
  if (!root) throw std::logic_error(base::to_string(root.error()));
  Junk loaded{values_of(*root, "serial"), values_of(*root, "serial_pattern"), values_of(*root, "uuid"),
              values_of(*root, "mac"),    values_of(*root, "mac_prefix"),     values_of(*root, "address"),
              values_of(*root, "maker"),  values_of(*root, "name"),           {}};
  for (const std::string& value : loaded.serial) loaded.close_serial.insert(without_spaces(value));
  return loaded;
}

const Junk& junk() {
  static const Junk loaded = load_junk();
  return loaded;
}

// "0000", "xxxxxx", "00:00:00": one character, separators aside; or zeros and ones alone, as in "1010".
bool is_pattern(std::string_view value) {
  std::string letters;
  std::ranges::copy_if(value, std::back_inserter(letters),
                       [](char c) { return c != '-' && c != ':' && c != ' '; });
  const bool one_character = letters.find_first_not_of(letters.substr(0, 1)) == std::string::npos;
  return one_character || letters.find_first_not_of("01") == std::string::npos;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Most values fit no pattern, and show it with their first character.
bool can_begin(std::string_view pattern, std::string_view value) {
  if (pattern.empty() || value.empty() || pattern.front() == '*') return true;
  return pattern.front() == '#' ? is_digit(value.front()) : pattern.front() == value.front();
}

// '#' is one or more digits, '*' anything, the rest itself. Tries each place once: no pattern is slow.
bool fits(std::string_view pattern, std::string_view value) {
  std::vector<bool> reached(value.size() + 1);
  reached[0] = true;
  for (const char one : pattern) {
    std::vector<bool> next(value.size() + 1);
    for (std::size_t at = 0; at <= value.size(); ++at) {
      if (one == '*') next[at] = reached[at] || (at > 0 && next[at - 1]);
      if (one == '#') next[at] = at > 0 && is_digit(value[at - 1]) && (reached[at - 1] || next[at - 1]);
      if (one != '*' && one != '#') next[at] = at > 0 && value[at - 1] == one && reached[at - 1];
    }
    reached = std::move(next);
  }
  return reached.back();
}

bool is_junk_serial(std::string_view value) {
  if (is_pattern(value) || junk().close_serial.contains(without_spaces(value))) return true;
  return value.size() <= 64 && std::ranges::any_of(junk().serial_pattern, [&](const std::string& pattern) {
           return can_begin(pattern, value) && fits(pattern, value);
         });
}

std::string canonical_address(std::string_view value) {
  return base::to_lower(value.substr(0, value.find_first_of("/%")));
}

// 00112233-4455-6677-... is 33221100-5544-7766-... when its first three fields are read the other way round.
std::string other_byte_order(const std::string& uuid) {
  static constexpr std::size_t swapped[] = {6, 4, 2, 0, 11, 9, 16, 14};
  static constexpr std::size_t places[] = {0, 2, 4, 6, 9, 11, 14, 16};
  std::string other = uuid;
  for (std::size_t i = 0; i < std::size(places); ++i) other.replace(places[i], 2, uuid, swapped[i], 2);
  return other;
}

bool is_made_up_by_software(std::string_view mac) {
  static constexpr std::string_view local_or_multicast = "2367abef13579bdf";
  return local_or_multicast.find(mac[1]) != std::string_view::npos;
}

}  // namespace

IdentifierKind kind_of_identifier(std::string_view attribute) {
  if (attribute.ends_with("uuid")) return IdentifierKind::uuid;
  if (attribute == "base_mac" || attribute.ends_with("_mac") || attribute.starts_with("mac_address"))
    return IdentifierKind::mac;
  if (attribute.ends_with("_address") || attribute == "ip_addresses" || attribute == "virtual_addresses")
    return IdentifierKind::address;
  if (attribute == "manufacturer" || attribute == "model") return IdentifierKind::maker;
  const bool serial = attribute.ends_with("serial_number") || attribute.ends_with("_serial") ||
                      attribute.ends_with("_id") || attribute == "asset_tag";
  return serial ? IdentifierKind::serial : IdentifierKind::name;
}

std::string canonical_identifier(IdentifierKind kind, std::string_view value) {
  const std::string_view trimmed = base::trim(value);
  if (kind == IdentifierKind::address) return canonical_address(trimmed);
  if (kind == IdentifierKind::mac) {
    const auto mac = base::canonical_mac(trimmed);
    return mac ? *mac : "";
  }
  if (kind == IdentifierKind::uuid) {
    const auto uuid = base::canonical_uuid(trimmed);
    return uuid ? *uuid : "";
  }
  return base::to_lower(trimmed);
}

std::string_view name_of(IdentifierKind kind) {
  return kinds[static_cast<std::size_t>(kind)];
}

std::optional<IdentifierKind> identifier_kind(std::string_view word) {
  const auto found = std::ranges::find(kinds, word);
  if (found == kinds.end()) return std::nullopt;
  return static_cast<IdentifierKind>(found - kinds.begin());
}

bool is_given_name(std::string_view canonical) {
  const std::string mac = canonical_identifier(IdentifierKind::mac, canonical);
  return canonical.empty() || junk().name.contains(canonical) ||
         (!mac.empty() && is_junk(IdentifierKind::mac, mac));
}

std::vector<std::string> listed_junk(IdentifierKind kind) {
  const auto all = [](std::initializer_list<const Values*> lists, std::string_view suffix) {
    std::vector<std::string> values(lists.begin()[0]->begin(), lists.begin()[0]->end());
    for (const Values* list : std::span(lists.begin(), lists.size()).subspan(1)) {
      for (const std::string& value : *list) values.push_back(value + std::string(suffix));
    }
    return values;
  };
  switch (kind) {
    case IdentifierKind::name: return all({&junk().name}, "");
    case IdentifierKind::serial: return all({&junk().serial, &junk().serial_pattern}, "");
    case IdentifierKind::uuid: return all({&junk().uuid}, "");
    case IdentifierKind::mac: return all({&junk().mac, &junk().mac_prefix}, "*");
    case IdentifierKind::address: return all({&junk().address}, "");
    case IdentifierKind::maker: return all({&junk().maker}, "");
  }
  return {};
}

bool is_junk(IdentifierKind kind, std::string_view canonical, const AllowedValues* allowed) {
  if (canonical.empty()) return true;
  if (allowed && allowed->contains({kind, std::string(canonical)})) return false;
  switch (kind) {
    case IdentifierKind::name: return false;
    case IdentifierKind::serial: return is_junk_serial(canonical);
    case IdentifierKind::uuid: return is_pattern(canonical) || junk().uuid.contains(canonical);
    case IdentifierKind::mac:
      return junk().mac.contains(canonical) || is_pattern(canonical) ||
             std::ranges::any_of(junk().mac_prefix,
                                 [&](const auto& prefix) { return canonical.starts_with(prefix); });
    case IdentifierKind::address:
      return junk().address.contains(canonical) || canonical.starts_with("127.") ||
             canonical.starts_with("fe80:");
    case IdentifierKind::maker: return is_pattern(canonical) || junk().maker.contains(canonical);
  }
  return false;
}

std::string identity_value(IdentifierKind kind, std::string_view value, const AllowedValues* allowed) {
  std::string canonical = canonical_identifier(kind, value);
  if (is_junk(kind, canonical, allowed)) return "";
  if (kind == IdentifierKind::mac && is_made_up_by_software(canonical)) return "";
  if (kind == IdentifierKind::uuid) {
    const std::string other = other_byte_order(canonical);
    return is_junk(kind, other, allowed) ? "" : std::min(canonical, other);
  }
  return canonical;
}

}  // namespace censo::cmdb
