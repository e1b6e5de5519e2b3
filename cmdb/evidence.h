// What a report shows of its subject's identity, in canonical form and without what says nothing.
#pragma once

#include "cmdb/identification_scheme.h"
#include "cmdb/identifier.h"
#include "inventory/report.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

struct Identity;  // cmdb/identification.h

struct EvidenceValue {
  const IdentifierWeight* weight = nullptr;
  IdentifierKind kind = IdentifierKind::name;
  std::string value;
};

struct Evidence {
  const IdentificationScheme* scheme = nullptr;
  std::string class_name, manufacturer, fqdn;
  std::vector<EvidenceValue> values;  // at most max_values; by the scheme's order
  std::vector<std::string> dropped;   // "serial_number none": listed junk, for the explanation

  static constexpr std::size_t max_values = 32;
  bool is_poor() const;  // nothing that names one thing
  bool knows(std::string_view identifier) const;
  bool has(std::string_view identifier, std::string_view value) const;
};
// The text as a value of this identifier, canonical; "" when it says nothing.
std::string value_as(const IdentifierWeight& weight, IdentifierKind kind, std::string_view text,
                     const AllowedValues* allowed = nullptr);
Evidence evidence_of(const IdentificationScheme& scheme, const Identity& identity);

// The rule in ci_key of addresses that move from one computer to another: they find it, but are no evidence.
inline constexpr std::string_view moving_mac = "moving_mac";
bool is_moving_mac(const Identity& identity, std::string_view canonical);

// Model, user and place together, of hardware that may still wait for its serial number; "" unless all are
// known.
inline constexpr std::string_view pending_asset = "pending_asset";
std::string pending_asset_of(const Identity& identity);

// Host name and model together: what people name they name once at a time, but the next machine of the same
// desk may have both; "" unless both are known.
inline constexpr std::string_view named_model = "named_model";
std::string named_model_of(const Identity& identity);

// Identifiers that a section's components of the subject carry: lists "disk_serial", "member_serial",
// "moving_mac".
inventory::Attributes parts_of(const inventory::Section& section);

// Everything that tells one computer's hardware from another's, MAC addresses of all kinds included, as a
// digest;
// "" when it shows nothing. Two reports of one running system give the same.
std::string hardware_fingerprint(const Identity& identity);

}  // namespace censo::cmdb
