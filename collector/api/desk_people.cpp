#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/sight.h"
#include "desk/tenant.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const desk::DeskPerson& one) {
  return {{"person", one.person},
          {"department", one.department},
          {"sees_department", one.sees_department},
          {"vip", one.vip},
          {"tenant", one.tenant}};
}

base::Result<Response> list(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  if (const auto may = check_desk(act.operation()); !may) return may.error();
  return Response::ok(
      json_items(desk::desk_people(tx), [](const desk::DeskPerson& one) { return to_json(one); }));
}

base::Result<Response> put(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"department", "sees_department", "vip", "tenant"});
  // What is left out stays, so that nobody leaves his tenant by the way.
  auto wanted = desk::find_desk_person(tx, request.parameter("person"));
  if (body.has("department")) wanted.department = body.text("department", 200);
  if (body.has("department") || body.has("sees_department"))
    wanted.sees_department = body.flag_or("sees_department", false);
  if (body.has("vip")) wanted.vip = body.flag_or("vip", false);
  if (body.has("tenant")) wanted.tenant = body.text_or("tenant", 128, "");
  if (const auto fault = body.fault()) return *fault;
  const DeskAct act(desk, tx, request);
  const auto made = desk::put_desk_person(act.operation(), wanted);
  if (!made) return made.error();
  return Response::ok(json::serialize(to_json(*made)));
}

base::Result<Response> remove(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  const auto gone = desk::remove_desk_person(act.operation(), request.parameter("person"));
  if (!gone) return gone.error();
  return Response::no_content();
}

}  // namespace

Routes desk_people(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view one = "/api/v1/desk-people/{person}";
  return {
      {"GET",
       "/api/v1/desk-people",
       Role::viewer,
       Access::read,
       "Departments and tenants of people",
       {},
       at(list)},
      {"PUT", one, Role::viewer, Access::write, "Write whose tickets a person sees", {}, at(put)},
      {"DELETE", one, Role::viewer, Access::write, "Forget a person's department", {}, at(remove)},
  };
}

}  // namespace censo::collector::api
