#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/breach_excuse.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

using store::Transaction;

base::Result<Response> excuse(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"reason"});
  const auto reason = body.text("reason", 4'000);
  if (const auto fault = body.fault()) return *fault;
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  const auto done = desk::excuse_breach(act.operation(), *ticket, request.parameter("target"), reason);
  if (!done) return done.error();
  return Response::ok(boost::json::serialize(whole_ticket(act.operation(), *ticket)));
}

base::Result<Response> withdraw(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  const auto done = desk::withdraw_excuse(act.operation(), *ticket, request.parameter("target"));
  if (!done) return done.error();
  return Response::no_content();
}

}  // namespace

Routes ticket_targets(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view one = "/api/v1/tickets/{number}/targets/{target}/excuse";
  return {{"PUT", one, Role::viewer, Access::write, "Excuse the breach of a target", {}, at(excuse)},
          {"DELETE", one, Role::viewer, Access::write, "Take an excuse back", {}, at(withdraw)}};
}

}  // namespace censo::collector::api
