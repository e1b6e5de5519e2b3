// Tickets of a group with a roster that nobody has taken.
#include "base/log.h"
#include "base/text.h"
#include "desk/on_call.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_store.h"
#include "desk/transition.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::TimeMs;

constexpr TimeMs minute_ms = 60'000;

struct Wait {
  TicketId ticket;
  std::string group;
  TimeMs since = 0, called_at = 0;
  std::vector<std::string> called;
  bool told = false;
};

Wait wait_of(const store::Row& row) {
  Wait wait{TicketId(row.integer(0)), row.text(1), row.integer(2), row.integer(4), {}, row.integer(5) != 0};
  std::string_view rest = row.text(3);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    wait.called.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return wait;
}

class Calls {
 public:
  explicit Calls(const Operation& operation) : operation_(operation), now_(operation.act.clock.now()) {}

  bool begin(std::size_t limit) {
    const auto waiting = operation_.tx.query(
        "select t.id, t.group_name, r.unassigned_min from ticket t join roster r "
        "on r.group_name = t.group_name where t.is_open = 1 and t.group_name <> '' and t.assignee = '' "
        "and t.kind in ('incident', 'task') and t.state in ('new', 'assigned') "
        "and not exists (select 1 from on_call_wait w where w.ticket_id = t.id) order by t.id limit $1",
        static_cast<std::int64_t>(limit));
    for (const auto& row : waiting)
      operation_.tx.execute(
          "insert into on_call_wait (ticket_id, group_name, since, called, called_at, told, next_at) "
          "values ($1, $2, $3, '', 0, 0, $4)",
          row.integer(0), row.text(1), now_, now_ + row.integer(2) * minute_ms);
    return waiting.size() == limit;
  }

  bool look(std::size_t limit) {
    const auto due = operation_.tx.query(
        "select ticket_id, group_name, since, called, called_at, told from on_call_wait where next_at <= $1 "
        "order by next_at, ticket_id limit $2",
        now_, static_cast<std::int64_t>(limit));
    for (const auto& row : due) look_at(wait_of(row));
    return due.size() == limit;
  }

 private:
  void look_at(const Wait& wait) {
    const auto sql = tickets_where("id = $1");
    const auto row = operation_.tx.query_one(sql, wait.ticket.value);
    const auto roster = find_roster(operation_.tx, wait.group);
    if (!row || !roster || !is_waiting(ticket_of(*row), wait)) return forget(wait);
    const auto ticket = ticket_of(*row);
    const auto people = on_call_at(operation_.tx, wait.group, now_).value();
    const auto next = std::ranges::find_if(people, [&](const Shift& shift) {
      return std::ranges::find(wait.called, shift.person) == wait.called.end();
    });
    auto after = wait;
    if (next == people.end()) {
      if (!wait.told) tell(ticket, wait);
      after.told = true;
    } else if (call(ticket, wait, *next)) {
      after.called.push_back(next->person);
      after.called_at = now_;
    }
    operation_.tx.execute(
        "update on_call_wait set called = $2, called_at = $3, told = $4, next_at = $5 where ticket_id = $1",
        wait.ticket.value, base::join(after.called, "\n"), after.called_at, after.told,
        now_ + roster->acknowledge_min * minute_ms);
  }

  // For somebody, or for the acknowledgement of the one who was called last.
  bool is_waiting(const Ticket& ticket, const Wait& wait) {
    const auto* kind = operation_.kinds.find(ticket.kind);
    const bool callable = kind && std::ranges::any_of(kind->transitions, [&](const Transition& one) {
                            return one.event == "call" && one.leads_from(ticket.state);
                          });
    if (!callable || ticket.field("group") != wait.group) return false;
    if (wait.called.empty()) return ticket.field("assignee").empty();
    return ticket.field("assignee") == wait.called.back() && !has_acted(wait);
  }

  bool has_acted(const Wait& wait) {
    return operation_.tx
        .query_one(
            "select 1 from ticket_history where ticket_id = $1 and at >= $2 and actor = $3 union all "
            "select 1 from ticket_note where ticket_id = $1 and at >= $2 and author = $3 limit 1",
            wait.ticket.value, wait.called_at, wait.called.back())
        .has_value();
  }

  bool call(const Ticket& ticket, const Wait& wait, const Shift& shift) {
    const auto minutes =
        std::to_string((now_ - (wait.called.empty() ? wait.since : wait.called_at)) / minute_ms);
    const auto why = wait.called.empty()
                         ? "nobody took it within " + minutes + " min"
                         : wait.called.back() + " has not acknowledged within " + minutes + " min";
    const auto reason = why + "; on call: " + shift.name;
    const auto done = transition(
        operation_, ticket,
        {"call", {{"assignee", shift.person}, {"assigned_because", reason}, {"reason", reason}}, 0});
    if (!done)
      base::log(base::LogLevel::warning, "desk.on_call", ticket.number + ": " + done.error().message);
    return done.has_value();
  }

  void tell(const Ticket& ticket, const Wait& wait) {
    auto entry = entry_of(ticket, "escalate", operation_.act);
    auto after = ticket.fields;
    after["notify"] = "desk_manager";
    entry.after = difference_to_json(after, ticket.fields);
    entry.reason = wait.called.empty() ? "nobody is on call for " + wait.group
                                       : "nobody else is on call for " + wait.group;
    add_history(operation_.tx, ticket, entry, operation_.act.clock);
    base::log(base::LogLevel::warning, "desk.on_call", ticket.number + ": " + entry.reason);
  }

  void forget(const Wait& wait) {
    operation_.tx.execute("delete from on_call_wait where ticket_id = $1", wait.ticket.value);
  }

  const Operation& operation_;
  const TimeMs now_;
};

}  // namespace

bool call_on_call(const Operation& operation, std::size_t limit) {
  Calls calls(operation);
  const bool more = calls.begin(limit);
  return calls.look(limit) || more;
}

}  // namespace censo::desk
