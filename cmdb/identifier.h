// Identifiers in the one form in which they are compared, and which of them say nothing
// (schemas/junk/identifiers.yaml).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::cmdb {

// What an attribute's value is, as an identifier.
enum class IdentifierKind { name, serial, uuid, mac, address, maker };
IdentifierKind kind_of_identifier(std::string_view attribute);
std::string_view name_of(IdentifierKind kind);  // "serial"
std::optional<IdentifierKind> identifier_kind(std::string_view word);

// Values of the lists that people took out of them.
using AllowedValues = std::set<std::pair<IdentifierKind, std::string>>;

// Lower case and trimmed; MACs and UUIDs in their usual form, addresses without a prefix length. A value that
// does not have the form of its kind gives "".
std::string canonical_identifier(IdentifierKind kind, std::string_view value);

// Of a canonical value: a placeholder that many things carry. "" is junk.
bool is_junk(IdentifierKind kind, std::string_view canonical, const AllowedValues* allowed = nullptr);

// The value as part of a strong key, or "" when it has no weight: junk, or a MAC address that software made
// up (locally administered or multicast). A UUID gets the lower of its two byte orders, since firmware and
// hypervisors differ in the first three fields.
std::string identity_value(IdentifierKind kind, std::string_view value,
                           const AllowedValues* allowed = nullptr);

// Of a canonical name: one that installers give, or a MAC address that is junk. It finds an item, but is no
// evidence.
bool is_given_name(std::string_view canonical);

// The built-in list of a kind, patterns and prefixes included.
std::vector<std::string> listed_junk(IdentifierKind kind);

}  // namespace censo::cmdb
