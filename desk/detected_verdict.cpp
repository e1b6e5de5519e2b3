#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "cmdb/merge.h"
#include "desk/change.h"
#include "desk/desk_role.h"
#include "desk/detected_change.h"
#include "desk/detected_store.h"
#include "desk/detection_rules.h"
#include "desk/ticket_kind.h"
#include "desk/transition.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;

constexpr std::string_view by_hand = "by hand";

base::Result<void> check_person(const Operation& operation, const std::string& reason) {
  const auto may = needs_role(operation.act.roles, {"change_manager"}, "expected the role change_manager");
  if (!may) return may;
  if (base::trim(reason).empty() || reason.size() > 4'000)
    return base::fail(Errc::invalid_argument, "expected a reason of 1 to 4000 bytes", "reason");
  return {};
}

// One that a person may decide about now.
base::Result<DetectedChange> open_one(const Operation& operation, DetectedId id, const std::string& reason) {
  if (const auto checked = check_person(operation, reason); !checked) return checked.error();
  auto detected = find_detected(operation.tx, id);
  if (!detected) return detected.error();
  if (detected->state == "new" || detected->state == "unauthorised") return *detected;
  return base::fail(Errc::conflict, "it is " + detected->state + " already", {}, "DECIDED");
}

void decide(const Operation& operation, DetectedChange& detected, std::string_view state,
            const std::string& reason) {
  detected.state = state;
  detected.rule = by_hand;
  detected.decided_at = operation.act.clock.now();
  detected.decided_by = operation.act.actor;
  detected.reason = base::trim(reason);
  save_decision(operation.tx, detected);
}

std::vector<DetectedChange> group_of(store::Transaction& tx, const DetectedChange& one) {
  std::vector<DetectedChange> group;
  const auto sql = detected_where(
      "d.group_id = $1 and d.group_id <> 0 and d.state = 'unauthorised' order by d.at, d.id limit 1000");
  for (const auto& row : tx.query(sql, one.group.value)) group.push_back(detected_of(row));
  return group;
}

// The subject as a planned modification names it.
std::string planned_subject(const DetectedChange& detected) {
  const auto subject = subject_of(detected.what, detected.subject);
  const bool component = detected.what.starts_with("component_");
  return component && !subject.key.empty() ? subject.name + " " + subject.key : subject.name;
}

NewTicket retrospective_of(const Operation& operation, const std::vector<DetectedChange>& group,
                           const std::string& reason) {
  NewTicket wanted;
  wanted.kind = "change";
  wanted.requester = operation.act.actor;
  wanted.title = "Retrospective: " + base::sanitize_utf8(group.front().ci_name, 60) + ", " +
                 base::sanitize_utf8(group.front().subject, 60);
  if (group.size() > 1) wanted.title += " and " + std::to_string(group.size() - 1) + " more";
  wanted.affected = {cmdb::root_of(operation.tx, group.front().ci)};
  wanted.fields = {{"type", "retrospective"}, {"justification", std::string(base::trim(reason))}};
  return wanted;
}

void plan(const Operation& operation, const Ticket& change, const DetectedChange& detected) {
  operation.tx.execute(
      "insert into change_modification (id, ticket_id, ci_id, subject, new_value) values ($1, $2, $3, $4, "
      "$5)",
      base::next_id(operation.act.clock), change.id.value, cmdb::root_of(operation.tx, detected.ci).value,
      planned_subject(detected), detected.what == "attribute" ? detected.new_value : "");
}

}  // namespace

base::Result<Ticket> accept_detected(const Operation& operation, DetectedId id, bool whole_group,
                                     const std::string& reason) {
  const auto one = open_one(operation, id, reason);
  if (!one) return one.error();
  auto group = whole_group && one->group ? group_of(operation.tx, *one) : std::vector{*one};
  const auto change =
      open_ticket(operation.tx, operation.kinds, retrospective_of(operation, group, reason), operation.act);
  if (!change) return change.error();
  auto start = group.front().at, end = group.front().at;
  for (auto& detected : group) {
    start = std::min(start, detected.not_before != 0 ? detected.not_before : detected.at - 1);
    end = std::max(end, detected.at);
    plan(operation, *change, detected);
    detected.ticket = change->number;
    decide(operation, detected, "accepted", reason);
  }
  return transition(operation, *change,
                    {"record",
                     {{"result", "success"},
                      {"actual_start", base::to_iso8601(start)},
                      {"actual_end", base::to_iso8601(end)},
                      {"reason", reason}},
                     0});
}

base::Result<DetectedChange> match_detected(const Operation& operation, DetectedId id,
                                            std::string_view number, const std::string& reason) {
  auto detected = open_one(operation, id, reason);
  if (!detected) return detected.error();
  const auto change = find_ticket(operation.tx, number);
  if (!change) return change.error();
  if (change->kind != "change")
    return base::fail(Errc::invalid_argument, change->number + " is no change", "change", "NO_CHANGE");
  detected->ticket = change->number;
  detected->verdict = "partial";
  decide(operation, *detected, "matched", reason);
  return *detected;
}

base::Result<DetectedChange> dismiss_detected(const Operation& operation, DetectedId id,
                                              const Dismissal& dismissal) {
  if (dismissal.state != "noise" && dismissal.state != "expected")
    return base::fail(Errc::invalid_argument, "expected noise or expected", "state");
  auto detected = open_one(operation, id, dismissal.reason);
  if (!detected) return detected.error();
  if (dismissal.until != 0 && dismissal.until <= operation.act.clock.now())
    return base::fail(Errc::invalid_argument, "expected a time to come", "until");
  if (dismissal.until != 0) {
    operation.tx.execute(
        "insert into detection_verdict (id, ci_id, class, subject, value, state, until, person, reason, "
        "made_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        base::next_id(operation.act.clock), dismissal.whole_class ? std::int64_t{0} : detected->ci.value,
        dismissal.whole_class ? detected->class_name : "", detected->subject,
        dismissal.any_value ? "" : detected->new_value, dismissal.state, dismissal.until, operation.act.actor,
        dismissal.reason, operation.act.clock.now());
  }
  decide(operation, *detected, dismissal.state, dismissal.reason);
  return *detected;
}

}  // namespace censo::desk
