#include "collector/access/agents.h"
#include "base/clock.h"
#include "cmdb/reporting_source.h"
#include "collector/access/agent_events.h"
#include "collector/access/agent_groups.h"
#include "collector/access/probes.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <optional>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using Source = std::optional<cmdb::ReportingSource>;

json::value ci_of(store::Transaction& tx, const Source& source) {
  if (!source) return nullptr;
  const auto ci = cmdb::find_ci(tx, source->ci);
  if (!ci) return nullptr;
  return json_ci(ci->id, ci->class_name, ci->name);
}

json::object to_json(store::Transaction& tx, const access::Agent& agent, const Source& source) {
  return {{"id", agent.id},
          {"name", agent.name},
          {"state", agent.state},
          {"group", agent.group},
          {"probe", agent.probe},
          {"clone_suspected_at", json_time(access::clone_suspected_at(tx, agent.id))},
          {"enrolled_at", json_time(agent.enrolled_at)},
          {"certificate_expires_at", json_time(agent.certificate_expires_at)},
          {"last_report_at", json_time(source ? source->last_seen : 0)},
          {"refresh_asked_at", json_time(agent.refresh_asked_at)},
          {"refresh_asked_by", agent.refresh_asked_by},
          {"version", source ? source->version : ""},
          {"ci", ci_of(tx, source)}};
}

json::object to_json(const inventory::Problem& problem) {
  return {{"source", problem.source},
          {"code", problem.code},
          {"message", problem.message},
          {"where", problem.where}};
}

json::object to_json(const access::AgentEvent& event) {
  return {{"what", event.what},
          {"detail", event.detail},
          {"first_at", json_time(event.first_at)},
          {"last_at", json_time(event.last_at)},
          {"times", event.times}};
}

base::Result<Response> list(store::Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto probe = request.query_or("probe", "");
  if (!probe.empty())
    if (const auto there = access::find_probe(tx, probe); !there) return there.error();
  const auto agents = access::list_agents(tx, page->after, page->limit, probe);
  const auto next = agents.size() < page->limit ? std::string() : agents.back().id;
  const auto with_source = [&tx](const access::Agent& agent) {
    return to_json(tx, agent, cmdb::source_of_agent(tx, agent.id));
  };
  return Response::ok(json_items(agents, with_source, next));
}

base::Result<Response> show(store::Transaction& tx, const Request& request) {
  const auto agent = access::find_agent(tx, request.parameter("id"));
  if (!agent) return agent.error();
  const auto source = cmdb::source_of_agent(tx, agent->id);
  auto answer = to_json(tx, *agent, source);
  json::array problems;
  if (source) {
    for (const auto& problem : source->problems) problems.push_back(to_json(problem));
  }
  answer["problems"] = std::move(problems);
  constexpr std::size_t most_events = 50;
  json::array events, items;
  for (const auto& event : access::events_of_agent(tx, agent->id, most_events))
    events.push_back(to_json(event));
  for (const auto& stream : cmdb::sources_of_agent(tx, agent->id)) items.push_back(ci_of(tx, stream));
  answer["events"] = std::move(events);
  answer["items"] = std::move(items);  // more than one: its state was copied to another machine
  return Response::ok(json::serialize(answer));
}

base::Result<Response> move(store::Transaction& tx, const Request& request) {
  JsonBody body(request, {"group"});
  const auto group = body.text("group", 40);
  if (const auto fault = body.fault()) return *fault;
  const auto moved = access::move_agent(tx, request.parameter("id"), group);
  if (!moved) return moved.error();
  return Response::no_content();
}

}  // namespace

Routes agents(const Services& services) {
  const auto revoke = [&services](store::Transaction& tx, const Request& request) -> base::Result<Response> {
    const auto revoked =
        access::revoke_agent(tx, request.parameter("id"), request.caller.name, services.clock);
    if (!revoked) return revoked.error();
    return Response::no_content();
  };
  const auto refresh = [&services](store::Transaction& tx, const Request& request) -> base::Result<Response> {
    const auto agent =
        access::ask_refresh(tx, request.parameter("id"), request.caller.name, services.clock.now());
    if (!agent) return agent.error();
    return Response::ok(json::serialize(to_json(tx, *agent, cmdb::source_of_agent(tx, agent->id))));
  };
  return {{"GET", "/api/v1/agents", Role::viewer, Access::read, "Agents", {"limit", "after", "probe"}, list},
          {"GET",
           "/api/v1/agents/{id}",
           Role::viewer,
           Access::read,
           "One agent with the problems of its last report, its events and items",
           {},
           show},
          {"POST",
           "/api/v1/agents/{id}/revoke",
           Role::admin,
           Access::write,
           "Refuses an agent's certificate from now on",
           {},
           revoke},
          {"POST",
           "/api/v1/agents/{id}/refresh",
           Role::technician,
           Access::write,
           "Asks for a report of everything, which comes with the agent's next contact",
           {},
           refresh},
          {"PUT",
           "/api/v1/agents/{id}/group",
           Role::admin,
           Access::write,
           "Puts an agent into a group, whose settings it fetches with its next report",
           {},
           move}};
}

}  // namespace censo::collector::api
