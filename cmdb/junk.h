// Values that name nothing: the lists that ship, what people add to them or take out, and what was learnt.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/identifier.h"
#include "cmdb/store/transaction.h"

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::cmdb {

struct JunkEntry {
  IdentifierKind kind = IdentifierKind::serial;
  std::string value;    // canonical; in the lists that ship also a pattern
  std::string verdict;  // "junk", or "allowed": taken out of the lists that ship
  std::string origin;   // "built_in", "person", "learnt"
  std::string actor, reason;
  std::vector<CiId> evidence;  // learnt: items that carry it
  base::TimeMs at = 0;         // 0: built in
};

// By kind and value: what ships, each with what people decided on it, then what was added.
std::vector<JunkEntry> list_junk(store::Transaction& tx);

struct JunkChange {
  IdentifierKind kind = IdentifierKind::serial;
  std::string value;  // in any usual form
  std::string actor, reason;
  base::TimeMs now = 0;
};
// From now on the value finds no item by itself; keys made of it become look-ups for people.
// Errc::invalid_argument: not of this kind's form, or a kind that is no identifier; Errc::conflict: it is
// junk already.
base::Result<JunkEntry> add_junk(store::Transaction& tx, const JunkChange& change);
// An added or learnt value is forgotten, a listed one allowed. Errc::not_found: the value is not junk.
base::Result<void> remove_junk(store::Transaction& tx, const JunkChange& change);
void learn_junk(store::Transaction& tx, IdentifierKind kind, const std::string& value,
                std::span<const CiId> carriers, base::TimeMs now);

// Those of the values that were added or learnt. One statement.
std::set<std::string> added_junk(store::Transaction& tx, const std::set<std::string>& values);
// Listed values that people took out.
AllowedValues allowed_values(store::Transaction& tx);

}  // namespace censo::cmdb
