#include "cmdb/tenant.h"
#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/service_limit.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const desk::ServiceLimit& one) {
  json::object object{{"name", one.name},       {"kind", one.kind},         {"target", one.target},
                      {"tenant", one.tenant},   {"category", one.category}, {"priority", one.priority},
                      {"limit", one.limit},     {"calendar", one.calendar}, {"person", one.person},
                      {"at", json_time(one.at)}};
  object["service"] =
      one.service ? json::value(json::object{{"id", base::to_text(one.service)}, {"name", one.service_name}})
                  : json::value(nullptr);
  return object;
}

base::Result<Response> list(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  if (const auto may = check_desk(act.operation()); !may) return may.error();
  return Response::ok(
      json_items(desk::service_limits(tx), [](const desk::ServiceLimit& one) { return to_json(one); }));
}

base::Result<Response> put(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request,
                {"kind", "target", "service", "tenant", "category", "priority", "limit", "calendar"});
  desk::ServiceLimit wanted;
  wanted.name = request.parameter("name");
  wanted.kind = body.text_or("kind", 64, "incident");
  wanted.target = body.text("target", 64);
  const auto service = body.text_or("service", 200, "");
  wanted.tenant = body.text_or("tenant", 128, "");
  wanted.category = body.text_or("category", 200, "");
  wanted.priority = body.integer_or("priority", 0, 5, 0);
  wanted.limit = body.text("limit", 20);
  wanted.calendar = body.text("calendar", 64);
  if (const auto fault = body.fault()) return *fault;
  if (!service.empty()) {
    const auto item = cmdb::resolve_ci_of(tx, request.caller.tenant, service);
    if (!item)
      return base::fail(base::Errc::invalid_argument, item.error().message, "service", "CI_NOT_FOUND");
    wanted.service = item->id;
    wanted.service_name = item->name;
  }
  const DeskAct act(desk, tx, request);
  const auto made = desk::put_service_limit(act.operation(), wanted);
  if (!made) return made.error();
  return Response::ok(json::serialize(to_json(*made)));
}

base::Result<Response> remove(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  const auto gone = desk::remove_service_limit(act.operation(), request.parameter("name"));
  if (!gone) return gone.error();
  return Response::no_content();
}

}  // namespace

Routes service_limits(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view one = "/api/v1/service-limits/{name}";
  return {
      {"GET",
       "/api/v1/service-limits",
       Role::viewer,
       Access::read,
       "Limits of targets for services and customers",
       {},
       at(list)},
      {"PUT", one, Role::viewer, Access::write, "Write a limit of a target", {}, at(put)},
      {"DELETE", one, Role::viewer, Access::write, "Remove a limit of a target", {}, at(remove)},
  };
}

}  // namespace censo::collector::api
