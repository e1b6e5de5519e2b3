#include "cmdb/junk_decision.h"

#include "base/text.h"
#include "cmdb/duplicates.h"
#include "cmdb/identification.h"
#include "cmdb/junk_review.h"
#include "cmdb/merge.h"
#include "cmdb/review.h"
#include "cmdb/subject.h"

#include <algorithm>
#include <set>
#include <vector>

namespace censo::cmdb {
namespace {

std::set<CiId> found_by(store::Transaction& tx, const std::string& value) {
  std::set<CiId> items;
  for (const store::Row& row : tx.query("select ci_id from ci_key where value = $1", value))
    items.emplace(row.integer(0));
  return items;
}

// The value in what sources wrote: of a MAC address with any separator, of a UUID what both byte orders
// share.
std::string pattern_of(const JunkChange& change) {
  std::string text = canonical_identifier(change.kind, change.value);
  if (change.kind == IdentifierKind::uuid) text = text.substr(19);
  text = base::like_escaped(text);
  if (change.kind == IdentifierKind::mac) std::ranges::replace(text, ':', '_');
  return "%" + text + "%";
}

struct Carrier {
  CiId ci;
  Identity identity;
};

// What sources say of the items that they report, where the value is an identifier of it. Keys are not made
// of listed values: only what was said has them.
std::vector<Carrier> carriers_of(store::Transaction& tx, const ClassCatalog& catalog,
                                 const JunkChange& change, const AllowedValues& allowed) {
  std::vector<Carrier> carriers;
  for (const store::Row& row :
       tx.query("select v.ci_id, v.class, v.name, v.sections, v.evidence from ci_value v join ci_source s"
                " on s.id = v.source_id and s.ci_id = v.ci_id"
                " where lower(cast(v.sections as text)) like $1 escape '\\'"
                " or lower(cast(v.evidence as text)) like $1 escape '\\' order by v.ci_id, v.source_id",
                pattern_of(change))) {
    const ClassDefinition* definition = catalog.find_class(row.text(1));
    if (!definition) continue;
    Identity identity = identity_from_stored(definition, row.text(2), row.text(3), row.text(4));
    identity.allowed = &allowed;
    const std::string value = identity_value(change.kind, change.value, &allowed);
    const auto keys = keys_of(identity);
    if (std::ranges::find(keys, value, &Key::value) == keys.end()) continue;
    (void)claim_keys(tx, CiId(row.integer(0)), keys);
    carriers.push_back({CiId(row.integer(0)), std::move(identity)});
  }
  return carriers;
}

void ask(store::Transaction& tx, const base::Clock& clock, CiId ci, const Candidate& other) {
  const Explanation explanation{
      "review", "duplicates", "a value that named nothing counts again", 0, 0, {other}, {}};
  ask_review(tx, clock, {ci, other.ci, "duplicates", false, explanation, {}, clock.now()});
}

}  // namespace

base::Result<JunkEntry> declare_junk(store::Transaction& tx, const base::Clock& clock,
                                     const JunkChange& change) {
  auto entry = add_junk(tx, change);
  if (!entry) return entry;
  std::set<CiId> roots;
  for (const CiId ci : found_by(tx, entry->value)) roots.insert(root_of(tx, ci));
  look_at_past_links(tx, clock, {entry->kind, "", entry->value, {roots.begin(), roots.end()}}, change.now);
  return entry;
}

base::Result<void> clear_junk(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                              const JunkChange& change) {
  if (auto done = remove_junk(tx, change); !done) return done;
  const AllowedValues allowed = allowed_values(tx);
  for (const auto& [ci, identity] : carriers_of(tx, catalog, change, allowed)) {
    const auto found = duplicate_of(tx, catalog, identity, ci);
    if (found && !join_duplicates(tx, catalog, clock, ci, *found)) ask(tx, clock, ci, *found);
  }
  return {};
}

}  // namespace censo::cmdb
