#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/on_call.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const desk::Shift& shift) {
  return {{"shift", shift.name},    {"person", shift.person}, {"place", shift.place},    {"zone", shift.zone},
          {"starts", shift.starts}, {"ends", shift.ends},     {"repeats", shift.repeats}};
}

json::object to_json(const desk::Roster& roster) {
  json::array shifts;
  for (const auto& shift : roster.shifts) shifts.push_back(to_json(shift));
  return {{"group", roster.group},
          {"unassigned_min", roster.unassigned_min},
          {"acknowledge_min", roster.acknowledge_min},
          {"shifts", std::move(shifts)},
          {"person", roster.person},
          {"at", json_time(roster.at)}};
}

base::Result<Response> answer(const base::Result<desk::Roster>& roster) {
  if (!roster) return roster.error();
  return Response::ok(json::serialize(to_json(*roster)));
}

base::Result<Response> list(const Desk&, Transaction& tx, const Request&) {
  return Response::ok(json_items(desk::rosters(tx), [](const desk::Roster& one) { return to_json(one); }));
}

base::Result<Response> show(const Desk&, Transaction& tx, const Request& request) {
  return answer(desk::find_roster(tx, request.parameter("group")));
}

base::Result<Response> on_call(const Desk& desk, Transaction& tx, const Request& request) {
  auto at = desk.services.clock.now();
  if (const auto text = request.query_or("at", ""); !text.empty()) {
    const auto time = base::parse_iso8601(text);
    if (!time)
      return base::fail(base::Errc::invalid_argument, "expected a time such as 2026-10-01T12:00Z", "at");
    at = *time;
  }
  const auto called = desk::on_call_at(tx, request.parameter("group"), at);
  if (!called) return called.error();
  return Response::ok(json_items(*called, [](const desk::Shift& one) { return to_json(one); }));
}

base::Result<Response> put(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"unassigned_min", "acknowledge_min"});
  desk::Roster wanted;
  wanted.group = request.parameter("group");
  wanted.unassigned_min = body.integer_or("unassigned_min", 1, 1'440, wanted.unassigned_min);
  wanted.acknowledge_min = body.integer_or("acknowledge_min", 1, 1'440, wanted.acknowledge_min);
  if (const auto fault = body.fault()) return *fault;
  const DeskAct act(desk, tx, request);
  return answer(desk::put_roster(act.operation(), wanted));
}

base::Result<Response> put_shift(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"person", "place", "zone", "starts", "ends", "repeats"});
  desk::Shift wanted;
  wanted.group = request.parameter("group");
  wanted.name = request.parameter("shift");
  wanted.person = body.text("person", 200);
  wanted.place = body.integer_or("place", 1, 100, 1);
  wanted.zone = body.text("zone", 64);
  wanted.starts = body.text("starts", 40);
  wanted.ends = body.text("ends", 40);
  wanted.repeats = body.text_or("repeats", 200, "");
  if (const auto fault = body.fault()) return *fault;
  const DeskAct act(desk, tx, request);
  return answer(desk::put_shift(act.operation(), wanted));
}

base::Result<Response> remove(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  const auto gone = desk::remove_roster(act.operation(), request.parameter("group"));
  if (!gone) return gone.error();
  return Response::no_content();
}

base::Result<Response> remove_shift(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  const auto gone =
      desk::remove_shift(act.operation(), request.parameter("group"), request.parameter("shift"));
  if (!gone) return gone.error();
  return Response::no_content();
}

}  // namespace

Routes rosters(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view one = "/api/v1/rosters/{group}",
                             shift = "/api/v1/rosters/{group}/shifts/{shift}";
  return {
      {"GET", "/api/v1/rosters", Role::viewer, Access::read, "Rosters of groups", {}, at(list)},
      {"GET", one, Role::viewer, Access::read, "One roster with its shifts", {}, at(show)},
      {"PUT", one, Role::viewer, Access::write, "Write when a group's tickets are called", {}, at(put)},
      {"DELETE", one, Role::viewer, Access::write, "Remove a roster", {}, at(remove)},
      {"PUT", shift, Role::viewer, Access::write, "Write a shift", {}, at(put_shift)},
      {"DELETE", shift, Role::viewer, Access::write, "Remove a shift", {}, at(remove_shift)},
      {"GET",
       "/api/v1/rosters/{group}/on-call",
       Role::viewer,
       Access::read,
       "Who is on call now or at a moment, the first one first",
       {"at"},
       at(on_call)},
  };
}

}  // namespace censo::collector::api
