#include "desk/counted_tickets.h"

#include "base/text.h"
#include "desk/calendar.h"
#include "desk/target_store.h"
#include "desk/ticket_kind.h"

#include <boost/json.hpp>

#include <algorithm>
#include <limits>
#include <map>

namespace censo::desk {
namespace {

using base::TimeMs;

constexpr TimeMs first_contact_ms = 60 * 60 * 1'000;

TicketFact fact_of(const store::Row& row) {
  TicketFact fact;
  auto& ticket = fact.ticket;
  ticket.id = TicketId(row.integer(0));
  ticket.number = row.text(1);
  ticket.kind = row.text(2);
  ticket.title = row.text(3);
  ticket.state = row.text(4);
  ticket.group = row.text(5);
  ticket.assignee = row.text(6);
  ticket.priority = row.integer(7);
  ticket.opened_at = row.integer(8);
  ticket.hops = base::parse_integer(row.text(9)).value_or(0);
  ticket.reopened = base::parse_integer(row.text(10)).value_or(0);
  fact.state_since = row.integer(11);
  fact.is_open = row.integer(12) != 0;
  fact.respond = {row.text(13), row.integer(14), row.integer(15)};
  fact.resolve = {row.text(16), row.integer(17), row.integer(18)};
  fact.from_person = row.integer(19) == 0;
  ticket.score = row.integer(20);
  return fact;
}

bool is_in(const FigureScope& scope, const CountedTicket& ticket) {
  return (scope.kind.empty() || scope.kind == ticket.kind) &&
         (scope.group.empty() || scope.group == ticket.group) &&
         (scope.priority == 0 || scope.priority == ticket.priority);
}

// The states that a ticket went through, in order.
struct Stay {
  std::string state;  // "on_hold.parts": with why
  TimeMs from = 0, to = std::numeric_limits<TimeMs>::max();
};
std::vector<Stay> stays_of(store::Transaction& tx, TicketId ticket) {
  std::vector<Stay> stays;
  for (const auto& row :
       tx.query("select at, to_state, after_change from ticket_history where ticket_id = $1 order by id",
                ticket.value)) {
    const auto fields = boost::json::parse(row.text(2));
    const auto* held = fields.as_object().if_contains("hold_reason");
    const bool is_held = held && held->is_string();
    if (!stays.empty() && stays.back().state.starts_with(row.text(1)) && !is_held) continue;
    if (!stays.empty()) stays.back().to = row.integer(0);
    const auto why = is_held ? "." + std::string(held->as_string()) : "";
    stays.push_back({row.text(1) + why, row.integer(0)});
  }
  return stays;
}

}  // namespace

bool TicketFact::is_first_contact() const {
  if (!is_resolved() || !from_person || ticket.hops > 0 || ticket.reopened > 0) return false;
  const auto met = respond.is_met() ? respond.since : ticket.opened_at;
  return resolve.since - met <= first_contact_ms;
}

void each_opened(store::Transaction& tx, const FigureScope& scope, std::int64_t before_id,
                 const OnFact& on_fact) {
  // A ticket's id is never older than the ticket.
  tx.each(
      "select t.id, t.number, t.kind, t.title, t.state, t.group_name, t.assignee, t.priority, t.opened_at, "
      "coalesce(t.fields ->> 'hops', '0'), coalesce(t.fields ->> 'reopened', '0'), t.state_since, t.is_open, "
      "coalesce(r.state, ''), coalesce(r.since, 0), coalesce(r.elapsed_ms, 0), "
      "coalesce(f.state, ''), coalesce(f.since, 0), coalesce(f.elapsed_ms, 0), "
      "(select count(*) from ticket_history h where h.ticket_id = t.id and h.event = 'open' "
      "and h.source in ('event', 'rule')), coalesce(s.score, 0) from ticket t "
      "left join ticket_survey s on s.ticket_id = t.id "
      "left join ticket_target r on r.ticket_id = t.id and r.target = 'respond' "
      "left join ticket_target f on f.ticket_id = t.id "
      "and f.target = case t.kind when 'request' then 'fulfil' else 'resolve' end "
      "where t.id >= $1 and t.id < $2 and t.opened_at >= $3 and t.opened_at < $4 "
      "and t.kind in ('incident', 'request') and ($5 = '' or t.tenant = $5) order by t.id desc",
      [&](store::Row&& row) {
        const auto fact = fact_of(row);
        return !is_in(scope, fact.ticket) || on_fact(fact);
      },
      base::lowest_id_at(scope.time.since), before_id, scope.time.since, scope.time.until, scope.tenant);
}

void each_waiting(const Operation& operation, const FigureScope& scope, std::int64_t before_id,
                  const OnFact& on_fact) {
  const auto until = scope.time.until;
  // What ended since then was waiting as well; it need not be looked for when that is now.
  const auto ended_after = until >= operation.act.clock.now() ? TimeMs{1} << 62 : until;
  operation.tx.each(
      "select t.id, t.number, t.kind, t.title, t.state, t.group_name, t.assignee, t.priority, t.opened_at, "
      "coalesce(t.fields ->> 'hops', '0'), coalesce(t.fields ->> 'reopened', '0'), t.state_since, t.is_open, "
      "'', 0, 0, coalesce(f.state, ''), coalesce(f.since, 0), coalesce(f.elapsed_ms, 0), 0, 0 from ticket t "
      "left join ticket_target f on f.ticket_id = t.id "
      "and f.target = case t.kind when 'request' then 'fulfil' else 'resolve' end "
      "where t.id < $1 and t.opened_at < $2 and t.kind in ('incident', 'request') "
      "and (t.is_open = 1 or (t.is_open = 0 and t.state_since >= $3)) and ($4 = '' or t.tenant = $4) "
      "order by t.id desc",
      [&](store::Row&& row) {
        auto fact = fact_of(row);
        if (!is_in(scope, fact.ticket)) return true;
        if (fact.is_resolved() && fact.resolve.since < until) return true;
        fact.ticket.length_ms = until - fact.ticket.opened_at;
        return on_fact(fact);
      },
      before_id, until, ended_after, scope.tenant);
}

void each_target(const Operation& operation, const FigureScope& scope, std::int64_t before_id,
                 const OnTarget& on_target) {
  const auto now = operation.act.clock.now();
  operation.tx.each(
      "select t.id, t.number, t.kind, t.title, t.state, t.group_name, t.assignee, t.priority, t.opened_at, "
      "coalesce(t.fields ->> 'hops', '0'), coalesce(t.fields ->> 'reopened', '0'), r.target, r.breached_at, "
      "r.due_at, r.excused_by from ticket t join ticket_target r on r.ticket_id = t.id "
      "where t.id >= $1 and t.id < $2 and t.opened_at >= $3 and t.opened_at < $4 "
      "and t.kind in ('incident', 'request') and r.state <> 'cancelled' "
      "and ($5 = '' or t.tenant = $5) order by t.id desc, r.target",
      [&](store::Row&& row) {
        CountedTicket ticket{TicketId(row.integer(0)),
                             row.text(1),
                             row.text(2),
                             row.text(3),
                             row.text(4),
                             row.text(5),
                             row.text(6),
                             row.integer(7),
                             base::parse_integer(row.text(9)).value_or(0),
                             base::parse_integer(row.text(10)).value_or(0),
                             row.integer(8),
                             0,
                             row.text(11),
                             "",
                             !row.text(14).empty()};
        if (!is_in(scope, ticket)) return true;
        const bool overdue = row.integer(13) > 0 && row.integer(13) < now;
        return on_target({ticket, row.integer(12) > 0 || overdue});
      },
      base::lowest_id_at(scope.time.since), before_id, scope.time.since, scope.time.until, scope.tenant);
}

void find_cause(const Operation& operation, CountedTicket& breach) {
  const auto* kind = operation.kinds.find(breach.kind);
  const auto* target = kind ? kind->find_target(breach.target) : nullptr;
  const auto row = find_row(operation.tx, breach.id, breach.target);
  if (!target || !row) return;
  const auto breached_at = row->breached_at > 0 ? row->breached_at : row->due_at;
  std::map<std::string, TimeMs> spent;
  const auto stays = stays_of(operation.tx, breach.id);
  for (const auto& interval : intervals_of(operation.tx, breach.id, breach.target)) {
    if (interval.state != "running") continue;
    const auto& calendar = calendar_of(*target, interval.calendar);
    const auto end = interval.ended_at > 0 ? std::min(interval.ended_at, breached_at) : breached_at;
    for (const auto& stay : stays) {
      const auto from = std::max(stay.from, interval.began_at), to = std::min(stay.to, end);
      if (from < to) spent[stay.state] += working_ms(calendar, from, to);
    }
  }
  for (const auto& [state, length] : spent)
    if (length > breach.length_ms) breach.cause = state, breach.length_ms = length;
}

}  // namespace censo::desk
