#include "collector/access/agents.h"
#include "base/clock.h"
#include "cmdb/reporting_source.h"
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
          {"enrolled_at", json_time(agent.enrolled_at)},
          {"certificate_expires_at", json_time(agent.certificate_expires_at)},
          {"last_report_at", json_time(source ? source->last_seen : 0)},
          {"version", source ? source->version : ""},
          {"ci", ci_of(tx, source)}};
}

json::object to_json(const inventory::Problem& problem) {
  return {{"source", problem.source},
          {"code", problem.code},
          {"message", problem.message},
          {"where", problem.where}};
}

base::Result<Response> list(store::Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto agents = access::list_agents(tx, page->after, page->limit);
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
  return Response::ok(json::serialize(answer));
}

}  // namespace

Routes agents(const Services& services) {
  const auto revoke = [&services](store::Transaction& tx, const Request& request) -> base::Result<Response> {
    const auto revoked = access::revoke_agent(tx, request.parameter("id"), services.clock.now());
    if (!revoked) return revoked.error();
    return Response::no_content();
  };
  return {{"GET", "/api/v1/agents", Role::viewer, Access::read, "Agents", {"limit", "after"}, list},
          {"GET",
           "/api/v1/agents/{id}",
           Role::viewer,
           Access::read,
           "One agent with the problems of its last report",
           {},
           show},
          {"POST",
           "/api/v1/agents/{id}/revoke",
           Role::admin,
           Access::write,
           "Refuses an agent's certificate from now on",
           {},
           revoke}};
}

}  // namespace censo::collector::api
