#include "cmdb/identification.h"

#include "base/text.h"
#include "cmdb/evidence.h"
#include "cmdb/identification_scheme.h"
#include "cmdb/junk.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <array>

namespace censo::cmdb {
namespace {

using inventory::Attributes;
using inventory::TextList;

constexpr std::string_view beside_rule = "name_beside";
constexpr std::array<std::string_view, 11> look_up_attributes{
    "asset_tag",        "base_mac",     "baseboard_serial_number", "chassis_serial_number", "fqdn",
    "host_name",        "ip_addresses", "mac_addresses",           "management_address",    "sys_name",
    "virtual_addresses"};
constexpr std::array<std::string_view, 2> look_up_parts{"disk_serial", "member_serial"};
// A container shows its host's identifiers: these alone are its own.
constexpr std::array<std::string_view, 3> look_ups_alone{"fqdn", "host_name", "ip_addresses"};
constexpr std::array<std::string_view, 11> telling_attributes{
    "name",    "host_name", "sys_name",           "fqdn",     "instance",     "prefix",
    "account", "product",   "management_address", "base_mac", "serial_number"};

// What is longer than this names nothing, and PostgreSQL's indices do not hold it.
constexpr std::size_t key_bytes = 1024;

class KeySet {
 public:
  void add(Key key) {
    if (key.value.size() > key_bytes) return;
    const auto same = [&](const Key& other) { return other.rule == key.rule && other.value == key.value; };
    if (!key.value.empty() && std::ranges::none_of(keys_, same)) keys_.push_back(std::move(key));
  }
  std::vector<Key> take() { return std::move(keys_); }

