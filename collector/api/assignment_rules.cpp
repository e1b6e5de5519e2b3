#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/assignment.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const desk::AssignmentRule& one) {
  return {{"rule", one.name},       {"place", one.place},
          {"kind", one.kind},       {"category", one.category},
          {"tenant", one.tenant},   {"query", one.query},
          {"group", one.group},     {"skills", json::value_from(one.skills)},
          {"picks", one.picks},     {"person", one.person},
          {"at", json_time(one.at)}};
}

base::Result<Response> list(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  if (const auto may = check_desk(act.operation()); !may) return may.error();
  return Response::ok(
      json_items(desk::assignment_rules(tx), [](const desk::AssignmentRule& one) { return to_json(one); }));
}

base::Result<Response> put(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"place", "kind", "category", "tenant", "query", "group", "skills", "picks"});
  desk::AssignmentRule wanted;
  wanted.name = request.parameter("rule");
  wanted.place = body.integer_or("place", 1, 10'000, wanted.place);
  wanted.kind = body.text_or("kind", 64, "");
  wanted.category = body.text_or("category", 200, "");
  wanted.tenant = body.text_or("tenant", 128, "");
  wanted.query = body.text_or("query", 2'000, "");
  wanted.group = body.text_or("group", 200, "");
  wanted.skills = body.text_list("skills", 50, 64);
  wanted.picks = body.flag_or("picks", false);
  if (const auto fault = body.fault()) return *fault;
  const DeskAct act(desk, tx, request);
  const auto made = desk::put_assignment_rule(act.operation(), wanted);
  if (!made) return made.error();
  return Response::ok(json::serialize(to_json(*made)));
}

base::Result<Response> remove(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  const auto gone = desk::remove_assignment_rule(act.operation(), request.parameter("rule"));
  if (!gone) return gone.error();
  return Response::no_content();
}

}  // namespace

Routes assignment_rules(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view one = "/api/v1/assignment-rules/{rule}";
  return {
      {"GET",
       "/api/v1/assignment-rules",
       Role::viewer,
       Access::read,
       "Who takes new tickets, in the order in which it is tried",
       {},
       at(list)},
      {"PUT", one, Role::viewer, Access::write, "Write a rule of assignment", {}, at(put)},
      {"DELETE", one, Role::viewer, Access::write, "Remove a rule of assignment", {}, at(remove)},
  };
}

}  // namespace censo::collector::api
