#include "desk/effects.h"

#include "base/log.h"
#include "base/text.h"
#include "desk/assignment.h"
#include "desk/recent_changes.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_merge.h"
#include "desk/ticket_relation.h"
#include "desk/ticket_store.h"
#include "desk/transition.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace censo::desk {
namespace {

void count_hop(const Operation&, Ticket& ticket) {
  count_field(ticket, "hops");
}

void count_reopening(const Operation&, Ticket& ticket) {
  count_field(ticket, "reopened");
}

// Rule 66: the desk manager is told of a ticket that comes to no rest.
base::Result<void> tell_manager(const Operation& operation, const Ticket& ticket, std::string_view field,
                                std::int64_t at) {
  if (base::parse_integer(ticket.field(field)).value_or(0) != at) return {};
  auto entry = entry_of(ticket, "escalate", operation.act);
  entry.after = fields_to_json({{"notify", "desk_manager"}});
  entry.reason = std::to_string(at) + " " + (field == "hops" ? "hops" : "reopenings");
  add_history(operation.tx, ticket, entry, operation.act.clock);
  base::log(base::LogLevel::info, "desk.escalation",
            ticket.number + ": " + entry.reason + ", for desk_manager");
  return {};
}

base::Result<void> tell_of_hops(const Operation& operation, const Ticket& ticket) {
  return tell_manager(operation, ticket, "hops", 5);
}

base::Result<void> tell_of_reopenings(const Operation& operation, const Ticket& ticket) {
  return tell_manager(operation, ticket, "reopened", 3);
}

// Rule 50: the matrix does not change it any more.
void keep_priority(const Operation& operation, Ticket& ticket) {
  ticket.fields["priority_by"] = operation.act.actor;
}

// Rule 68: before the cause is linked, so that it is no suspect for that alone.
base::Result<void> keep_the_ranking(const Operation& operation, const Ticket& ticket) {
  keep_ranking(operation, ticket);
  return {};
}

// The cause that was found, as a link (rule 05).
base::Result<void> link_cause(const Operation& operation, const Ticket& ticket) {
  const auto ci = base::id_from_text(ticket.field("cause"));
  if (!ci) return {};  // none
  return link_ci(operation.tx, ticket, cmdb::CiId(*ci), LinkRole::cause, operation.act);
}

std::vector<std::string> numbers(const std::vector<store::Row>& rows) {
  std::vector<std::string> found;
  for (const auto& row : rows) found.push_back(row.text(0));
  return found;
}

// Rule 17. A detached child has no parent any more.
base::Result<void> resolve_children(const Operation& operation, const Ticket& ticket) {
  WantedTransition wanted{"resolve_with_parent", {}, 0};
  for (const auto* name : {"resolution_code", "solution", "category", "cause"})
    wanted.fields[name] = ticket.field(name);
  wanted.fields["reason"] = "resolved with " + ticket.number;
  for (const auto& number : numbers(operation.tx.query(
           "select number from ticket where parent = $1 and parent <> '' and is_open = 1 and kind = $2 "
           "and state <> $3 order by id",
           ticket.number, ticket.kind, ticket.state))) {
    if (const auto done = move_by_rule(operation, number, wanted); !done) return done;
  }
  return {};
}

// Rule 11: what was on hold for this one goes on.
base::Result<void> wake_those_who_wait(const Operation& operation, const Ticket& ticket) {
  for (const auto& number : numbers(operation.tx.query(
           "select number from ticket where waits_for = $1 and waits_for <> '' and is_open = 1 order by id",
           ticket.number))) {
    const auto done =
        move_by_rule(operation, number, {"resume", {{"reason", ticket.number + " is " + ticket.state}}, 0});
    if (!done) return done;
  }
  return {};
}

// Rule 10: on hold for a problem or a change, it is linked with it.
base::Result<void> relate_awaited(const Operation& operation, const Ticket& ticket) {
  const auto awaited = find_ticket(operation.tx, ticket.field("waits_for"));
  if (!awaited) return {};
  const auto says = [&](const Ticket& from, std::string_view relation, const Ticket& to) {
    const auto* kind = operation.kinds.find(from.kind);
    const auto* found = kind ? kind->find_relation(relation) : nullptr;
    if (found && std::count(found->to.begin(), found->to.end(), to.kind) > 0)
      keep_relation(operation, from, relation, to);
  };
  says(*awaited, "incident", ticket);
  says(ticket, "solved_by", *awaited);
  return {};
}

// Rule 38: what failed caused what follows it up.
base::Result<void> relate_follow_up(const Operation& operation, const Ticket& change) {
  const auto follow_up = find_ticket(operation.tx, change.field("follow_up"));
  const auto* kind = follow_up ? operation.kinds.find(follow_up->kind) : nullptr;
  if (kind && kind->find_relation("caused_by")) keep_relation(operation, *follow_up, "caused_by", change);
  return {};
}

// Rule 18: a major incident is looked back at, once.
base::Result<void> open_review(const Operation& operation, const Ticket& ticket) {
  const auto& commander = ticket.field("commander");
  if (commander.empty()) return {};
  const auto known = operation.tx.query_one(
      "select 1 from ticket where parent = $1 and parent <> '' and fields ->> 'item_task' = 'major_review'",
      ticket.number);
  if (known) return {};
  const Act rule{operation.act.actor, "rule", operation.act.clock, {"rule"}};
  NewTicket wanted;
  wanted.kind = "task";
  wanted.title = "Review of " + ticket.number;
  wanted.description = ticket.title;
  wanted.requester = commander;
  wanted.fields = {{"parent", ticket.number}, {"item_task", "major_review"}, {"assignee", commander}};
  for (const auto* name : {"group", "tenant"})
    if (!ticket.field(name).empty()) wanted.fields[name] = ticket.field(name);
  const auto opened = open_ticket(operation.tx, operation.kinds, wanted, rule);
  if (!opened) return opened.error();
  return {};
}

// Rule 50.
void raise_urgency(const Operation& operation, Ticket& ticket) {
  const auto urgency = base::parse_integer(ticket.field("urgency")).value_or(2);
  ticket.fields["urgency"] = std::to_string(std::max<std::int64_t>(1, urgency - 1));
  ticket.fields["urgency_raised_by"] = operation.act.actor;
}

constexpr std::array common_effects{
    Effect{"count_hop", count_hop, tell_of_hops},
    Effect{"count_reopening", count_reopening, tell_of_reopenings},
    Effect{"keep_priority", keep_priority, nullptr},
    Effect{"keep_ranking", nullptr, keep_the_ranking},
    Effect{"link_cause", nullptr, link_cause},
    Effect{"resolve_children", nullptr, resolve_children},
    Effect{"wake_those_who_wait", nullptr, wake_those_who_wait},
    Effect{"relate_awaited", nullptr, relate_awaited},
    Effect{"merge_duplicate", nullptr, merge_duplicate},
    Effect{"relate_follow_up", nullptr, relate_follow_up},
    Effect{"assign_by_rule", nullptr, assign_by_rule},
    Effect{"open_review", nullptr, open_review},
    Effect{"raise_urgency", raise_urgency, nullptr},
};

}  // namespace

base::Result<void> move_by_rule(const Operation& operation, const std::string& number,
                                const WantedTransition& wanted) {
  const Act act{operation.act.actor, "rule", operation.act.clock, {"rule"}};
  const auto ticket = find_ticket(operation.tx, number);
  if (!ticket) return ticket.error();
  const auto moved = transition({operation.tx, operation.kinds, act, operation.impact, operation.detection},
                                *ticket, wanted);
  if (!moved) return moved.error();
  return {};
}

void count_field(Ticket& ticket, std::string_view field) {
  ticket.fields[std::string(field)] =
      std::to_string(base::parse_integer(ticket.field(field)).value_or(0) + 1);
}

const Effect* find_effect(std::string_view name) {
  for (const auto effects : {std::span<const Effect>(common_effects), change_effects(), freeze_effects(),
                             problem_effects(), request_effects()}) {
    const auto found = std::ranges::find(effects, name, &Effect::name);
    if (found != effects.end()) return &*found;
  }
  return nullptr;
}

}  // namespace censo::desk
