#include "base/text.h"
#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/change.h"
#include "desk/verification.h"

#include <boost/json.hpp>

#include <memory>
#include <string>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const desk::Modification& modification) {
  json::object object{{"id", base::id_to_text(modification.id)},
                      {"subject", modification.subject},
                      {"value", modification.new_value}};
  object["ci"] =
      modification.ci
          ? json::value(json::object{{"id", base::to_text(modification.ci)}, {"name", modification.ci_name}})
          : json::value(nullptr);
  return object;
}

json::object to_json(const desk::ChangeConflict& conflict) {
  return {{"kind", conflict.kind},
          {"number", conflict.number},
          {"title", conflict.title},
          {"state", conflict.state},
          {"start", json_time(conflict.window.start)},
          {"end", json_time(conflict.window.end)},
          {"reason", conflict.reason}};
}

base::Result<Response> modifications(const Desk& desk, Transaction& tx, const Request& request) {
  const auto change = ticket_of(desk, tx, request);
  if (!change) return change.error();
  return Response::ok(json_items(desk::modifications_of(tx, *change),
                                 [](const desk::Modification& one) { return to_json(one); }));
}

base::Result<Response> add(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"ci", "subject", "value"});
  const auto ci = body.text_or("ci", 200, "");
  desk::Modification wanted;
  wanted.subject = body.text("subject", 500);
  wanted.new_value = body.text_or("value", 500, "");
  if (const auto fault = body.fault()) return *fault;
  const auto change = ticket_of(desk, tx, request);
  if (!change) return change.error();
  if (!ci.empty()) {
    const auto item = cmdb::resolve_ci(tx, ci);
    if (!item) return item.error();
    wanted.ci = item->id;
  }
  const DeskAct act(desk, tx, request);
  const auto made = desk::add_modification(act.operation(), *change, wanted);
  if (!made) return made.error();
  return Response::created(json::serialize(to_json(*made)));
}

base::Result<Response> remove(const Desk& desk, Transaction& tx, const Request& request) {
  const auto id = base::id_from_text(request.parameter("id"));
  if (!id) return id.error();
  const auto change = ticket_of(desk, tx, request);
  if (!change) return change.error();
  const DeskAct act(desk, tx, request);
  const auto removed = desk::remove_modification(act.operation(), *change, *id);
  if (!removed) return removed.error();
  return Response::no_content();
}

base::Result<Response> conflicts(const Desk& desk, Transaction& tx, const Request& request) {
  const auto change = ticket_of(desk, tx, request);
  if (!change) return change.error();
  const DeskAct act(desk, tx, request);
  return Response::ok(json_items(desk::conflicts_of(act.operation(), *change),
                                 [](const desk::ChangeConflict& one) { return to_json(one); }));
}

base::Result<Response> votes(const Desk& desk, Transaction& tx, const Request& request) {
  const auto change = ticket_of(desk, tx, request);
  if (!change) return change.error();
  const DeskAct act(desk, tx, request);
  const auto votes = desk::votes_of(act.operation(), *change);
  json::array roles;
  for (const auto& role : votes.roles) roles.emplace_back(role);
  return Response::ok(json::serialize(json::object{{"in_favour", votes.in_favour},
                                                   {"against", votes.against},
                                                   {"needed", votes.needed},
                                                   {"roles", std::move(roles)},
                                                   {"approved", votes.approved}}));
}

base::Result<Response> verification(const Desk& desk, Transaction& tx, const Request& request) {
  const auto change = ticket_of(desk, tx, request);
  if (!change) return change.error();
  const DeskAct act(desk, tx, request);
  const auto verified = desk::verify(act.operation(), *change);
  json::array planned, unplanned;
  for (const auto& one : verified.planned) {
    auto object = to_json(one.modification);
    object["verdict"] = one.verdict;
    json::array seen;
    for (const auto& detected : one.seen) seen.push_back(collector::to_json(detected));
    object["seen"] = std::move(seen);
    planned.push_back(std::move(object));
  }
  for (const auto& detected : verified.unplanned) unplanned.push_back(collector::to_json(detected));
  return Response::ok(json::serialize(json::object{{"as_planned", verified.as_planned()},
                                                   {"planned", std::move(planned)},
                                                   {"unplanned", std::move(unplanned)}}));
}

}  // namespace

// What a ticket of kind "change" has besides: /api/v1/tickets opens it, its events move it.
Routes changes(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view planned = "/api/v1/tickets/{number}/modifications";
  return {
      {"GET", planned, Role::viewer, Access::read, "What a change means to modify", {}, at(modifications)},
      {"POST", planned, Role::technician, Access::write, "Plan a modification", {}, at(add)},
      {"DELETE",
       "/api/v1/tickets/{number}/modifications/{id}",
       Role::technician,
       Access::write,
       "Take a planned modification back",
       {},
       at(remove)},
      {"GET",
       "/api/v1/tickets/{number}/conflicts",
       Role::viewer,
       Access::read,
       "Other changes, freezes and maintenance at the same time",
       {},
       at(conflicts)},
      {"GET",
       "/api/v1/tickets/{number}/votes",
       Role::viewer,
       Access::read,
       "Who has to agree to a change, and who did",
       {},
       at(votes)},
      {"GET",
       "/api/v1/tickets/{number}/verification",
       Role::viewer,
       Access::read,
       "Whether what happened is what was planned",
       {},
       at(verification)},
  };
}

}  // namespace censo::collector::api
