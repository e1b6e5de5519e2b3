#include "desk/ticket_target.h"

#include "base/text.h"
#include "desk/calendar.h"
#include "desk/service_level.h"
#include "desk/service_limit.h"
#include "desk/target_store.h"
#include "desk/ticket_kind.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::TimeMs;

struct Wanted {
  std::string_view state;
  std::string reason;
};

// Rules 07 and 55: a person gave it to a person, or somebody else than the requester says what he can see.
// Whom a rule picked does not count.
bool is_answered(store::Transaction& tx, const Ticket& ticket) {
  if (!ticket.field("assignee").empty() && ticket.field("assigned_because").empty()) return true;
  return tx
      .query_one(
          "select 1 from ticket_note where ticket_id = $1 and kind = 'public' and author <> $2 limit 1",
          ticket.id.value, ticket.requester)
      .has_value();
}

// A word of the desk since then, for the requester or for itself (rule 64).
bool is_told_since(store::Transaction& tx, const Ticket& ticket, TimeMs since) {
  return tx
      .query_one(
          "select 1 from ticket_note where ticket_id = $1 and kind in ('public', 'internal') "
          "and author <> $2 and at > $3 limit 1",
          ticket.id.value, ticket.requester, since)
      .has_value();
}

bool any_applies(const std::vector<TargetCondition>& conditions, const Ticket& ticket) {
  return std::any_of(conditions.begin(), conditions.end(),
                     [&](const TargetCondition& one) { return applies(one, ticket); });
}

Wanted wanted_state(store::Transaction& tx, const ServiceTarget& target, const Ticket& ticket) {
  const auto is_in = [&](const std::vector<std::string>& states) {
    return std::find(states.begin(), states.end(), ticket.state) != states.end();
  };
  const auto& held = ticket.field("hold_reason");
  const std::string reason = ticket.state + (held.empty() ? "" : ": " + held);
  if (is_in(target.cancels)) return {"cancelled", ""};
  if (is_in(target.stops) || (target.answered && is_answered(tx, ticket))) return {"met", ""};
  if (!target.runs.empty() && !any_applies(target.runs, ticket)) return {"paused", reason};
  if (any_applies(target.pauses, ticket)) return {"paused", reason};
  return {"running", ""};
}

// Rule 58: days end at close of business.
TimeMs open_ms_of(const TargetLimit& limit, TimeMs started_at) {
  if (limit.days == 0) return limit.open_ms;
  const auto close = close_of_day_after(*limit.calendar, started_at, limit.days);
  return working_ms(*limit.calendar, started_at, close.value_or(started_at));
}

// The limit in open time and as it is shown.
void set_limit(const ServiceTarget& target, const TargetLimit& limit, const Ticket& ticket, TargetRow& row) {
  const auto minutes = target.every.empty() ? std::nullopt : base::parse_integer(ticket.field(target.every));
  const auto text = minutes ? std::to_string(*minutes) + "m" : limit.text;
  if (row.limit == text && row.calendar == limit.calendar->name) return;
  row.limit = text;
  row.calendar = limit.calendar->name;
  row.limit_ms = minutes ? *minutes * 60'000 : open_ms_of(limit, row.started_at);
}

bool has_ended(const ServiceTarget& target, const TargetRow& row) {
  return row.state == "cancelled" || (row.state == "met" && !target.resumes);
}

// A target, and the limits that it has besides its own.
struct Followed {
  const ServiceTarget& target;
  const std::vector<TargetLimit>& besides;
};

void follow(store::Transaction& tx, const Followed& followed, const Ticket& ticket, TimeMs now) {
  const auto& target = followed.target;
  const auto wanted = wanted_state(tx, target, ticket);
  const auto* limit = limit_of(target, ticket, followed.besides);
  auto found = find_row(tx, ticket.id, target.name);
  if (!found && (wanted.state != "running" || !limit)) return;  // it begins when it runs
  if (found && has_ended(target, *found)) return;
  TargetRow row = found.value_or(TargetRow());
  if (!found) row.target = target.name, row.started_at = row.since = now;
  const TargetRow before = row;
  row.state = wanted.state;
  row.reason = wanted.reason;
  if (limit) set_limit(target, *limit, ticket, row);
  const bool anew = found && target.repeats && row.runs() &&
                    (!before.runs() || is_told_since(tx, ticket, before.started_at));
  const bool same = !anew && before.state == row.state && before.reason == row.reason &&
                    before.limit == row.limit && before.calendar == row.calendar;
  if (same) return;
  if (found) {
    const auto open_ms =
        before.runs() ? working_ms(calendar_of(target, before.calendar), before.since, now) : 0;
    end_interval(tx, ticket.id, before, now, open_ms);
    row.elapsed_ms += open_ms;
    if (row.breached_at == 0 && row.elapsed_ms > before.limit_ms) row.breached_at = before.due_at;
  }
  if (anew) row.started_at = now, row.elapsed_ms = row.step = 0;
  row.since = now;
  schedule(target, row);
  save_row(tx, ticket.id, row);
  begin_interval(tx, ticket.id, row);
}

std::string shown_state(const TargetRow& row, bool breached) {
  const bool tells = row.state == "running" || row.state == "met";
  return breached && tells ? "breached_" + row.state : row.state;
}

}  // namespace

void follow_targets(store::Transaction& tx, const TicketKind& kind, Ticket& ticket, TimeMs now) {
  if (kind.targets.empty()) return;
  const auto besides = limits_besides(tx, kind, ticket);
  const std::vector<TargetLimit> none;
  for (const auto& target : kind.targets) {
    const auto found = besides.find(target.name);
    follow(tx, {target, found == besides.end() ? none : found->second}, ticket, now);
  }
  save_summary(tx, ticket);
}

std::vector<TicketTarget> targets_of(store::Transaction& tx, const TicketKind& kind, const Ticket& ticket,
                                     TimeMs now) {
  std::vector<TicketTarget> targets;
  for (const auto& target : kind.targets) {
    const auto row = find_row(tx, ticket.id, target.name);
    if (!row) continue;
    TicketTarget shown;
    shown.name = row->target;
    shown.reason = row->reason;
    shown.limit = row->limit;
    shown.calendar = row->calendar;
    shown.started_at = row->started_at;
    shown.due_at = row->due_at;
    shown.elapsed_ms = row->elapsed_ms;
    if (row->runs()) shown.elapsed_ms += working_ms(calendar_of(target, row->calendar), row->since, now);
    const bool ended = row->state == "met" || row->state == "cancelled";
    shown.wall_ms = std::max<TimeMs>(0, (ended ? row->since : now) - row->started_at);
    shown.remaining_ms = row->limit_ms - shown.elapsed_ms;
    shown.breached_at = row->breached_at;
    if (row->breached_at == 0 && row->due_at > 0 && shown.remaining_ms < 0) shown.breached_at = row->due_at;
    shown.state = shown_state(*row, shown.breached_at > 0);
    shown.intervals = intervals_of(tx, ticket.id, target.name);
    targets.push_back(std::move(shown));
  }
  return targets;
}

}  // namespace censo::desk
