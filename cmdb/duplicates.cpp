#include "cmdb/duplicates.h"

#include "cmdb/identification_record.h"
#include "cmdb/identification_scheme.h"
#include "cmdb/merge.h"
#include "cmdb/reporting_source.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace censo::cmdb {
namespace {

using Members = std::vector<CiId>;

bool has_live_agent(store::Transaction& tx, const Members& members) {
  return std::ranges::any_of(members, [&](CiId ci) { return !live_agents_of(tx, ci).empty(); });
}

std::set<std::string> values_of(store::Transaction& tx, const Members& members, std::string_view rule) {
  std::set<std::string> values;
  for (const CiId ci : members) {
    for (const store::Row& row :
         tx.query("select value from ci_key where ci_id = $1 and rule = $2", ci.value, rule))
      values.insert(row.text(0));
  }
  return values;
}

bool differ_in(store::Transaction& tx, const Members& a, const Members& b, std::string_view rule) {
  const auto of_a = values_of(tx, a, rule), of_b = values_of(tx, b, rule);
  return !of_a.empty() && !of_b.empty() &&
         std::ranges::none_of(of_a, [&](const std::string& value) { return of_b.contains(value); });
}

// In an identifier that must not differ, as two instances of one hypervisor do.
bool are_contradictory(store::Transaction& tx, const ClassCatalog& catalog, const Members& a,
                       const Members& b) {
  const auto row = tx.query_one("select class from ci where id = $1", b.front().value);
  const auto* scheme = IdentificationSchemes::built_in().of_class(catalog, row ? row->text(0) : "");
  return scheme && std::ranges::any_of(scheme->identifiers, [&](const IdentifierWeight& weight) {
           return weight.veto && differ_in(tx, a, b, weight.attributes.front());
         });
}

bool were_found_different(store::Transaction& tx, const Members& a, const Members& b) {
  for (const CiId one : a) {
    for (const CiId other : b) {
      const auto row = tx.query_one(
          "select 1 from review where state = 'different'"
          " and ((ci_id = $1 and other_ci_id = $2) or (ci_id = $2 and other_ci_id = $1))",
          one.value, other.value);
      if (row) return true;
    }
  }
  return false;
}

// Questions whether they are one are answered.
void close_reviews(store::Transaction& tx, const Members& a, const Members& b, const MergeAct& act) {
  for (const CiId one : a) {
    for (const CiId other : b) {
      tx.execute(
          "update review set state = 'same', decided_by = $3, decided_at = $4, reason = $5, due_at = null"
          " where state in ('open', 'later') and kind <> 'live_agents'"
          " and ((ci_id = $1 and other_ci_id = $2) or (ci_id = $2 and other_ci_id = $1))",
          one.value, other.value, act.actor, act.now, act.reason);
    }
  }
}

}  // namespace

bool join_duplicates(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock, CiId ci,
                     const Candidate& candidate) {
  const CiId a = root_of(tx, ci), b = root_of(tx, candidate.ci);
  if (a == b) return true;
  const Members of_a = members_of(tx, a), of_b = members_of(tx, b);
  const bool apart = (has_live_agent(tx, of_a) && has_live_agent(tx, of_b)) ||
                     are_contradictory(tx, catalog, of_a, of_b) ||
                     are_contradictory(tx, catalog, of_b, of_a) || were_found_different(tx, of_a, of_b);
  if (apart) return false;
  const CiId younger = std::max(a, b), older = std::min(a, b);
  const std::string why = "one report shows the identifiers of both";
  const MergeAct act{"rule duplicates", why, clock.now()};
  if (!merge_item(tx, catalog, clock, {younger, older}, act)) return false;
  close_reviews(tx, of_a, of_b, act);
  const Explanation explanation{"merged", "duplicates", why, 0, 0, {candidate}, {}};
  record_identification(tx, clock, {younger, {}, clock.now()}, explanation);
  tx.execute(
      "update conflict set resolved_at = $3 where resolved_at is null"
      " and ((ci_id = $1 and other_ci_id = $2) or (ci_id = $2 and other_ci_id = $1))",
      younger.value, older.value, clock.now());
  return true;
}

}  // namespace censo::cmdb