 private:
  std::vector<Key> keys_;
};

// "name" is the item's own where its class has no attribute of that name.
std::string text_of(const Identity& identity, const std::string& attribute) {
  const inventory::Value* value = identity.attributes.find(attribute);
  if (value && !std::holds_alternative<TextList>(*value)) return to_text(*value);
  const bool own_name = attribute == "name" && !identity.definition->find_attribute("name");
  return own_name ? identity.name : "";
}

// The values of the rule's attributes; "" as soon as one that counts is missing or has no weight.
std::string value_of_rule(const IdentityRule& rule, const Identity& identity) {
  std::string joined;
  if (!rule.within.empty()) {
    const auto owner = identity.surroundings.owners.find(rule.within);
    if (owner == identity.surroundings.owners.end()) return "";
    joined = base::to_text(owner->second);
  }
  for (const std::string& attribute : rule.attributes) {
    const std::string value =
        identity_value(kind_of_identifier(attribute), text_of(identity, attribute), identity.allowed);
    if (value.empty() && std::ranges::find(rule.optional, attribute) == rule.optional.end()) return "";
    joined += joined.empty() ? value : "|" + value;
  }
  return joined;
}

// Its own key tells what it belongs to, and so more than its name does.
bool names_its_owner(const Identity& identity) {
  const auto names_owner = [&](const IdentityRule& rule) {
    const bool has_reference = std::ranges::any_of(rule.attributes, [&](const std::string& name) {
      const AttributeDefinition* attribute = identity.definition->find_attribute(name);
      return attribute && attribute->type == AttributeType::reference;
    });
    return has_reference && !value_of_rule(rule, identity).empty();
  };
  return std::ranges::any_of(identity.definition->identity, names_owner);
}

Key key_beside(const Identity& identity) {
  return {std::string(beside_rule),
          base::to_text(identity.surroundings.beside) + "|" + identity.definition->name + "|" +
              base::to_lower(base::trim(identity.name)),
          true};
}

void add_look_up(KeySet& keys, std::string_view attribute, std::string_view text, const Identity& identity) {
  const IdentifierKind kind = kind_of_identifier(attribute);
  std::string value = canonical_identifier(kind, text);
  if (value == "*" || is_junk(kind, value, identity.allowed)) return;  // "*": any address of the host
  const bool moves = kind == IdentifierKind::mac && is_moving_mac(identity, value);
  keys.add({moves ? std::string(moving_mac) : std::string(attribute), std::move(value), false});
}

void add_look_ups(KeySet& keys, std::string_view attribute, const Identity& identity) {
  const inventory::Value* value = identity.attributes.find(attribute);
  if (!value) value = identity.parts.find(attribute);
  if (!value) return;
  if (const auto* text = std::get_if<std::string>(value)) add_look_up(keys, attribute, *text, identity);
  if (const auto* list = std::get_if<TextList>(value)) {
    for (const std::string& text : *list) add_look_up(keys, attribute, text, identity);
  }
}

// Nobody looks for one by these alone: one of few words ("tcp"), or the item that it belongs to.
bool tells_little(const ClassDefinition& definition, const std::string& attribute) {
  const AttributeDefinition* found = definition.find_attribute(attribute);
  return found && (found->type == AttributeType::enumeration || found->type == AttributeType::reference);
}

void add_look_ups_of_rule(KeySet& keys, const IdentityRule& rule, const Identity& identity) {
  if (!rule.within.empty()) return;
  for (const std::string& attribute : rule.attributes) {
    const bool is_maker = kind_of_identifier(attribute) == IdentifierKind::maker;
    if (!is_maker && !tells_little(*identity.definition, attribute)) add_look_ups(keys, attribute, identity);
  }
}

bool shows_another_ones_hardware(const ClassDefinition& definition) {
  const auto* scheme = IdentificationSchemes::built_in().named(definition.name);
  return scheme && scheme->alone;
}

void add_hardware_keys(KeySet& keys, const Identity& identity) {
  for (const IdentityRule& rule : identity.definition->identity) add_look_ups_of_rule(keys, rule, identity);
  for (const std::string_view attribute : look_up_attributes) add_look_ups(keys, attribute, identity);
  for (const std::string_view attribute : look_up_parts) add_look_ups(keys, attribute, identity);
  keys.add({std::string(pending_asset), pending_asset_of(identity), false});
  keys.add({std::string(named_model), named_model_of(identity), false});
}

// Values that were found to name nothing, of those that strong keys are made of.
std::set<std::string> junk_among(store::Transaction& tx, std::span<const Key> keys) {
  std::set<std::string> values;
  for (const Key& key : keys) {
    if (!key.identifying || is_weak(key)) continue;
    for (const std::string_view part : base::split(key.value, '|')) values.emplace(part);
  }
  return values.empty() ? values : added_junk(tx, values);
}

bool is_made_of(const Key& key, const std::set<std::string>& junk) {
  return std::ranges::any_of(base::split(key.value, '|'),
                             [&](std::string_view part) { return junk.contains(std::string(part)); });
}

}  // namespace

Identity identity_from_stored(const ClassDefinition* definition, std::string name, std::string_view sections,
                              std::string_view evidence) {
  Identity identity{definition, std::move(name), {}, {}};
  for (const auto& [section, attributes] : attributes_by_name_from_json(sections)) {
    for (const auto& [attribute, value] : attributes) identity.attributes.set(attribute, value);
  }
  for (const auto& [section, parts] : attributes_by_name_from_json(evidence)) {
    for (const auto& [part, value] : parts) identity.parts.set(part, value);
  }
  return identity;
}

std::vector<Key> keys_of(const Identity& identity) {
  KeySet keys;
  const bool alone = shows_another_ones_hardware(*identity.definition);
  for (const IdentityRule& rule : identity.definition->identity) {
    if (!alone) keys.add({rule.name, value_of_rule(rule, identity), true});
  }
  if (identity.surroundings.beside && !names_its_owner(identity)) keys.add(key_beside(identity));
  keys.add({"name", base::to_lower(base::trim(identity.name)), false});
  if (!alone) add_hardware_keys(keys, identity);
  for (const std::string_view attribute : look_ups_alone) {
    if (alone) add_look_ups(keys, attribute, identity);
  }
  for (const AttributeDefinition& attribute : identity.definition->attributes) {
    if (attribute.unique) add_look_ups(keys, attribute.name, identity);
  }
  return keys.take();
}

bool is_weak(const Key& key) {
  return key.rule == beside_rule;
}

std::optional<CiId> owner_of(store::Transaction& tx, const Key& key) {
  const auto row = tx.query_one(
      "select ci_id from ci_key where rule = $1 and value = $2 and"
      " case when identifying = 1 then 0 else ci_id end = 0",
      key.rule, key.value);
  return row ? std::optional(CiId(row->integer(0))) : std::nullopt;
}

bool has_strong_key(std::span<const Key> keys) {
  return std::ranges::any_of(keys, [](const Key& key) { return key.identifying && !is_weak(key); });
}

bool has_strong_key(store::Transaction& tx, CiId ci) {
  return tx
      .query_one("select 1 from ci_key where ci_id = $1 and identifying = 1 and rule <> $2", ci.value,
                 beside_rule)
      .has_value();
}

std::optional<CiId> find_by_keys(store::Transaction& tx, std::span<const Key> keys) {
  for (const Key& key : keys) {
    const auto owner = key.identifying ? owner_of(tx, key) : std::nullopt;
    if (!owner) continue;
    if (!is_weak(key) || !has_strong_key(keys) || !has_strong_key(tx, *owner)) return owner;
  }
  return std::nullopt;
}

std::vector<Dispute> claim_keys(store::Transaction& tx, CiId ci, std::span<const Key> keys) {
  std::vector<Dispute> disputes;
  const auto junk = junk_among(tx, keys);
  for (const Key& key : keys) {
    const bool names_one = key.identifying && (is_weak(key) || !is_made_of(key, junk));
    const auto owner = names_one ? owner_of(tx, key) : std::nullopt;
    const bool disputed = owner && *owner != ci;
    if (disputed && !is_weak(key)) disputes.push_back({key, *owner});
    tx.execute(
        "insert into ci_key (rule, value, ci_id, identifying) values ($1, $2, $3, $4)"
        " on conflict (value, rule, ci_id) do update set identifying = excluded.identifying",
        key.rule, key.value, ci.value, names_one && !disputed);
  }
  return disputes;
}

void release_keys(store::Transaction& tx, CiId ci, std::span<const Key> keys) {
  for (const Key& key : keys) {
    tx.execute("delete from ci_key where value = $1 and rule = $2 and ci_id = $3", key.value, key.rule,
               ci.value);
  }
}

std::string name_of_item(const ClassDefinition& definition, const Attributes& attributes) {
  for (const std::string_view attribute : telling_attributes) {
    if (const std::string text = attributes.text(attribute); !text.empty()) {
      return base::sanitize_utf8(text, key_bytes);
    }
  }
  return definition.name;
}

}  // namespace censo::cmdb
