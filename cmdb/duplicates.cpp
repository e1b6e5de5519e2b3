#include "cmdb/duplicates.h"

#include "cmdb/identification_record.h"
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

}  // namespace

bool join_duplicates(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock, CiId ci,
                     const Candidate& candidate) {
  const CiId a = root_of(tx, ci), b = root_of(tx, candidate.ci);
  if (a == b) return true;
  const Members of_a = members_of(tx, a), of_b = members_of(tx, b);
  const bool apart = (has_live_agent(tx, of_a) && has_live_agent(tx, of_b)) ||
                     differ_in(tx, of_a, of_b, "serial_number") || differ_in(tx, of_a, of_b, "smbios_uuid") ||
                     were_found_different(tx, of_a, of_b);
  if (apart) return false;
  const CiId younger = std::max(a, b), older = std::min(a, b);
  const std::string why = "one report shows the identifiers of both";
  if (!merge_item(tx, catalog, clock, {younger, older}, {"rule duplicates", why, clock.now()})) return false;
  const Explanation explanation{"merged", "duplicates", why, 0, 0, {candidate}, {}};
  record_identification(tx, clock, {younger, {}, clock.now()}, explanation);
  tx.execute(
      "update conflict set resolved_at = $3 where resolved_at is null"
      " and ((ci_id = $1 and other_ci_id = $2) or (ci_id = $2 and other_ci_id = $1))",
      younger.value, older.value, clock.now());
  return true;
}

}  // namespace censo::cmdb
