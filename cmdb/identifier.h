// Identifiers in the one form in which they are compared, and which of them say nothing
// (schemas/junk/identifiers.yaml).
#pragma once

#include <string>
#include <string_view>

namespace censo::cmdb {

// What an attribute's value is, as an identifier.
enum class IdentifierKind { name, serial, uuid, mac, address, maker };
IdentifierKind kind_of_identifier(std::string_view attribute);

// Lower case and trimmed; MACs and UUIDs in their usual form, addresses without a prefix length. A value that
// does not have the form of its kind gives "".
std::string canonical_identifier(IdentifierKind kind, std::string_view value);

// Of a canonical value: a placeholder that many things carry. "" is junk.
bool is_junk(IdentifierKind kind, std::string_view canonical);

// The value as part of a strong key, or "" when it has no weight: junk, or a MAC address that software made
// up (locally administered or multicast). A UUID gets the lower of its two byte orders, since firmware and
// hypervisors differ in the first three fields.
std::string identity_value(IdentifierKind kind, std::string_view value);

}  // namespace censo::cmdb
