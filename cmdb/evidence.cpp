#include "cmdb/evidence.h"

#include "base/digest.h"
#include "base/text.h"
#include "cmdb/identification.h"

#include <algorithm>
#include <array>
#include <set>

namespace censo::cmdb {
namespace {

using inventory::Attributes;
using inventory::TextList;

constexpr std::size_t values_an_identifier = 8, most_dropped = 8, most_parts = 16;

TextList texts_of(const Attributes& attributes, std::string_view name) {
  const inventory::Value* value = attributes.find(name);
  if (!value) return {};
  if (const auto* text = std::get_if<std::string>(value)) return {*text};
  const auto* list = std::get_if<TextList>(value);
  return list ? *list : TextList{};
}

TextList texts_of(const Identity& identity, const std::string& attribute) {
  if (attribute == "name") return {identity.name};
  if (attribute == pending_asset) return {pending_asset_of(identity)};
  if (attribute == named_model) return {named_model_of(identity)};
  TextList texts = texts_of(identity.attributes, attribute);
  return texts.empty() ? texts_of(identity.parts, attribute) : texts;
}

// A machine that is named by what it is, or by nothing, has the name of its class.
bool says_no_name(const Identity& identity, std::string_view name) {
  return is_given_name(name) || name == identity.definition->name;
}

// "" when it says nothing.
std::string value_of(const Identity& identity, const IdentifierWeight& weight, IdentifierKind kind,
                     const std::string& text) {
  std::string value = value_as(weight, kind, text, identity.allowed);
  if (kind == IdentifierKind::name && says_no_name(identity, value)) return "";
  return kind == IdentifierKind::mac && is_moving_mac(identity, value) ? "" : value;
}

// Of the two weights of MAC addresses, it is the other one's.
bool counts_elsewhere(const IdentifierWeight& weight, IdentifierKind kind, const std::string& text) {
  return kind == IdentifierKind::mac && IdentificationSchemes::built_in().is_hypervisor_mac(
                                            canonical_identifier(kind, text)) != weight.of_hypervisor;
}

void add_values(Evidence& evidence, const IdentifierWeight& weight, const Identity& identity) {
  std::size_t added = 0;
  for (const std::string& attribute : weight.attributes) {
    const IdentifierKind kind = kind_of_identifier(attribute);
    for (const std::string& text : texts_of(identity, attribute)) {
      std::string value = value_of(identity, weight, kind, text);
      if (value.empty() && !text.empty() && !counts_elsewhere(weight, kind, text) &&
          evidence.dropped.size() < most_dropped)
        evidence.dropped.push_back(attribute + " " + text.substr(0, 80));
      const bool full = added >= values_an_identifier || evidence.values.size() >= Evidence::max_values;
      if (value.empty() || full || evidence.has(weight.identifier, value)) continue;
      evidence.values.push_back({&weight, kind, std::move(value)});
      ++added;
    }
  }
}

void add_disk(std::set<std::string>& serials, const inventory::Item& item) {
  const inventory::Value* removable = item.attributes.find("removable");
  const bool moves = (removable && *removable == inventory::Value(true)) ||
                     item.attributes.text("transport") == "usb" || item.attributes.text("type") == "optical";
  if (moves) return;
  const std::string serial = identity_value(IdentifierKind::serial, item.attributes.text("serial_number"));
  const std::string wwn = identity_value(IdentifierKind::serial, item.attributes.text("wwn"));
  serials.insert(serial.empty() ? wwn : serial);
}

void add_member(std::set<std::string>& serials, const inventory::Item& item) {
  const std::string kind = item.attributes.text("entity_class");
  if (kind != "chassis" && kind != "stack") return;
  serials.insert(identity_value(IdentifierKind::serial, item.attributes.text("serial_number")));
}

// A bond or a bridge has the address of the adapter below it, which stays.
struct Macs {
  std::set<std::string> moving, own;
};

void add_macs(Macs& macs, const inventory::Item& item) {
  static constexpr std::array<std::string_view, 2> own{"physical", "wireless"};
  const bool has_own_kind = std::ranges::find(own, item.attributes.text("kind")) != own.end();
  const bool moves =
      !has_own_kind || IdentificationSchemes::built_in().is_moving_driver(item.attributes.text("driver"));
  for (const char* attribute : {"mac", "permanent_mac"}) {
    std::string mac = canonical_identifier(IdentifierKind::mac, item.attributes.text(attribute));
    (moves ? macs.moving : macs.own).insert(std::move(mac));
  }
}

void set_list(Attributes& attributes, std::string_view name, std::set<std::string>& values) {
  values.erase("");
  TextList list(values.begin(), values.end());
  if (list.size() > most_parts) list.resize(most_parts);
  attributes.set(name, std::move(list));
}

}  // namespace

bool Evidence::is_poor() const {
  return std::ranges::none_of(values, [](const EvidenceValue& one) { return one.weight->strong; });
}

bool Evidence::knows(std::string_view identifier) const {
  return std::ranges::any_of(values, [&](const auto& one) { return one.weight->identifier == identifier; });
}

bool Evidence::has(std::string_view identifier, std::string_view value) const {
  return std::ranges::any_of(values, [&](const EvidenceValue& one) {
    return one.value == value && one.weight->identifier == identifier;
  });
}

std::string value_as(const IdentifierWeight& weight, IdentifierKind kind, std::string_view text,
                     const AllowedValues* allowed) {
  if (kind != IdentifierKind::mac) return identity_value(kind, text, allowed);
  std::string mac = canonical_identifier(kind, text);
  const bool of_hypervisor = IdentificationSchemes::built_in().is_hypervisor_mac(mac);
  if (of_hypervisor != weight.of_hypervisor) return "";
  if (!of_hypervisor) return identity_value(kind, text, allowed);
  return is_junk(kind, mac, allowed) ? "" : mac;
}

Evidence evidence_of(const IdentificationScheme& scheme, const Identity& identity) {
  Evidence evidence{&scheme,
                    identity.definition->name,
                    identity_value(IdentifierKind::maker, identity.attributes.text("manufacturer")),
                    base::to_lower(identity.attributes.text("fqdn")),
                    {},
                    {}};
  for (const IdentifierWeight& weight : scheme.identifiers) {
    if (weight.same > 0) add_values(evidence, weight, identity);
  }
  return evidence;
}

bool is_moving_mac(const Identity& identity, std::string_view canonical) {
  const TextList moving = texts_of(identity.parts, moving_mac);
  return std::ranges::find(moving, canonical) != moving.end();
}

std::string pending_asset_of(const Identity& identity) {
  const auto text = [&](std::string_view name) {
    return base::to_lower(base::trim(identity.attributes.text(name)));
  };
  const std::string model = identity_value(IdentifierKind::maker, text("model"));
  const std::string user = text("primary_user");
  const std::string place = text("location").empty() ? text("sys_location") : text("location");
  if (model.empty() || user.empty() || place.empty()) return "";
  return model + "|" + user + "|" + place;
}

std::string named_model_of(const Identity& identity) {
  const std::string name = canonical_identifier(IdentifierKind::name, identity.attributes.text("host_name"));
  const std::string model = identity_value(IdentifierKind::maker, identity.attributes.text("model"));
  return model.empty() || is_given_name(name) ? "" : model + "|" + name;
}

Attributes parts_of(const inventory::Section& section) {
  std::set<std::string> disks, members;
  Macs macs;
  for (const inventory::Item& item : section.items) {
    if (!item.owner.empty()) continue;
    if (item.class_name == "disk") add_disk(disks, item);
    if (item.class_name == "physical_entity") add_member(members, item);
    if (item.class_name == "network_interface") add_macs(macs, item);
  }
  for (const std::string& mac : macs.own) macs.moving.erase(mac);
  Attributes parts;
  set_list(parts, "disk_serial", disks);
  set_list(parts, "member_serial", members);
  set_list(parts, moving_mac, macs.moving);
  return parts;
}

std::string hardware_fingerprint(const Identity& identity) {
  std::string text;
  for (const char* attribute : {"serial_number", "smbios_uuid"}) {
    text += identity_value(kind_of_identifier(attribute), identity.attributes.text(attribute)) + "|";
  }
  for (const char* attribute : {"mac_addresses", "disk_serial"}) {
    std::set<std::string> values;
    for (const std::string& one : texts_of(identity, attribute)) {
      const std::string value = canonical_identifier(kind_of_identifier(attribute), one);
      if (!is_moving_mac(identity, value)) values.insert(value);
    }
    for (const std::string& value : values) text += value + ",";
    text += "|";
  }
  if (text.find_first_not_of("|,") == std::string::npos) return "";
  return base::to_hex(base::sha256(text)).substr(0, 32);
}

}  // namespace censo::cmdb
