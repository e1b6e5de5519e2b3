#include "desk/change.h"

#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "cmdb/merge.h"
#include "desk/detection_rules.h"
#include "desk/effects.h"
#include "desk/ticket_fields.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_store.h"
#include "desk/transition.h"

#include <algorithm>
#include <set>

namespace censo::desk {
namespace {

using base::Errc;

constexpr base::TimeMs quarter_ms = base::TimeMs{90} * 24 * 60 * 60 * 1000;
constexpr std::size_t longest = 500;

base::TimeMs time_of(const Ticket& ticket, std::string_view field) {
  const auto time = base::parse_iso8601(ticket.field(field));
  return time ? *time : 0;
}

bool is_attribute(const cmdb::ClassCatalog& catalog, std::string_view name) {
  const auto classes = catalog.classes();
  return std::any_of(classes.begin(), classes.end(), [&](const cmdb::ClassDefinition* one) {
    return one->kind == cmdb::ClassKind::configuration_item && one->find_attribute(name);
  });
}

}  // namespace

base::Result<void> check_subject(const Operation& operation, const std::string& subject) {
  const auto words = base::split_words(subject);
  const std::string first(words.empty() ? std::string_view() : words.front());
  const auto& catalog = operation.impact->catalog;
  const auto* definition = catalog.find_class(first);
  const bool component = definition && definition->kind == cmdb::ClassKind::component;
  const bool alone =
      words.size() == 1 &&
      (first == "name" || first == "class" || catalog.find_relation(first) ||
       (operation.detection && operation.detection->groups.contains(first)) || is_attribute(catalog, first));
  if (subject.size() <= longest && (component || alone)) return {};
  return base::fail(
      Errc::invalid_argument,
      "expected an attribute, a component class and perhaps its key, a relation type, or a group "
      "of them, found \"" +
          base::sanitize_utf8(subject, 60) + "\"",
      "subject");
}

std::vector<Modification> modifications_of(store::Transaction& tx, const Ticket& change) {
  std::vector<Modification> found;
  for (const auto& row : tx.query(
           "select m.id, m.ci_id, coalesce(c.name, ''), m.subject, m.new_value from change_modification m "
           "left join ci c on c.id = m.ci_id where m.ticket_id = $1 order by m.id",
           change.id.value)) {
    found.push_back({row.integer(0), cmdb::CiId(row.integer(1)), row.text(2), row.text(3), row.text(4)});
  }
  return found;
}

base::Result<void> change_plan(const Operation& operation, const Ticket& change, std::string_view event,
                               const std::string& what) {
  const auto* kind = operation.kinds.find(change.kind);
  if (!kind || !kind->changes_items)
    return base::fail(Errc::conflict, change.number + " is no change", {}, "NO_CHANGE");
  if (const auto open = check_open_to_edits(*kind, change); !open) return open;
  auto after = change;
  count_field(after, "plan_version");
  save_ticket(operation.tx, *kind, after, operation.act.clock);
  auto entry = entry_of(change, std::string(event), operation.act);
  entry.after = fields_to_json({{"modification", what}});
  add_history(operation.tx, after, entry, operation.act.clock);
  return {};
}

base::Result<Modification> add_modification(const Operation& operation, const Ticket& change,
                                            const Modification& wanted) {
  auto& tx = operation.tx;
  Modification made = wanted;
  made.subject = base::join({std::string(base::trim(wanted.subject))}, "");
  if (const auto checked = check_subject(operation, made.subject); !checked) return checked.error();
  if (made.new_value.size() > longest)
    return base::fail(Errc::invalid_argument, "expected at most 500 bytes", "value");
  if (made.ci) {
    const auto item = cmdb::find_ci(tx, made.ci);
    if (!item) return item.error();
    made.ci = item->id;
    made.ci_name = item->name;
  }
  const auto planned = change_plan(operation, change, "plan",
                                   (made.ci ? made.ci_name + " " : "") + made.subject +
                                       (made.new_value.empty() ? "" : " = " + made.new_value));
  if (!planned) return planned.error();
  if (made.ci) {
    const auto linked = link_ci(tx, change, made.ci, LinkRole::changed, operation.act);
    if (!linked) return linked.error();
  }
  made.id = base::next_id(operation.act.clock);
  tx.execute(
      "insert into change_modification (id, ticket_id, ci_id, subject, new_value) values ($1, $2, $3, $4, "
      "$5)",
      made.id, change.id.value, made.ci.value, made.subject, made.new_value);
  return made;
}

base::Result<void> remove_modification(const Operation& operation, const Ticket& change, std::int64_t id) {
  const auto row = operation.tx.query_one(
      "select subject from change_modification where id = $1 and ticket_id = $2", id, change.id.value);
  if (!row) return base::fail(Errc::not_found, change.number + " has no such modification");
  const auto planned = change_plan(operation, change, "unplan", row->text(0));
  if (!planned) return planned;
  operation.tx.execute("delete from change_modification where id = $1", id);
  return {};
}

Window planned_window(const Ticket& change) {
  return {time_of(change, "start"), time_of(change, "end")};
}

Window actual_window(const Ticket& change) {
  return {time_of(change, "actual_start"), time_of(change, "actual_end")};
}

std::vector<cmdb::CiId> scope_of(store::Transaction& tx, const Ticket& change) {
  std::set<cmdb::CiId> scope;
  for (const auto& row :
       tx.query("select ci_id from ticket_link where ticket_id = $1 and role = 'changed'", change.id.value)) {
    for (const auto member : cmdb::members_of(tx, cmdb::root_of(tx, cmdb::CiId(row.integer(0)))))
      scope.insert(member);
  }
  return {scope.begin(), scope.end()};
}

Votes votes_of(const Operation& operation, const Ticket& change) {
  Votes votes;
  const auto* kind = operation.kinds.find(change.kind);
  if (!kind) return votes;
  const auto rule = std::find_if(kind->approvals.begin(), kind->approvals.end(),
                                 [&](const ApprovalRule& one) { return fits(one.when, change); });
  if (rule == kind->approvals.end()) return votes;
  votes.needed = rule->votes;
  votes.roles = rule->roles;
  for (const auto& row :
       operation.tx.query("select in_favour, count(*) from change_vote where ticket_id = $1 "
                          "and plan_version = $2 group by in_favour",
                          change.id.value, base::parse_integer(change.field("plan_version")).value_or(0))) {
    (row.integer(0) == 1 ? votes.in_favour : votes.against) = row.integer(1);
  }
  votes.approved = rule->majority
                       ? votes.in_favour + votes.against >= rule->votes && votes.in_favour > votes.against
                       : votes.in_favour >= rule->votes;
  return votes;
}

Risk risk_of(const Operation& operation, const Ticket& change) {
  Risk risk;
  int score = 0;
  const auto add = [&](int points, std::string reason) {
    score += points;
    risk.reasons.push_back(std::move(reason));
  };
  const auto scope = scope_of(operation.tx, change);
  cmdb::ImpactQuestion question;
  question.failed = scope;
  question.limits.max_items = 200;
  question.at = operation.act.clock.now();  // from the tables: the writer does not wait for the graph
  const auto harmed = cmdb::impact(operation.tx, *operation.impact, question);
  if (harmed.down >= 10)
    add(2, std::to_string(harmed.down) + " and more go down with the scope");
  else if (harmed.down > 0)
    add(1, std::to_string(harmed.down) + " go down with the scope");
  if (harmed.degraded > 0) add(1, std::to_string(harmed.degraded) + " lose their redundancy");
  if (default_impact(operation.tx, *operation.impact, scope, operation.act.clock.now()) == "1")
    add(2, "a critical service, a site or the organisation is hit");
  if (change.field("outage") == "yes") add(1, "an outage is planned");
  if (change.field("backout_tested") != "yes") add(1, "the back-out was not tested");
  std::int64_t failures = 0;  // rule 69
  for (const auto ci : scope) {
    failures += operation.tx
                    .query_one(
                        "select count(*) from ticket_link l join ticket t on t.id = l.ticket_id "
                        "where l.ci_id = $1 and l.role = 'cause' and t.opened_at >= $2",
                        ci.value, operation.act.clock.now() - quarter_ms)
                    ->integer(0);
  }
  if (failures > 0) add(1, std::to_string(failures) + " failures of the scope in 90 days");
  risk.level = score >= 4 ? "high" : score >= 2 ? "medium" : "low";
  return risk;
}

}  // namespace censo::desk
