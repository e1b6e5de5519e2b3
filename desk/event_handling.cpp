#include "desk/event_handling.h"

#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "cmdb/merge.h"
#include "cmdb/tenant.h"
#include "desk/assignment.h"
#include "desk/change.h"
#include "desk/desk_window.h"
#include "desk/event_rules.h"
#include "desk/event_store.h"
#include "desk/ticket_fields.h"
#include "desk/ticket_note.h"
#include "desk/ticket_store.h"
#include "desk/transition.h"

#include <algorithm>

namespace censo::desk {
namespace {

constexpr base::TimeMs minute_ms = 60'000;
constexpr base::TimeMs look_again_ms = 10 * minute_ms;   // for an item that is unknown
constexpr base::TimeMs change_moves_ms = 5 * minute_ms;  // and may end before its time
constexpr std::string_view incident = "incident", cleared = "cleared";

bool names(const std::vector<std::string>& list, std::string_view one) {
  return list.empty() || std::ranges::find(list, one) != list.end();
}

bool fits_condition(const EventRule& rule, std::string_view condition) {
  const auto means = [&](std::string_view wanted) { return means_condition(wanted, condition); };
  return rule.conditions.empty() || std::ranges::any_of(rule.conditions, means);
}

bool fits_class(const EventWork& work, const EventRule& rule, const Event& event) {
  if (rule.classes.empty()) return true;
  if (!event.ci || !work.operation.impact) return false;
  const auto row = work.operation.tx.query_one("select class from ci where id = $1",
                                               cmdb::root_of(work.operation.tx, event.ci).value);
  return row && work.operation.impact->catalog.is_any_of(row->text(0), rule.classes);
}

const EventRule& rule_of(const EventWork& work, const Event& event) {
  const auto& rules = work.rules.rules;
  const auto found = std::ranges::find_if(rules, [&](const EventRule& rule) {
    return names(rule.senders, event.sender) && names(rule.sources, event.source) &&
           names(rule.severities, event.severity) && fits_condition(rule, event.condition) &&
           fits_class(work, rule, event);
  });
  return found == rules.end() ? rules.back() : *found;
}

struct Silence {
  std::string change, reason;
  base::TimeMs until = 0;
};

// A change of this very item whose window, planned or actual, has begun and is not over.
std::optional<Silence> silent_by_change(const EventWork& work, cmdb::CiId ci) {
  auto& tx = work.operation.tx;
  const auto now = work.operation.act.clock.now();
  const auto sql = tickets_where(
      "kind = 'change' and state in ('scheduled', 'implementing', 'review') and id in (select ticket_id from "
      "ticket_link where ci_id = $1 and role = 'changed') order by id desc limit 100");
  for (const auto member : cmdb::members_of(tx, cmdb::root_of(tx, ci))) {
    for (const auto& row : tx.query(sql, member.value)) {
      const auto change = ticket_of(row);
      const auto planned = planned_window(change), actual = actual_window(change);
      const auto start = actual.start == 0 ? planned.start : std::min(planned.start, actual.start);
      const auto end = actual.end == 0 ? planned.end : std::min(planned.end, actual.end);
      const auto until = end + work.rules.grace_ms;
      if (start != 0 && start <= now && now < until) return Silence{change.number, "", until};
    }
  }
  return {};
}

// That, or maintenance of the item that expects such a condition.
std::optional<Silence> silence_of(const EventWork& work, const Event& event) {
  if (!event.ci) return {};
  if (auto silence = silent_by_change(work, event.ci)) return silence;
  const auto over = maintenance_for_event(work.operation, event.ci, event.condition);
  if (!over) return {};
  return Silence{"", "maintenance " + over->window.name, over->when.end};
}

// What was last opened for this condition of this item, whoever told of it.
std::optional<Ticket> earlier_incident(store::Transaction& tx, const Event& event) {
  std::int64_t newest = 0;
  std::string number;
  for (const auto member : cmdb::members_of(tx, cmdb::root_of(tx, event.ci))) {
    const auto row = tx.query_one(
        "select id, ticket from event where ci_id = $1 and condition = $2 and ticket <> '' "
        "order by id desc limit 1",
        member.value, event.condition);
    if (!row || row->integer(0) <= newest) continue;
    newest = row->integer(0);
    number = row->text(1);
  }
  if (number.empty()) return {};
  const auto ticket = find_ticket(tx, number);
  if (!ticket) return {};
  return *ticket;
}

bool is_final(const EventWork& work, const Ticket& ticket) {
  const auto* kind = work.operation.kinds.find(ticket.kind);
  const auto* state = kind ? kind->find_state(ticket.state) : nullptr;
  return !state || state->final;
}

std::string one_line(std::string_view text, std::size_t max_bytes) {
  auto line = base::sanitize_utf8(text, max_bytes);
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return std::string(base::trim(line));
}

std::string description_of(const Event& event) {
  std::string text = event.details;
  if (!text.empty()) text += "\n\n";
  text += "Condition: " + event.condition + "\nItem as it was named: " + event.item +
          "\nSeverity: " + event.severity + "\nTold by: " + event.sender;
  if (!event.source.empty()) text += " (" + event.source + ")";
  if (event.began_at != 0) text += "\nSince: " + base::to_iso8601(event.began_at);
  return text;
}

base::Result<Ticket> new_incident(const EventWork& work, const EventRule& rule, const Event& event,
                                  const std::string& follows) {
  const auto& operation = work.operation;
  NewTicket wanted;
  wanted.kind = incident;
  const auto summary = event.summary.empty() ? event.condition + " on " + event.item : event.summary;
  wanted.title = one_line(summary, 200);
  wanted.description = description_of(event);
  wanted.requester = event.sender;
  wanted.affected = {event.ci};
  wanted.fields["urgency"] = work.rules.severity_of(event.severity).urgency;
  if (!rule.category.empty()) wanted.fields["category"] = rule.category;
  if (!follows.empty()) wanted.fields["follows"] = follows;
  give_defaults(operation, wanted);
  if (rule.group.empty()) return open_and_assign(operation, wanted);
  auto opened = open_ticket(operation.tx, operation.kinds, wanted, operation.act);
  if (!opened) return opened;
  return transition(operation, *opened, {"assign", {{"group", rule.group}, {"reason", rule.name}}, 0});
}

// The incident that is there, opened again where it was resolved, or a new one.
base::Result<Ticket> incident_for(const EventWork& work, const EventRule& rule, const Event& event) {
  const auto earlier = earlier_incident(work.operation.tx, event);
  if (!earlier) return new_incident(work, rule, event, "");
  const auto& tenant = earlier->field("tenant");
  const bool told = tenant.empty() || tenant == cmdb::tenant_of(work.operation.tx, event.ci);
  if (is_final(work, *earlier)) return new_incident(work, rule, event, told ? earlier->number : "");
  if (earlier->state != "resolved") return *earlier;
  const bool by_itself = earlier->field("resolution_code") == cleared;
  return transition(work.operation, *earlier,
                    {by_itself ? "recur" : "reopen", {{"reason", "the condition is back"}}, 0});
}

void note(const EventWork& work, const Ticket& ticket, const std::string& text) {
  if (!is_final(work, ticket)) keep_note(work.operation, ticket, {NoteKind::internal, text, 0});
}

// Rule 70: resolved if nobody touched it; else the desk is told.
void clear_incident(const EventWork& work, const Event& event, const Ticket& ticket) {
  const auto& rule = rule_of(work, event);
  const auto text = "\"" + event.condition + "\" has ended by itself";
  if (rule.clear == OnClear::note || ticket.state == "resolved") return note(work, ticket, text);
  const auto& category = ticket.field("category");
  const auto resolved = transition(work.operation, ticket,
                                   {"clear",
                                    {{"resolution_code", std::string(cleared)},
                                     {"solution", text},
                                     {"category", category.empty() ? "event" : category},
                                     {"cause", "none"},
                                     {"reason", text}},
                                    0});
  if (!resolved) return note(work, ticket, text);
  if (rule.clear != OnClear::close) return;
  const auto closed = transition(work.operation, *resolved, {"close", {{"reason", rule.name}}, 0});
  if (!closed) note(work, *resolved, "not closed: " + closed.error().message);
}

}  // namespace

void handle(const EventWork& work, Event& event, std::span<const std::string> names) {
  const auto now = work.operation.act.clock.now();
  event.look_at = 0;
  event.reason.clear();
  FoundItem found{event.ci, ""};
  if (!found.ci) found = item_of(work.operation.tx, event.sender, event.item, names);
  event.ci = found.ci;
  const auto& rule = rule_of(work, event);
  event.rule = rule.name;
  const auto silence = silence_of(work, event);
  if (silence) {
    event.handling = "silenced";
    event.change = silence->change;
    event.reason = silence->reason;
    event.look_at = std::min(silence->until, now + change_moves_ms);
  } else if (!rule.ticket) {
    event.handling = "noted";
  } else if (!event.ci) {
    event.handling = "unknown";
    event.reason = found.reason;
    event.look_at = now + look_again_ms;
  } else if (const auto ticket = incident_for(work, rule, event); ticket) {
    event.handling = "incident";
    event.ticket = ticket->number;
  } else {
    event.handling = "noted";
    event.reason = "no incident: " + ticket.error().message;
    event.look_at = now + look_again_ms;
  }
}

void follow_up(const EventWork& work, Event& event, const std::string& earlier_severity) {
  const bool worse = work.rules.rank_of(event.severity) < work.rules.rank_of(earlier_severity);
  if (event.ticket.empty()) {
    if (worse && event.handling == "noted") handle(work, event);
    return;
  }
  const auto ticket = find_ticket(work.operation.tx, event.ticket);
  if (!ticket) return;
  const auto ended_ago = work.operation.act.clock.now() - ticket->state_since;
  if (is_final(work, *ticket) && ended_ago >= work.rules.again_after_ms) return handle(work, event);
  if (worse)
    note(work, *ticket, "\"" + event.condition + "\" is " + event.severity + " now, not " + earlier_severity);
}

namespace {

// What is left of its incident when nothing else of it is firing.
std::optional<Ticket> end_row(const EventWork& work, Event& event, const std::string& reason) {
  event.state = "ended";
  event.ended_at = work.operation.act.clock.now();
  event.look_at = 0;
  if (!reason.empty()) event.reason = reason;
  save_event(work.operation.tx, event);
  if (event.ticket.empty()) return {};
  const auto others = work.operation.tx.query_one(
      "select 1 from event where ticket = $1 and ticket <> '' and state = 'firing'", event.ticket);
  const auto ticket = find_ticket(work.operation.tx, event.ticket);
  if (others || !ticket || is_final(work, *ticket)) return {};
  return *ticket;
}

}  // namespace

void end_occurrence(const EventWork& work, Event& event) {
  const auto ticket = end_row(work, event, "it was not told again");
  if (ticket) note(work, *ticket, "\"" + event.condition + "\" was not told again");
}

void end_event(const EventWork& work, Event& event, const std::string& reason) {
  const auto ticket = end_row(work, event, reason);
  if (ticket) clear_incident(work, event, *ticket);
}

}  // namespace censo::desk
