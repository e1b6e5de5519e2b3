#include "cmdb/tenant.h"
#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/reservation.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const desk::Reservation& one) {
  json::object object{{"reservation", one.name},
                      {"ci", json_ci(one.ci, one.class_name, one.ci_name)},
                      {"person", one.person},
                      {"at", json_time(one.at)},
                      {"state", one.outcome.empty() ? "held" : one.outcome}};
  if (one.ended_at > 0) object["ended_at"] = json_time(one.ended_at);
  return object;
}

// What the caller's tenant lets be told.
base::Result<Response> answer(Transaction& tx, const Request& request, const desk::Ticket& ticket) {
  auto found = desk::reservations_of(tx, ticket.id);
  const auto& tenant = request.caller.tenant;
  std::erase_if(found,
                [&](const auto& one) { return !tenant.empty() && cmdb::tenant_of(tx, one.ci) != tenant; });
  return Response::ok(json_items(found, [](const desk::Reservation& one) { return to_json(one); }));
}

base::Result<Response> list(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  return answer(tx, request, *ticket);
}

base::Result<Response> put(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"ci"});
  const auto name = body.text("ci", 200);
  if (const auto fault = body.fault()) return *fault;
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const auto item = cmdb::resolve_ci_of(tx, request.caller.tenant, name);
  if (!item) return item.error();
  const DeskAct act(desk, tx, request);
  const auto done = desk::reserve(act.operation(), *ticket, request.parameter("reservation"), item->id);
  if (!done) return done.error();
  return answer(tx, request, *ticket);
}

base::Result<Response> remove(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  const auto gone = desk::release(act.operation(), *ticket, request.parameter("reservation"));
  if (!gone) return gone.error();
  return Response::no_content();
}

}  // namespace

// What requests hold.
Routes reservations(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view one = "/api/v1/tickets/{number}/reservations/{reservation}";
  return {
      {"GET",
       "/api/v1/tickets/{number}/reservations",
       Role::viewer,
       Access::read,
       "What a request holds",
       {},
       at(list)},
      {"PUT", one, Role::viewer, Access::write, "Reserve an item for a request", {}, at(put)},
      {"DELETE", one, Role::viewer, Access::write, "Give a reserved item back", {}, at(remove)},
  };
}

}  // namespace censo::collector::api
