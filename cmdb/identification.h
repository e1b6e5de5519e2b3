// Which configuration item a report speaks of: the keys of an item, who owns them, and what to do when two
// items claim one.
#pragma once

#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/identifier.h"
#include "cmdb/store/transaction.h"
#include "inventory/report.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

// A row of ci_key without its item.
struct Key {
  std::string rule;
  std::string value;         // canonical
  bool identifying = false;  // false: a look-up only
};

// The other ends of an item's relationships, by relation type, for identity rules that hold `within` one.
using Owners = std::map<std::string, CiId, std::less<>>;

// Where a report puts an item that is not its subject.
struct Surroundings {
  Owners owners;
  CiId beside;  // the subject: for want of better, an item is told apart by its name beside it; none = not so
};

// What an item is, as far as identification needs it.
struct Identity {
  const ClassDefinition* definition = nullptr;
  std::string name;
  inventory::Attributes attributes;
  Surroundings surroundings;
  inventory::Attributes parts = {};        // identifiers of its components: see evidence.h
  const AllowedValues* allowed = nullptr;  // listed junk that people took out of the lists
};

// What a source said, as ci_value holds it: its columns `sections` and `evidence`.
Identity identity_from_stored(const ClassDefinition* definition, std::string name, std::string_view sections,
                              std::string_view evidence);

// All keys: first the identifying ones in the order of the class's rules (junk and made-up values dropped)
// and as the last of these the name beside the subject; then the look-ups: the same values one by one, names,
// addresses. No (rule, value) twice.
std::vector<Key> keys_of(const Identity& identity);

// The one weak key: it finds an item only where the item or the finder has no other.
bool is_weak(const Key& key);

// The item that owns the key.
std::optional<CiId> owner_of(store::Transaction& tx, const Key& key);
// By the first of the strong keys that somebody owns, else by the weak one. Nothing: a new item.
std::optional<CiId> find_by_keys(store::Transaction& tx, std::span<const Key> keys);
bool has_strong_key(std::span<const Key> keys);
bool has_strong_key(store::Transaction& tx, CiId ci);

// An identifying key that `ci` has and another item owns.
struct Dispute {
  Key key;
  CiId owner;
};
// A disputed key becomes a look-up of `ci`: the owner keeps it. That two things bear one name is no dispute.
std::vector<Dispute> claim_keys(store::Transaction& tx, CiId ci, std::span<const Key> keys);
void release_keys(store::Transaction& tx, CiId ci, std::span<const Key> keys);

// What people call an item that comes without a name: its first telling attribute, else its class.
std::string name_of_item(const ClassDefinition& definition, const inventory::Attributes& attributes);

}  // namespace censo::cmdb
