#include "collector/access/probes.h"

#include "base/id.h"
#include "collector/jobs/scan_store.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "collector/token_json.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;

json::object to_json(const access::Probe& probe, base::TimeMs now) {
  json::array names;
  for (const auto& name : probe.names) names.emplace_back(name);
  return {{"name", probe.name},
          {"names", std::move(names)},
          {"state", access::is_silent(probe, now) ? "silent" : probe.state},
          {"invited_at", json_time(probe.invited_at)},
          {"invited_by", probe.invited_by},
          {"enrolled_at", json_time(probe.enrolled_at)},
          {"seen_at", json_time(probe.seen_at)},
          {"address", probe.address},
          {"version", probe.version},
          {"agents", probe.agents},
          {"enrolment_url", access::enrolment_url(probe)},
          {"waiting", probe.waiting},
          {"waiting_bytes", probe.waiting_bytes},
          {"lost", probe.lost},
          {"refused", probe.refused},
          {"refusal", probe.refusal}};
}

base::Result<Response> invite(const Services& services, store::Transaction& tx, const Request& request) {
  JsonBody body(request, {"name", "names", "expires_in"});
  access::NewProbe wanted;
  wanted.name = body.text("name", 40);
  wanted.names = body.text_list("names", 16, 253);
  wanted.lifetime_ms = duration_of(body, "expires_in", "24h");
  wanted.by = request.caller.name;
  if (const auto fault = body.fault()) return *fault;
  const auto made = access::invite_probe(tx, services.authority, wanted, services.clock);
  if (!made) return made.error();
  const auto probe = access::find_probe(tx, wanted.name);
  if (!probe) return probe.error();
  auto answer = to_json(*probe, services.clock.now());
  answer["token"] = made->token;
  answer["token_expires_at"] = json_time(made->record.expires_at);
  return Response::created(json::serialize(answer));
}

base::Result<Response> list(const Services& services, store::Transaction& tx, const Request&) {
  const auto now = services.clock.now();
  return Response::ok(
      json_items(access::list_probes(tx), [now](const access::Probe& probe) { return to_json(probe, now); }));
}

base::Result<Response> show(const Services& services, store::Transaction& tx, const Request& request) {
  const auto probe = access::find_probe(tx, request.parameter("name"));
  if (!probe) return probe.error();
  auto answer = to_json(*probe, services.clock.now());
  json::array jobs, agents;
  for (const auto& job : jobs::all_jobs(tx))
    if (job.probe == probe->name) jobs.emplace_back(job.name);
  for (const auto& agent : access::agents_behind(tx, probe->name))
    agents.push_back(json::object{{"id", agent.id}, {"name", agent.name}, {"state", agent.state}});
  answer["jobs"] = std::move(jobs);
  answer["agents_behind"] = std::move(agents);
  return Response::ok(json::serialize(answer));
}

base::Result<Response> revoke(const Services& services, store::Transaction& tx, const Request& request) {
  const auto revoked =
      access::revoke_probe(tx, request.parameter("name"), request.caller.name, services.clock);
  if (!revoked) return revoked.error();
  for (auto& run : jobs::open_runs(tx, jobs::place_of_probe(request.parameter("name")))) {
    run.state = "failed";
    run.detail = "the probe \"" + request.parameter("name") + "\" was revoked";
    run.ended_at = services.clock.now();
    jobs::save_run(tx, run);
  }
  return Response::no_content();
}

}  // namespace

Routes probes(const Services& services) {
  const auto with_services = [&services](auto answer) {
    return [&services, answer](store::Transaction& tx, const Request& request) {
      return answer(services, tx, request);
    };
  };
  return {{"GET", "/api/v1/probes", Role::viewer, Access::read, "Probes", {}, with_services(list)},
          {"POST",
           "/api/v1/probes",
           Role::admin,
           Access::write,
           "Invites a probe: a token that admits it, once; one of the same name is replaced when it enrols",
           {},
           with_services(invite)},
          {"GET",
           "/api/v1/probes/{name}",
           Role::viewer,
           Access::read,
           "One probe with its jobs and the agents behind it",
           {},
           with_services(show)},
          {"POST",
           "/api/v1/probes/{name}/revoke",
           Role::admin,
           Access::write,
           "Refuses a probe from now on, and what the agents behind it report",
           {},
           with_services(revoke)}};
}

}  // namespace censo::collector::api
