#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/desk_group.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const desk::GroupMember& one) {
  return {{"group", one.group},
          {"person", one.person},
          {"skills", json::value_from(one.skills)},
          {"in_hand", one.in_hand},
          {"away", one.away}};
}

base::Result<Response> list(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  if (const auto may = check_desk(act.operation()); !may) return may.error();
  const auto group = request.query_or("group", "");
  const auto now = desk.services.clock.now();
  return Response::ok(
      json_items(group.empty() ? desk::group_members(tx, now) : desk::members_of(tx, group, now),
                 [](const desk::GroupMember& one) { return to_json(one); }));
}

base::Result<Response> put(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {});
  if (const auto fault = body.fault()) return *fault;
  const DeskAct act(desk, tx, request);
  const auto made =
      desk::put_member(act.operation(), request.parameter("group"), request.parameter("person"));
  if (!made) return made.error();
  return Response::no_content();
}

base::Result<Response> remove(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  const auto gone =
      desk::remove_member(act.operation(), request.parameter("group"), request.parameter("person"));
  if (!gone) return gone.error();
  return Response::no_content();
}

base::Result<Response> put_skills(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"skills"});
  const auto wanted = body.text_list("skills", 100, 64);
  if (!body.has("skills")) body.refuse("skills", "missing field", "MISSING_FIELD");
  if (const auto fault = body.fault()) return *fault;
  const DeskAct act(desk, tx, request);
  const auto made = desk::put_skills(act.operation(), request.parameter("person"), wanted);
  if (!made) return made.error();
  return Response::ok(json::serialize(
      json::object{{"person", request.parameter("person")}, {"skills", json::value_from(*made)}}));
}

}  // namespace

// Who takes the tickets of a group.
Routes desk_groups(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view one = "/api/v1/desk-groups/{group}/members/{person}";
  return {
      {"GET",
       "/api/v1/desk-group-members",
       Role::viewer,
       Access::read,
       "Members of groups, their skills and what they have in hand",
       {"group"},
       at(list)},
      {"PUT", one, Role::viewer, Access::write, "Make somebody a member of a group", {}, at(put)},
      {"DELETE", one, Role::viewer, Access::write, "Take a member out of a group", {}, at(remove)},
      {"PUT",
       "/api/v1/desk-people/{person}/skills",
       Role::viewer,
       Access::write,
       "Write what somebody knows",
       {},
       at(put_skills)},
  };
}

}  // namespace censo::collector::api
