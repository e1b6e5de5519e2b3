#include "collector/change_look.h"
#include "collector/desk_request.h"
#include "collector/jobs/scan_runner.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/ticket_note.h"
#include "desk/ticket_watcher.h"
#include "desk/transition.h"

#include <boost/json.hpp>

#include <cstdint>
#include <limits>
#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const desk::Note& note) {
  json::object object{{"at", json_time(note.at)},
                      {"author", note.author},
                      {"kind", desk::name_of(note.what.kind)},
                      {"text", note.what.text}};
  if (note.what.kind == desk::NoteKind::work) object["minutes"] = note.what.minutes;
  return object;
}

json::object to_json(const desk::TicketHistoryEntry& entry) {
  return {{"at", json_time(entry.at)},
          {"actor", entry.actor},
          {"source", entry.source},
          {"event", entry.event},
          {"from", entry.from_state},
          {"to", entry.to_state},
          {"before", json::parse(entry.before)},
          {"after", json::parse(entry.after)},
          {"reason", entry.reason},
          {"version", entry.version}};
}

// For others than the desk: why somebody was given it names items, and how content the requester was is his
// and the desk's to know.
json::object without_why(json::object entry) {
  if (entry["event"] == "rate") entry["after"] = json::object();
  bool gives = false;
  for (const auto* side : {"before", "after"}) gives |= entry[side].as_object().erase("assigned_because") > 0;
  if (gives) entry["reason"] = "";
  return entry;
}

// Rule 37: what it touched is looked at again.
bool is_completed(const desk::Ticket& before, const desk::Ticket& after) {
  return after.kind == "change" && after.state == "review" && before.state != "review";
}

base::Result<Response> move(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"event", "fields", "version"});
  desk::WantedTransition wanted;
  wanted.event = body.text("event", 64);
  wanted.fields = fields_of(body);
  wanted.version = body.integer_or("version", 1, std::numeric_limits<std::int64_t>::max(), 0);
  if (const auto fault = body.fault()) return *fault;
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  const auto moved = desk::transition(act.operation(), *ticket, wanted);
  if (!moved) return moved.error();
  auto response = Response::ok(json::serialize(whole_ticket(act.operation(), *moved)));
  if (is_completed(*ticket, *moved) && order_looks(desk.services, tx, *moved))
    response.after_commit = [&services = desk.services] { services.scans.wake(); };
  return response;
}

// All are moved, or none is.
base::Result<Response> move_all(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"tickets", "event", "fields"});
  desk::WantedTransition wanted;
  wanted.event = body.text("event", 64);
  wanted.fields = fields_of(body);
  const auto numbers = body.text_list("tickets", 100, 40);
  if (numbers.empty()) body.refuse("tickets", "expected 1 to 100 numbers", "MISSING_FIELD");
  if (const auto fault = body.fault()) return *fault;
  const DeskAct act(desk, tx, request);
  json::array moved;
  bool scans = false;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto ticket = seen_ticket(act.operation(), numbers[i]);
    if (!ticket) return ticket.error();
    const auto after = desk::transition(act.operation(), *ticket, wanted);
    if (!after) {
      auto error = after.error();
      error.message = ticket->number + ": " + error.message + "; none of them was moved";
      return error;
    }
    if (is_completed(*ticket, *after) && order_looks(desk.services, tx, *after)) scans = true;
    moved.push_back(told_ticket(act.operation(), *after));
  }
  auto response = Response::ok(json::serialize(json::object{{"items", std::move(moved)}}));
  if (scans) response.after_commit = [&services = desk.services] { services.scans.wake(); };
  return response;
}

base::Result<Response> watch(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  const auto done = desk::watch(act.operation(), *ticket, request.parameter("person"));
  if (!done) return done.error();
  return Response::no_content();
}

base::Result<Response> unwatch(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  const auto done = desk::unwatch(act.operation(), *ticket, request.parameter("person"));
  if (!done) return done.error();
  return Response::no_content();
}

base::Result<Response> add_note(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"kind", "text", "minutes"});
  const auto kind = desk::parse_note_kind(body.text_or("kind", 20, "public"));
  desk::NewNote note;
  note.text = body.text("text", 16'000);
  note.minutes = body.integer_or("minutes", 1, 1'440, 0);
  if (const auto fault = body.fault()) return *fault;
  if (!kind) return kind.error();
  note.kind = *kind;
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  const auto noted = desk::add_note(act.operation(), *ticket, note);
  if (!noted) return noted.error();
  return Response::created(json::serialize(whole_ticket(act.operation(), *noted)));
}

base::Result<Response> notes(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  return Response::ok(json_items(desk::notes_of(act.operation(), *ticket),
                                 [](const desk::Note& note) { return to_json(note); }));
}

base::Result<Response> history(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  const bool all = desk::is_of_the_desk(act.operation(), *ticket);
  return Response::ok(
      json_items(desk::history_of(tx, ticket->id), [&](const desk::TicketHistoryEntry& entry) {
        return all ? to_json(entry) : without_why(to_json(entry));
      }));
}

}  // namespace

// What is done to a ticket and said about it. Who may move a ticket is told by its kind, not by the route.
Routes ticket_acts(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  return {
      {"POST",
       "/api/v1/tickets/{number}/events",
       Role::viewer,
       Access::write,
       "Move a ticket by one of its allowed events",
       {},
       at(move)},
      {"POST",
       "/api/v1/ticket-events",
       Role::technician,
       Access::write,
       "Move several tickets by one event, all or none",
       {},
       at(move_all)},
      {"PUT",
       "/api/v1/tickets/{number}/watchers/{person}",
       Role::viewer,
       Access::write,
       "Watch a ticket",
       {},
       at(watch)},
      {"DELETE",
       "/api/v1/tickets/{number}/watchers/{person}",
       Role::viewer,
       Access::write,
       "Watch a ticket no more",
       {},
       at(unwatch)},
      {"POST",
       "/api/v1/tickets/{number}/notes",
       Role::viewer,
       Access::write,
       "Comment, note or work on a ticket",
       {},
       at(add_note)},
      {"GET",
       "/api/v1/tickets/{number}/notes",
       Role::viewer,
       Access::read,
       "What was said about a ticket",
       {},
       at(notes)},
      {"GET",
       "/api/v1/tickets/{number}/history",
       Role::viewer,
       Access::read,
       "What was done to a ticket",
       {},
       at(history)},
  };
}

}  // namespace censo::collector::api
