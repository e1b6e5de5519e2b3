#include "collector/desk_request.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/ticket_relation.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

base::Result<Response> list(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  return Response::ok(json::serialize(json::object{{"items", related_json(act.operation(), *ticket)}}));
}

base::Result<Response> relate(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  const auto other = seen_ticket(act.operation(), request.parameter("other"));
  if (!other) return other.error();
  const auto related = desk::relate_tickets(act.operation(), *ticket, request.parameter("relation"), *other);
  if (!related) return related.error();
  return Response::ok(json::serialize(whole_ticket(act.operation(), *related)));
}

base::Result<Response> unrelate(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  const auto other = seen_ticket(act.operation(), request.parameter("other"));
  if (!other) return other.error();
  const auto done = desk::unrelate_tickets(act.operation(), *ticket, request.parameter("relation"), *other);
  if (!done) return done.error();
  return Response::no_content();
}

}  // namespace

// What tickets say of each other. Who may say it is told by the ticket's kind.
Routes ticket_relations(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view one = "/api/v1/tickets/{number}/related/{relation}/{other}";
  return {
      {"GET",
       "/api/v1/tickets/{number}/related",
       Role::viewer,
       Access::read,
       "Other tickets that a ticket has to do with",
       {},
       at(list)},
      {"PUT", one, Role::technician, Access::write, "Say what another ticket is to this one", {}, at(relate)},
      {"DELETE", one, Role::technician, Access::write, "Take it back", {}, at(unrelate)},
  };
}

}  // namespace censo::collector::api
