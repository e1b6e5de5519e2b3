#include "cmdb/identification.h"

#include "base/text.h"
#include "cmdb/identifier.h"

#include <algorithm>
#include <array>

namespace censo::cmdb {
namespace {

using inventory::Attributes;
using inventory::TextList;

constexpr std::string_view beside_rule = "name_beside";
constexpr std::array<std::string_view, 8> look_up_attributes{
    "asset_tag",     "base_mac",           "fqdn",    "host_name", "ip_addresses",
    "mac_addresses", "management_address", "sys_name"};
constexpr std::array<std::string_view, 11> telling_attributes{
    "name",    "host_name", "sys_name",           "fqdn",     "instance",     "prefix",
    "account", "product",   "management_address", "base_mac", "serial_number"};

class KeySet {
 public:
  void add(Key key) {
    const auto same = [&](const Key& other) { return other.rule == key.rule && other.value == key.value; };
    if (!key.value.empty() && std::ranges::none_of(keys_, same)) keys_.push_back(std::move(key));
  }
  std::vector<Key> take() { return std::move(keys_); }

 private:
  std::vector<Key> keys_;
};

// The values of the rule's attributes; "" as soon as one is missing or has no weight.
std::string value_of_rule(const IdentityRule& rule, const Identity& identity) {
  std::string joined;
  if (!rule.within.empty()) {
    const auto owner = identity.surroundings.owners.find(rule.within);
    if (owner == identity.surroundings.owners.end()) return "";
    joined = base::to_text(owner->second);
  }
  for (const std::string& attribute : rule.attributes) {
    const std::string value =
        identity_value(kind_of_identifier(attribute), identity.attributes.text(attribute));
    if (value.empty()) return "";
    joined += joined.empty() ? value : "|" + value;
  }
  return joined;
}

Key key_beside(const Identity& identity) {
  return {std::string(beside_rule),
          base::to_text(identity.surroundings.beside) + "|" + identity.definition->name + "|" +
              base::to_lower(base::trim(identity.name)),
          true};
}

void add_look_up(KeySet& keys, std::string_view attribute, std::string_view text) {
  const IdentifierKind kind = kind_of_identifier(attribute);
  std::string value = canonical_identifier(kind, text);
  if (!is_junk(kind, value)) keys.add({std::string(attribute), std::move(value), false});
}

void add_look_ups(KeySet& keys, std::string_view attribute, const Attributes& attributes) {
  const inventory::Value* value = attributes.find(attribute);
  if (!value) return;
  if (const auto* text = std::get_if<std::string>(value)) add_look_up(keys, attribute, *text);
  if (const auto* list = std::get_if<TextList>(value)) {
    for (const std::string& text : *list) add_look_up(keys, attribute, text);
  }
}

void add_look_ups_of_rule(KeySet& keys, const IdentityRule& rule, const Attributes& attributes) {
  if (!rule.within.empty()) return;
  for (const std::string& attribute : rule.attributes) {
    if (kind_of_identifier(attribute) != IdentifierKind::maker) add_look_ups(keys, attribute, attributes);
  }
}

}  // namespace

std::vector<Key> keys_of(const Identity& identity) {
  KeySet keys;
  const auto& rules = identity.definition->identity;
  for (const IdentityRule& rule : rules) keys.add({rule.name, value_of_rule(rule, identity), true});
  if (identity.surroundings.beside) keys.add(key_beside(identity));
  keys.add({"name", base::to_lower(base::trim(identity.name)), false});
  for (const IdentityRule& rule : rules) add_look_ups_of_rule(keys, rule, identity.attributes);
  for (const std::string_view attribute : look_up_attributes)
    add_look_ups(keys, attribute, identity.attributes);
  return keys.take();
}

bool is_weak(const Key& key) {
  return key.rule == beside_rule;
}

std::optional<CiId> owner_of(store::Transaction& tx, const Key& key) {
  const auto row = tx.query_one("select ci_id from ci_key where rule = $1 and value = $2 and identifying = 1",
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
  for (const Key& key : keys) {
    const auto owner = key.identifying ? owner_of(tx, key) : std::nullopt;
    const bool disputed = owner && *owner != ci;
    if (disputed && !is_weak(key)) disputes.push_back({key, *owner});
    tx.execute(
        "insert into ci_key (rule, value, ci_id, identifying) values ($1, $2, $3, $4)"
        " on conflict (value, rule, ci_id) do update set identifying = excluded.identifying",
        key.rule, key.value, ci.value, key.identifying && !disputed);
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
    if (std::string text = attributes.text(attribute); !text.empty()) return text;
  }
  return definition.name;
}

}  // namespace censo::cmdb
