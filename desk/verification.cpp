#include "desk/verification.h"

#include "cmdb/merge.h"
#include "desk/change.h"
#include "desk/detected_store.h"
#include "desk/detection.h"
#include "desk/detection_rules.h"

#include <algorithm>
#include <limits>

namespace censo::desk {
namespace {

constexpr std::string_view observed = "observed";

std::vector<DetectedChange> matched_with(store::Transaction& tx, const Ticket& change) {
  std::vector<DetectedChange> found;
  const auto sql = detected_where(
      "d.ticket = $1 and d.ticket <> '' and d.state in ('matched', 'accepted') order by d.id limit 10000");
  for (const auto& row : tx.query(sql, change.number)) found.push_back(detected_of(row));
  return found;
}

Observation observation_of(const Operation& operation, const Modification& modification,
                           const std::vector<DetectedChange>& matched) {
  Observation observation{modification, {}, "not observed"};
  bool value = false;
  for (const auto& one : matched) {
    if (modification.ci &&
        cmdb::root_of(operation.tx, modification.ci) != cmdb::root_of(operation.tx, one.ci))
      continue;
    if (!is_meant(*operation.detection, modification, one)) continue;
    observation.seen.push_back(one);
    value |= has_value(modification, one);
  }
  if (!observation.seen.empty()) observation.verdict = value ? observed : "other value";
  return observation;
}

}  // namespace

bool Verification::as_planned() const {
  return unplanned.empty() && std::all_of(planned.begin(), planned.end(),
                                          [](const Observation& one) { return one.verdict == observed; });
}

std::string Verification::text() const {
  const auto missing = std::count_if(planned.begin(), planned.end(),
                                     [](const Observation& one) { return one.verdict != observed; });
  return std::to_string(missing) + " of " + std::to_string(planned.size()) +
         " planned modifications not observed as meant, " + std::to_string(unplanned.size()) + " unplanned";
}

Verification verify(const Operation& operation, const Ticket& change) {
  Verification verification;
  const auto matched = matched_with(operation.tx, change);
  for (const auto& modification : modifications_of(operation.tx, change))
    verification.planned.push_back(observation_of(operation, modification, matched));
  const auto window = actual_window(change);
  if (window.start == 0) return verification;
  const auto grace = operation.detection->grace_ms;
  const auto end = window.end == 0 ? std::numeric_limits<base::TimeMs>::max() : window.end + grace;
  const auto sql = detected_where(
      "d.ci_id = $1 and d.at >= $2 and d.state in ('new', 'unauthorised') and (case when d.not_before = 0 "
      "then "
      "d.at else d.not_before end) <= $3 order by d.at limit 1000");
  for (const auto ci : scope_of(operation.tx, change))
    for (const auto& row : operation.tx.query(sql, ci.value, window.start - grace, end))
      verification.unplanned.push_back(detected_of(row));
  return verification;
}

}  // namespace censo::desk
