#include "desk/target_store.h"

#include "desk/calendar.h"
#include "desk/ticket_kind.h"

#include <algorithm>

namespace censo::desk {

std::optional<TargetRow> find_row(store::Transaction& tx, TicketId ticket, std::string_view target) {
  const auto found = tx.query_one(
      "select target, state, reason, calendar, limit_text, limit_ms, started_at, since, elapsed_ms, due_at, "
      "breached_at, step, next_step, next_at from ticket_target where ticket_id = $1 and target = $2",
      ticket.value, target);
  if (!found) return {};
  TargetRow row;
  row.target = found->text(0);
  row.state = found->text(1);
  row.reason = found->text(2);
  row.calendar = found->text(3);
  row.limit = found->text(4);
  row.limit_ms = found->integer(5);
  row.started_at = found->integer(6);
  row.since = found->integer(7);
  row.elapsed_ms = found->integer(8);
  row.due_at = found->integer(9);
  row.breached_at = found->integer(10);
  row.step = found->integer(11);
  row.next_step = found->integer(12);
  row.next_at = found->integer(13);
  return row;
}

void save_row(store::Transaction& tx, TicketId ticket, const TargetRow& row) {
  tx.execute(
      "insert into ticket_target (ticket_id, target, state, reason, calendar, limit_text, limit_ms, "
      "started_at, since, elapsed_ms, due_at, breached_at, step, next_step, next_at) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) "
      "on conflict (ticket_id, target) do update set state = excluded.state, reason = excluded.reason, "
      "calendar = excluded.calendar, limit_text = excluded.limit_text, limit_ms = excluded.limit_ms, "
      "started_at = excluded.started_at, since = excluded.since, elapsed_ms = excluded.elapsed_ms, due_at = "
      "excluded.due_at, "
      "breached_at = excluded.breached_at, step = excluded.step, next_step = excluded.next_step, "
      "next_at = excluded.next_at",
      ticket.value, row.target, row.state, row.reason, row.calendar, row.limit, row.limit_ms, row.started_at,
      row.since, row.elapsed_ms, row.due_at, row.breached_at, row.step, row.next_step, row.next_at);
}

void begin_interval(store::Transaction& tx, TicketId ticket, const TargetRow& row) {
  const auto last =
      tx.query_one("select count(*) from ticket_target_interval where ticket_id = $1 and target = $2",
                   ticket.value, row.target);
  tx.execute(
      "insert into ticket_target_interval (ticket_id, target, place, state, reason, calendar, limit_ms, "
      "began_at, ended_at, open_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)",
      ticket.value, row.target, last->integer(0) + 1, row.state, row.reason, row.calendar, row.limit_ms,
      row.since);
}

void end_interval(store::Transaction& tx, TicketId ticket, const TargetRow& row, base::TimeMs now,
                  base::TimeMs open_ms) {
  tx.execute(
      "update ticket_target_interval set ended_at = $3, open_ms = $4 "
      "where ticket_id = $1 and target = $2 and ended_at = 0",
      ticket.value, row.target, now, open_ms);
}

std::vector<TargetInterval> intervals_of(store::Transaction& tx, TicketId ticket, std::string_view target) {
  std::vector<TargetInterval> intervals;
  for (const auto& row : tx.query("select state, reason, calendar, limit_ms, began_at, ended_at, open_ms "
                                  "from ticket_target_interval "
                                  "where ticket_id = $1 and target = $2 order by place",
                                  ticket.value, target)) {
    intervals.push_back({row.text(0), row.text(1), row.text(2), row.integer(3), row.integer(4),
                         row.integer(5), row.integer(6)});
  }
  return intervals;
}

void save_summary(store::Transaction& tx, Ticket& ticket) {
  ticket.due_at = ticket.breached = 0;
  for (const auto& row :
       tx.query("select due_at, breached_at from ticket_target where ticket_id = $1", ticket.id.value)) {
    const auto due = row.integer(0);
    if (due > 0 && (ticket.due_at == 0 || due < ticket.due_at)) ticket.due_at = due;
    if (row.integer(1) > 0) ++ticket.breached;
  }
  tx.execute("update ticket set due_at = $2, breached = $3 where id = $1", ticket.id.value, ticket.due_at,
             ticket.breached);
}

const Calendar& calendar_of(const ServiceTarget& target, std::string_view name) {
  const auto found = std::find_if(target.limits.begin(), target.limits.end(),
                                  [&](const TargetLimit& one) { return one.calendar->name == name; });
  return found == target.limits.end() ? *target.limits.front().calendar : *found->calendar;
}

void schedule(const ServiceTarget& target, TargetRow& row) {
  row.due_at = row.next_at = row.next_step = 0;
  if (!row.runs()) return;
  const auto& calendar = calendar_of(target, row.calendar);
  const auto when_used = [&](base::TimeMs open_ms) {
    return time_after(calendar, row.since, open_ms - row.elapsed_ms).value_or(0);
  };
  row.due_at = when_used(row.limit_ms);
  std::int64_t next = row.step < 100 ? 100 : 0;  // the breach itself is a step
  for (const auto& step : target.steps)
    if (step.percent > row.step && (next == 0 || step.percent < next)) next = step.percent;
  if (next == 0) return;
  row.next_step = next;
  row.next_at = when_used(row.limit_ms * next / 100);
}

}  // namespace censo::desk
