// Guards and effects that only problems have (service-desk rules 24 to 29).
#include "base/text.h"
#include "cmdb/merge.h"
#include "desk/effects.h"
#include "desk/guards.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_note.h"
#include "desk/ticket_relation.h"
#include "desk/ticket_store.h"

#include <algorithm>
#include <array>

namespace censo::desk {
namespace {

constexpr base::TimeMs quiet_ms = base::TimeMs{14} * 24 * 60 * 60 * 1000;  // rule 28
constexpr std::size_t most_told = 500;  // incidents, while the writer waits

base::Error no_such(const std::string& field, const std::string& what, const std::string& text) {
  return base::fail(base::Errc::invalid_argument, "no " + what + " " + base::sanitize_utf8(text, 60),
                    "/fields/" + field, "BAD_VALUE");
}

// Rule 24.
base::Result<void> has_evidence(const GuardCase& one) {
  if (!tickets_it_names(one.operation.tx, one.ticket, "incident").empty()) return {};
  if (!one.given) return {};  // what is detected may come with the event
  const auto change = given_or_kept(one, "detected_change"), event = given_or_kept(one, "event");
  if (change.empty() && event.empty())
    return in_the_way("no incident is related to it, and it names no event and no detected change",
                      "NO_EVIDENCE");
  auto& tx = one.operation.tx;
  const auto change_id = base::id_from_text(change), event_id = base::id_from_text(event);
  if (!change.empty() &&
      !(change_id && tx.query_one("select 1 from detected_change where id = $1", *change_id)))
    return no_such("detected_change", "detected change", change);
  if (!event.empty() && !(event_id && tx.query_one("select 1 from event where id = $1", *event_id)))
    return no_such("event", "event", event);
  return {};
}

// Rule 27.
base::Result<void> has_fix(const GuardCase& one) {
  if (!tickets_it_names(one.operation.tx, one.ticket, "solved_by").empty()) return {};
  return in_the_way("no change is related to it that solves it", "NO_CHANGE");
}

// Rule 28: what was agreed to live with needs none.
base::Result<void> fix_succeeded(const GuardCase& one) {
  for (const auto& change : tickets_it_names(one.operation.tx, one.ticket, "solved_by")) {
    const auto& result = change.field("result");
    if (change.state == "closed" && (result == "success" || result == "with_issues")) continue;
    return in_the_way(change.number + " is " + change.state + (result.empty() ? "" : ", " + result) +
                          ": expected every change to be closed with success",
                      "NOT_FIXED");
  }
  return {};
}

base::Result<void> quiet_since(const GuardCase& one) {
  const auto since = one.operation.act.clock.now() - quiet_ms;
  for (const auto& incident : tickets_it_names(one.operation.tx, one.ticket, "incident")) {
    if (incident.opened_at > since)
      return in_the_way(incident.number + " was opened within 14 days", "NOT_QUIET");
  }
  return {};
}

// Rule 29.
base::Result<void> has_recurred(const GuardCase& one) {
  const auto resolved = base::parse_iso8601(one.ticket.field("resolved_at"));
  for (const auto& incident : tickets_it_names(one.operation.tx, one.ticket, "incident"))
    if (resolved && incident.opened_at > *resolved) return {};
  return in_the_way("no incident of it was opened since it was resolved", "NOT_RECURRED");
}

void note_resolution(const Operation& operation, Ticket& ticket) {
  ticket.fields["resolved_at"] = base::to_iso8601(operation.act.clock.now());
}

// Its open incidents, and the open incidents on what causes it.
std::vector<Ticket> to_be_told(store::Transaction& tx, const Ticket& problem) {
  auto told = tickets_it_names(tx, problem, "incident");
  const auto ci = base::id_from_text(problem.field("cause"));
  static const auto sql = tickets_where(
      "id in (select ticket_id from ticket_link where ci_id = $1 and role in ('affected', 'cause')) "
      "and is_open = 1 and kind = 'incident' order by id desc limit 500");
  if (ci)
    for (const cmdb::CiId member : cmdb::members_of(tx, cmdb::CiId(*ci)))
      for (const auto& row : tx.query(sql, member.value)) told.push_back(ticket_of(row));
  std::sort(told.begin(), told.end(), [](const Ticket& a, const Ticket& b) { return a.id < b.id; });
  const auto same = [](const Ticket& a, const Ticket& b) { return a.id == b.id; };
  told.erase(std::unique(told.begin(), told.end(), same), told.end());
  return told;
}

// Rule 26: the desk reads it in the tickets that it may help with.
base::Result<void> publish_known_error(const Operation& operation, const Ticket& problem) {
  std::size_t told = 0;
  for (const auto& incident : to_be_told(operation.tx, problem)) {
    const auto* kind = operation.kinds.find(incident.kind);
    const auto* state = kind ? kind->find_state(incident.state) : nullptr;
    if (!state || state->ended || ++told > most_told) continue;
    keep_note(
        operation, incident,
        {NoteKind::internal,
         "known error " + problem.number + ", " + problem.title + ": " + problem.field("workaround"), 0});
  }
  return {};
}

constexpr std::array guards{
    NamedGuard{"has_evidence", has_evidence},   NamedGuard{"has_fix", has_fix},
    NamedGuard{"fix_succeeded", fix_succeeded}, NamedGuard{"quiet_since", quiet_since},
    NamedGuard{"has_recurred", has_recurred},
};
constexpr std::array effects{
    Effect{"note_resolution", note_resolution, nullptr},
    Effect{"publish_known_error", nullptr, publish_known_error},
};

}  // namespace

std::span<const NamedGuard> problem_guards() {
  return guards;
}

std::span<const Effect> problem_effects() {
  return effects;
}

}  // namespace censo::desk
