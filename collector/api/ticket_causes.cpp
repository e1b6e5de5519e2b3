#include "base/text.h"
#include "cmdb/as_of.h"
#include "cmdb/tenant.h"
#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/recent_changes.h"

#include <boost/json.hpp>

#include <memory>
#include <string>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

constexpr std::int64_t most_hours = 24 * 31;

json::object to_json(const desk::RecentPlanned& one) {
  return {{"number", one.change.number},
          {"title", one.change.title},
          {"state", one.change.state},
          {"start", json_time(one.window.start)},
          {"end", json_time(one.window.end)},
          {"ci", {{"id", base::to_text(one.ci)}, {"name", one.ci_name}}},
          {"depth", one.depth}};
}

json::object to_json(const desk::RecentDetected& one) {
  auto object = collector::to_json(one.change);
  object["depth"] = one.depth;
  object["path"] = one.path;
  return object;
}

json::object to_json(const desk::ProbableCause& cause) {
  json::array reasons;
  for (const auto& reason : cause.reasons) reasons.emplace_back(reason);
  return {{"ci", json_ci(cause.ci, cause.class_name, cause.ci_name)},
          {"score", cause.score},
          {"kind", cause.kind},
          {"subject", cause.subject},
          {"reasons", std::move(reasons)}};
}

base::Result<desk::LookBack> look_back_of(const Request& request) {
  desk::LookBack back;
  const auto hours = base::parse_integer(request.query_or("hours", "72"));
  if (!hours || *hours < 1 || *hours > most_hours)
    return base::fail(Errc::invalid_argument, "expected 1 to 744 hours", "hours");
  back.span_ms = *hours * 60 * 60 * 1000;
  return back;
}

base::Result<Response> recent_changes(const Desk& desk, Transaction& tx, const Request& request) {
  const auto back = look_back_of(request);
  if (!back) return back.error();
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  if (const auto may = check_desk(act.operation()); !may) return may.error();
  const auto recent = desk::changes_before(act.operation(), *ticket, *back);
  json::array detected, planned;
  for (const auto& one : recent.detected) detected.push_back(to_json(one));
  for (const auto& one : recent.planned) planned.push_back(to_json(one));
  return Response::ok(json::serialize(json::object{{"since", json_time(recent.since)},
                                                   {"until", json_time(recent.until)},
                                                   {"items", std::move(detected)},
                                                   {"planned", std::move(planned)},
                                                   {"truncated", recent.truncated}}));
}

base::Result<Response> probable_causes(const Desk& desk, Transaction& tx, const Request& request) {
  const auto back = look_back_of(request);
  if (!back) return back.error();
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  if (const auto may = check_desk(act.operation()); !may) return may.error();
  return Response::ok(json_items(desk::probable_causes(act.operation(), *ticket, *back),
                                 [](const desk::ProbableCause& cause) { return to_json(cause); }));
}

// What has another value now, by name.
json::array differing(const inventory::Attributes& then, const inventory::Attributes& now) {
  json::array names;
  for (const auto& [name, value] : then) {
    const auto* other = now.find(name);
    if (!other || *other != value) names.emplace_back(name);
  }
  for (const auto& [name, value] : now)
    if (!then.find(name)) names.emplace_back(name);
  return names;
}

// Rule 06: each linked item as it was when the ticket was opened.
base::Result<Response> picture(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const cmdb::AsOf as_of{desk.services.catalog, ticket->opened_at};
  json::array items;
  const auto& tenant = request.caller.tenant;
  for (const auto& link : desk::links_of(tx, ticket->id)) {
    if (!tenant.empty() && cmdb::tenant_of(tx, link.ci) != tenant) continue;
    auto object = json_ci(link.ci, link.class_name, link.name);
    object["role"] = desk::name_of(link.role);
    const auto then = cmdb::find_ci(tx, link.ci, as_of);
    const auto now = cmdb::find_ci(tx, link.ci);
    if (then) {
      object["then"] = json::object{{"class", then->class_name},
                                    {"name", then->name},
                                    {"stage", then->stage},
                                    {"attributes", json_attributes(then->attributes)}};
      if (now) object["changed_since"] = differing(then->attributes, now->attributes);
    } else {
      object["then"] = nullptr;
      object["why_not"] = then.error().message;
    }
    items.push_back(std::move(object));
  }
  return Response::ok(
      json::serialize(json::object{{"at", json_time(ticket->opened_at)}, {"items", std::move(items)}}));
}

base::Result<Response> hit_rate(const Desk&, Transaction& tx, const Request&) {
  const auto rate = desk::hit_rate(tx);
  return Response::ok(json::serialize(json::object{{"tickets", rate.tickets},
                                                   {"first", rate.first},
                                                   {"first_three", rate.first_three},
                                                   {"ranked", rate.ranked}}));
}

}  // namespace

Routes ticket_causes(const Services& services) {
  const auto desk = make_desk(services);
  const auto route = [&desk](std::string_view pattern, std::string_view summary,
                             std::vector<std::string_view> query, auto handler) {
    return Route{
        "GET",
        pattern,
        Role::viewer,
        Access::read,
        summary,
        std::move(query),
        [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); }};
  };
  return {
      route("/api/v1/tickets/{number}/recent-changes", "What changed before a ticket was opened", {"hours"},
            recent_changes),
      route("/api/v1/tickets/{number}/probable-causes", "What is likely to be its cause, with reasons",
            {"hours"}, probable_causes),
      route("/api/v1/tickets/{number}/picture", "Its items as they were when it was opened", {}, picture),
      route("/api/v1/cause-hit-rate", "How often the cause that was found had been ranked first", {},
            hit_rate),
  };
}

}  // namespace censo::collector::api
