#include "desk/ticket_note.h"

#include "base/text.h"
#include "desk/notice.h"
#include "desk/sight.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_store.h"
#include "desk/ticket_target.h"
#include "desk/transition.h"

#include <algorithm>
#include <array>

namespace censo::desk {
namespace {

using base::Errc;

constexpr std::array<std::string_view, 3> kinds{"public", "internal", "work"};
constexpr std::array<std::string_view, 3> events{"comment", "internal_note", "work"};  // as notices name them
constexpr std::size_t longest = 16'000;
constexpr std::int64_t day_minutes = 1'440;

base::Result<void> check(const Operation& operation, const Ticket& ticket, const NewNote& note) {
  if (const auto may = check_speaker(operation, ticket, note.kind); !may) return may;
  if (base::trim(note.text).empty() || note.text.size() > longest || !base::is_valid_utf8(note.text))
    return base::fail(Errc::invalid_argument, "expected a text of 1 to 16000 bytes", "text");
  const bool timed = note.minutes >= 1 && note.minutes <= day_minutes;
  if (note.kind == NoteKind::work ? timed : note.minutes == 0) return {};
  return base::fail(Errc::invalid_argument, "expected 1 to 1440 minutes for work, none otherwise", "minutes");
}

}  // namespace

bool is_of_the_desk(const Operation& operation, const Ticket& ticket) {
  auto roles = roles_towards(operation.tx, ticket, operation.act);
  roles.erase("requester");
  roles.erase("supplier");
  roles.erase("deputy");  // of anybody: it says nothing of this ticket
  return !roles.empty();
}

base::Result<void> check_speaker(const Operation& operation, const Ticket& ticket, NoteKind kind) {
  const auto* of_ticket = operation.kinds.find(ticket.kind);
  const auto* state = of_ticket ? of_ticket->find_state(ticket.state) : nullptr;
  if (state && state->final) {
    return base::fail(Errc::conflict,
                      ticket.number + " is " + ticket.state + ", which is final: open one that follows it",
                      {}, "FINAL");
  }
  const bool of_the_desk = is_of_the_desk(operation, ticket);
  if (kind != NoteKind::shared && !of_the_desk)
    return base::fail(Errc::permission_denied, "internal notes and work are the desk's", {}, "ROLE_NEEDED");
  if (!of_the_desk && operation.act.actor != ticket.requester &&
      !is_handed_to(operation.tx, operation.act, ticket))
    return base::fail(Errc::permission_denied, "expected the requester or the desk", {}, "ROLE_NEEDED");
  return {};
}

std::string_view name_of(NoteKind kind) {
  return kinds[static_cast<std::size_t>(kind)];
}

base::Result<NoteKind> parse_note_kind(std::string_view text) {
  const auto found = std::find(kinds.begin(), kinds.end(), text);
  if (found != kinds.end()) return static_cast<NoteKind>(found - kinds.begin());
  return base::fail(Errc::invalid_argument, "expected public, internal or work", "kind");
}

void keep_note(const Operation& operation, const Ticket& ticket, const NewNote& note) {
  const auto id = base::next_id(operation.act.clock);
  operation.tx.execute(
      "insert into ticket_note (id, ticket_id, at, author, kind, minutes, text) "
      "values ($1, $2, $3, $4, $5, $6, $7)",
      id, ticket.id.value, operation.act.clock.now(), operation.act.actor, name_of(note.kind), note.minutes,
      std::string(base::trim(note.text)));
  note_for_mail(operation.tx, ticket.id, events[static_cast<std::size_t>(note.kind)], id);
  auto answered = ticket;
  if (const auto* kind = operation.kinds.find(ticket.kind))
    follow_targets(operation.tx, *kind, answered, operation.act.clock.now());
}

base::Result<Ticket> add_note(const Operation& operation, const Ticket& ticket, const NewNote& note) {
  if (const auto checked = check(operation, ticket, note); !checked) return checked.error();
  keep_note(operation, ticket, note);
  operation.tx.execute("update ticket set updated_at = $2 where id = $1", ticket.id.value,
                       operation.act.clock.now());
  const bool answers = ticket.field("hold_reason") == "caller" && note.kind == NoteKind::shared &&
                       operation.act.actor == ticket.requester;
  if (!answers) return find_ticket(operation.tx, ticket.number);
  const Act rule{operation.act.actor, "rule", operation.act.clock, {"rule"}};
  return transition({operation.tx, operation.kinds, rule, operation.impact}, ticket,
                    {"resume", {{"reason", "the caller replied"}}, 0});
}

std::vector<Note> notes_of(const Operation& operation, const Ticket& ticket) {
  std::vector<Note> notes;
  const std::string hidden = is_of_the_desk(operation, ticket) ? "" : "internal";
  for (const auto& row : operation.tx.query(
           "select at, author, kind, minutes, text from ticket_note where ticket_id = $1 order by id",
           ticket.id.value)) {
    const auto kind = parse_note_kind(row.text(2)).value();
    if (!hidden.empty() && kind != NoteKind::shared) continue;
    notes.push_back({row.text(1), row.integer(0), {kind, row.text(4), row.integer(3)}});
  }
  return notes;
}

}  // namespace censo::desk
