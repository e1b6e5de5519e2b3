#include "base/log.h"
#include "base/text.h"
#include "desk/effects.h"
#include "desk/target_store.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_store.h"

#include <algorithm>

namespace censo::desk {
namespace {

std::string told(const ServiceTarget& target, const TargetRow& row, std::int64_t percent) {
  return target.name + " at " + std::to_string(percent) + " % of " + row.limit +
         (row.due_at > 0 ? ", due " + base::to_iso8601(row.due_at) : "");
}

// The ticket's fields as the step wants them. False: it wants none to be changed.
bool change_fields(const EscalationStep& step, Ticket& ticket) {
  const auto before = ticket.fields;
  if (!step.group.empty() && ticket.field("group") != step.group) {
    ticket.fields["group"] = step.group;
    ticket.fields.erase("assignee");
    count_field(ticket, "hops");
  }
  const auto priority = base::parse_integer(ticket.field("priority")).value_or(0);
  if (step.raise && priority > 1) {
    ticket.fields["priority"] = std::to_string(priority - 1);
    ticket.fields["priority_by"] = "escalation";
  }
  return before != ticket.fields;
}

// A step that changes the ticket is an act on it, one that only tells somebody leaves its version.
void take(const Operation& operation, const EscalationStep& step, Ticket& ticket, const std::string& reason) {
  auto entry = entry_of(ticket, "escalate", operation.act);
  const auto before = ticket.fields;
  if (change_fields(step, ticket))
    save_ticket(operation.tx, *operation.kinds.find(ticket.kind), ticket, operation.act.clock);
  auto after = ticket.fields;
  if (!step.notify.empty()) after["notify"] = step.notify;
  entry.before = difference_to_json(before, after);
  entry.after = difference_to_json(after, before);
  entry.reason = reason;
  add_history(operation.tx, ticket, entry, operation.act.clock);
  base::log(base::LogLevel::info, "desk.escalation",
            ticket.number + ": " + reason + (step.notify.empty() ? "" : ", for " + step.notify));
}

// What is due of one target. The row is written before the steps, which may change the target's limit.
void escalate(const Operation& operation, const ServiceTarget& target, Ticket& ticket) {
  auto& tx = operation.tx;
  for (auto row = find_row(tx, ticket.id, target.name);
       row && row->next_at > 0 && row->next_at <= operation.act.clock.now();
       row = find_row(tx, ticket.id, target.name)) {
    row->step = row->next_step;
    if (row->step == 100 && row->breached_at == 0) row->breached_at = row->due_at;
    schedule(target, *row);
    save_row(tx, ticket.id, *row);
    save_summary(tx, ticket);
    const auto reason = told(target, *row, row->step);
    const auto percent = row->step;
    for (const auto& step : target.steps)
      if (step.percent == percent) take(operation, step, ticket, reason);
  }
}

}  // namespace

bool escalate_due_targets(const Operation& operation, std::size_t limit) {
  const auto due = operation.tx.query(
      "select ticket.number, ticket_target.target, ticket_target.ticket_id from ticket_target "
      "join ticket on ticket.id = ticket_target.ticket_id where next_at > 0 and next_at <= $1 "
      "order by next_at limit $2",
      operation.act.clock.now(), static_cast<std::int64_t>(limit));
  for (const auto& row : due) {
    auto ticket = find_ticket(operation.tx, row.text(0));
    const auto* kind = operation.kinds.find(ticket->kind);
    const auto* target = kind ? kind->find_target(row.text(1)) : nullptr;
    if (target) escalate(operation, *target, *ticket);
    if (target) continue;
    operation.tx.execute("update ticket_target set next_at = 0 where ticket_id = $1 and target = $2",
                         row.integer(2), row.text(1));
  }
  return due.size() == limit;
}

}  // namespace censo::desk
