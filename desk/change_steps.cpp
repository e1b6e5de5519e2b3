// Guards and effects that only changes have.
#include "base/text.h"
#include "cmdb/baseline.h"
#include "cmdb/impact.h"
#include "cmdb/merge.h"
#include "desk/change.h"
#include "desk/deputy.h"
#include "desk/desk_role.h"
#include "desk/desk_window.h"
#include "desk/detected_change.h"
#include "desk/detection.h"
#include "desk/effects.h"
#include "desk/guards.h"
#include "desk/ticket_kind.h"
#include "desk/transition.h"
#include "desk/verification.h"

#include <algorithm>
#include <array>

namespace censo::desk {
namespace {

using base::Errc;

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1000;

base::TimeMs time_of(const GuardCase& one, std::string_view field) {
  const auto time = base::parse_iso8601(given_or_kept(one, field));
  return time ? *time : 0;
}

// Rule 31.
base::Result<void> has_scope(const GuardCase& one) {
  if (!scope_of(one.operation.tx, one.ticket).empty()) return {};
  return in_the_way("no item is linked with the role changed", "NO_SCOPE");
}

base::Result<void> has_modifications(const GuardCase& one) {
  if (!modifications_of(one.operation.tx, one.ticket).empty()) return {};
  return in_the_way("it does not say what it modifies", "NO_MODIFICATIONS");
}

base::Result<void> in_order(const GuardCase& one, std::string_view first, std::string_view second) {
  if (!one.given) return {};
  const auto start = time_of(one, first), end = time_of(one, second);
  if (start == 0 || end == 0 || start <= end) return {};
  return base::fail(Errc::invalid_argument, std::string(second) + " is before " + std::string(first),
                    "/fields/" + std::string(second), "BAD_VALUE");
}

base::Result<void> window_in_order(const GuardCase& one) {
  return in_order(one, "start", "end");
}

base::Result<void> done_in_order(const GuardCase& one) {
  return in_order(one, "actual_start", "actual_end");
}

// Rule 30: what is standard was approved and went well once.
base::Result<void> repeats_a_success(const GuardCase& one) {
  if (!one.given) return {};
  const auto model = find_ticket(one.operation.tx, given_or_kept(one, "template"));
  const bool fit = model && model->kind == one.ticket.kind && model->state == "closed" &&
                   model->field("result") == "success" && model->field("type") != "retrospective";
  if (fit) return {};
  return in_the_way("a standard change repeats one that was approved, carried out with success and closed",
                    "NO_TEMPLATE");
}

// Rule 33; freezes are overridden one by one (desk/freeze_steps.cpp).
base::Result<void> conflicts_seen(const GuardCase& one) {
  if (!one.given || !given_or_kept(one, "conflicts_accepted").empty()) return {};
  auto conflicts = conflicts_of(one.operation, one.ticket);
  std::erase_if(conflicts, [](const ChangeConflict& conflict) { return conflict.kind == freeze; });
  if (conflicts.empty()) return {};
  std::vector<std::string> told;
  for (const auto& conflict : conflicts) told.push_back(conflict.number + " " + conflict.reason);
  return in_the_way(
      "at the same time " + base::join(told, "; ") + ": say in conflicts_accepted why that is well",
      "CONFLICTS");
}

bool has_voted(const Operation& operation, const Ticket& change, std::string_view person) {
  return operation.tx
      .query_one(
          "select 1 from change_vote where ticket_id = $1 and plan_version = $2 and (person = $3 or voter = "
          "$3)",
          change.id.value, base::parse_integer(change.field("plan_version")).value_or(0), person)
      .has_value();
}

bool is_own(const Ticket& change, std::string_view person) {
  return person == change.requester || person == change.field("assignee");
}

bool is_any_of(const std::vector<std::string>& wanted, const std::vector<std::string>& roles) {
  return std::ranges::any_of(wanted,
                             [&](const auto& one) { return std::ranges::find(roles, one) != roles.end(); });
}

// Whose vote the actor's is: his own, else that of somebody who named him his deputy and was granted a role
// that decides. "": nobody's.
std::string voter_of(const Operation& operation, const Ticket& change) {
  const auto& act = operation.act;
  const auto roles = votes_of(operation, change).roles;
  if (is_any_of(roles, act.roles)) return std::string(act.actor);
  for (const auto& person : stands_in_for(operation.tx, act.actor, act.clock.now())) {
    const bool entitled = is_any_of(roles, roles_of(operation.tx, person, Standing::reader));
    if (entitled && !is_own(change, person) && !has_voted(operation, change, person)) return person;
  }
  return {};
}

// Rules 34 and 74: nobody approves what he asked for or will carry out, nor through a deputy; each votes
// once.
base::Result<void> may_vote(const GuardCase& one) {
  const auto& act = one.operation.act;
  if (is_own(one.ticket, act.actor))
    return base::fail(Errc::permission_denied, "nobody approves what he asked for or will carry out", {},
                      "OWN_CHANGE");
  if (has_voted(one.operation, one.ticket, act.actor)) return in_the_way("you have voted already", "VOTED");
  if (!voter_of(one.operation, one.ticket).empty()) return {};
  return base::fail(
      Errc::permission_denied,
      "this change is approved by " + base::join(votes_of(one.operation, one.ticket).roles, ", "), {},
      "ROLE_NEEDED");
}

// Rule 36.
base::Result<void> in_window(const GuardCase& one) {
  if (!one.given || !given_or_kept(one, "override_reason").empty()) return {};
  const auto window = planned_window(one.ticket);
  const auto now = one.operation.act.clock.now();
  if (now >= window.start && now <= window.end) return {};
  return in_the_way("its window is " + base::to_iso8601(window.start) + " to " +
                        base::to_iso8601(window.end) + ": say in override_reason why now",
                    "OUTSIDE_WINDOW");
}

bool explains(const GuardCase& one) {
  return !given_or_kept(one, "explanation").empty();
}

// Rule 34: an emergency is approved within 24 hours of its start, or it is explained why not.
base::Result<void> approved_at_last(const GuardCase& one) {
  if (!one.given || one.ticket.field("type") != "emergency" || explains(one)) return {};
  const auto votes = votes_of(one.operation, one.ticket);
  const auto last =
      one.operation.tx.query_one("select max(at) from change_vote where ticket_id = $1", one.ticket.id.value);
  const auto begun = actual_window(one.ticket).start;
  if (votes.approved && last && last->maybe_integer(0).value_or(0) <= begun + day_ms) return {};
  return in_the_way("it was not approved within 24 hours of its start: say in explanation why",
                    "NOT_APPROVED");
}

// Rule 38.
base::Result<void> verified_or_explained(const GuardCase& one) {
  if (!one.given || explains(one) || !one.operation.detection) return {};
  const auto verdict = verify(one.operation, one.ticket);
  if (verdict.as_planned()) return {};
  return in_the_way(verdict.text() + ": say in explanation why that is well", "NOT_VERIFIED");
}

void vote(const Operation& operation, const Ticket& ticket, bool in_favour) {
  operation.tx.execute(
      "insert into change_vote (ticket_id, plan_version, person, in_favour, at, voter) values ($1, $2, $3, "
      "$4, $5, $6)",
      ticket.id.value, base::parse_integer(ticket.field("plan_version")).value_or(0),
      voter_of(operation, ticket), std::int64_t{in_favour ? 1 : 0}, operation.act.clock.now(),
      operation.act.actor);
}

void vote_for(const Operation& operation, Ticket& ticket) {
  vote(operation, ticket, true);
}

void vote_against(const Operation& operation, Ticket& ticket) {
  vote(operation, ticket, false);
}

base::Result<void> schedule_when_approved(const Operation& operation, const Ticket& ticket) {
  if (!votes_of(operation, ticket).approved) return {};
  const Act act{operation.act.actor, "rule", operation.act.clock, {"rule"}};
  const auto moved = transition({operation.tx, operation.kinds, act, operation.impact, operation.detection},
                                ticket, {"schedule", {}, 0});
  if (!moved) return moved.error();
  return {};
}

void count_plan(const Operation&, Ticket& ticket) {
  count_field(ticket, "plan_version");
}

void assess_risk(const Operation& operation, Ticket& ticket) {
  if (!operation.impact) return;
  const auto risk = risk_of(operation, ticket);
  ticket.fields["risk"] = risk.level;
  ticket.fields["risk_reasons"] = base::join(risk.reasons, "; ");
  if (risk.reasons.empty()) ticket.fields.erase("risk_reasons");
}

// Rule 36: how the scope was before.
void take_baseline(const Operation& operation, Ticket& ticket) {
  cmdb::NewBaseline wanted;
  wanted.name = ticket.number + " start " + base::to_iso8601(operation.act.clock.now());
  wanted.description = "scope of " + ticket.number;
  wanted.created_by = operation.act.actor;
  wanted.at = operation.act.clock.now();
  std::vector<cmdb::CiId> roots;
  for (const auto ci : scope_of(operation.tx, ticket))
    if (cmdb::root_of(operation.tx, ci) == ci) roots.push_back(ci);
  wanted.items = std::move(roots);
  if (const auto made = cmdb::make_baseline(operation.tx, operation.act.clock, wanted); made)
    ticket.fields["baseline"] = made->name;
}

void begin_now(const Operation& operation, Ticket& ticket) {
  ticket.fields["actual_start"] = base::to_iso8601(operation.act.clock.now());
}

// What was detected before anybody said that it was under way.
base::Result<void> match_again_now(const Operation& operation, const Ticket& ticket) {
  match_again(operation, ticket);
  return {};
}

constexpr std::array guards{
    NamedGuard{"has_scope", has_scope},
    NamedGuard{"has_modifications", has_modifications},
    NamedGuard{"window_in_order", window_in_order},
    NamedGuard{"done_in_order", done_in_order},
    NamedGuard{"repeats_a_success", repeats_a_success},
    NamedGuard{"conflicts_seen", conflicts_seen},
    NamedGuard{"may_vote", may_vote},
    NamedGuard{"in_window", in_window},
    NamedGuard{"approved_at_last", approved_at_last},
    NamedGuard{"verified_or_explained", verified_or_explained},
};
constexpr std::array effects{
    Effect{"vote_for", vote_for, nullptr},
    Effect{"vote_against", vote_against, nullptr},
    Effect{"schedule_when_approved", nullptr, schedule_when_approved},
    Effect{"count_plan", count_plan, nullptr},
    Effect{"assess_risk", assess_risk, nullptr},
    Effect{"take_baseline", take_baseline, nullptr},
    Effect{"begin_now", begin_now, nullptr},
    Effect{"match_again", nullptr, match_again_now},
};

}  // namespace

std::span<const NamedGuard> change_guards() {
  return guards;
}

std::span<const Effect> change_effects() {
  return effects;
}

}  // namespace censo::desk
