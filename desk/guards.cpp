#include "desk/guards.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_merge.h"

#include <algorithm>
#include <array>

namespace censo::desk {
namespace {

constexpr base::TimeMs minute_ms = 60'000, day_ms = base::TimeMs{24} * 60 * minute_ms;
constexpr base::TimeMs reopened_within_ms = 5 * day_ms;
constexpr base::TimeMs crowd_within_ms = 30 * minute_ms;
constexpr std::int64_t crowd = 5;

// Rule 09.
base::Result<void> another_holder(const GuardCase& one) {
  if (!one.given) return {};
  const bool same_group = given_or_kept(one, "group") == one.ticket.field("group");
  const bool same_person = given_or_kept(one, "assignee") == one.ticket.field("assignee");
  if (!same_group || !same_person) return {};
  return in_the_way("expected another group or another assignee", "SAME_HOLDER");
}

// Rule 13: the requester's time is limited, the desk's ends with closing.
base::Result<void> reopened_in_time(const GuardCase& one) {
  if (one.roles.contains("desk_agent")) return {};
  if (one.operation.act.clock.now() - one.ticket.state_since <= reopened_within_ms) return {};
  return in_the_way("more than 5 days have passed since it was resolved", "TOO_LATE");
}

// Rule 14.
base::Result<void> requester_agrees(const GuardCase& one) {
  if (!one.given || one.roles.contains("requester") || one.roles.contains("rule")) return {};
  if (!given_or_kept(one, "consent").empty()) return {};
  return base::fail(base::Errc::invalid_argument,
                    "only the requester closes it without a word: say in consent how he agreed",
                    "/fields/consent", "MISSING_FIELD");
}

// Rule 15.
base::Result<void> no_work_logged(const GuardCase& one) {
  if (one.roles.contains("desk_manager")) return {};
  const auto work = one.operation.tx.query_one(
      "select 1 from ticket_note where ticket_id = $1 and kind = 'work'", one.ticket.id.value);
  if (!work) return {};
  return in_the_way("work was logged on it: only a desk_manager cancels it", "WORK_LOGGED");
}

// Rule 18: the worst priority, or a crowd of tickets on one of its items.
base::Result<void> major_enough(const GuardCase& one) {
  if (one.ticket.field("impact") == "1" && one.ticket.field("urgency") == "1") return {};
  const auto since = one.operation.act.clock.now() - crowd_within_ms;
  for (const auto& row : one.operation.tx.query(
           "select count(distinct t.id) from ticket_link mine join ticket_link l on l.ci_id = mine.ci_id "
           "join ticket t on t.id = l.ticket_id where mine.ticket_id = $1 and l.role in ('affected', "
           "'cause') "
           "and t.kind = $2 and t.is_open = 1 and t.opened_at >= $3 group by mine.ci_id",
           one.ticket.id.value, one.ticket.kind, since)) {
    if (row.integer(0) >= crowd) return {};
  }
  return in_the_way("expected impact 1 and urgency 1, or 5 tickets on one of its items within 30 minutes",
                    "NOT_MAJOR");
}

// Rule 70: no person did or said anything.
base::Result<void> untouched(const GuardCase& one) {
  const auto act = one.operation.tx.query_one(
      "select 1 from ticket_history where ticket_id = $1 and source not in ('event', 'rule')",
      one.ticket.id.value);
  const auto said =
      one.operation.tx.query_one("select 1 from ticket_note where ticket_id = $1 and author <> $2",
                                 one.ticket.id.value, one.ticket.requester);
  if (!act && !said) return {};
  return in_the_way("somebody has touched it", "TOUCHED");
}

base::Result<void> duplicate_of_another(const GuardCase& one) {
  if (!one.given) return {};
  return check_duplicate(one.operation.tx, one.ticket, given_or_kept(one, "duplicate_of"));
}

// Rule 50: by one, once, for whom the desk manager says so.
base::Result<void> may_raise_urgency(const GuardCase& one) {
  const auto vip = one.operation.tx.query_one("select 1 from desk_person where person = $1 and vip = 1",
                                              one.operation.act.actor);
  if (!vip) return base::fail(base::Errc::permission_denied, "it is for VIPs", {}, "ROLE_NEEDED");
  if (one.ticket.field("urgency") == "1") return in_the_way("its urgency is the highest", "HIGHEST");
  if (one.ticket.field("urgency_raised_by").empty()) return {};
  return in_the_way("its urgency was raised already", "RAISED");
}

// Rule 07.
base::Result<void> has_rules(const GuardCase& one) {
  if (one.operation.tx.query_one("select 1 from assignment_rule limit 1")) return {};
  return in_the_way("there are no rules of assignment", "NO_RULE_FITS");
}

constexpr std::array common_guards{
    NamedGuard{"another_holder", another_holder},
    NamedGuard{"reopened_in_time", reopened_in_time},
    NamedGuard{"requester_agrees", requester_agrees},
    NamedGuard{"no_work_logged", no_work_logged},
    NamedGuard{"major_enough", major_enough},
    NamedGuard{"untouched", untouched},
    NamedGuard{"duplicate_of_another", duplicate_of_another},
    NamedGuard{"may_raise_urgency", may_raise_urgency},
    NamedGuard{"has_rules", has_rules},
};

}  // namespace

base::Error in_the_way(std::string message, std::string reason) {
  return base::fail(base::Errc::conflict, std::move(message), {}, std::move(reason));
}

std::string given_or_kept(const GuardCase& one, std::string_view name) {
  const auto found = one.given->find(name);
  return found == one.given->end() ? one.ticket.field(name) : found->second;
}

Guard find_guard(std::string_view name) {
  for (const auto guards : {std::span<const NamedGuard>(common_guards), change_guards(), freeze_guards(),
                            problem_guards(), release_guards(), request_guards()}) {
    const auto found = std::ranges::find(guards, name, &NamedGuard::name);
    if (found != guards.end()) return found->guard;
  }
  return nullptr;
}

}  // namespace censo::desk
