// What probes ask, on the agents' listener with their own certificate.
#include "cmdb/item_text_walk.h"
#include "collector/access/probes.h"
#include "collector/issued_certificate.h"
#include "collector/jobs/probe_entry.h"
#include "collector/jobs/probe_service.h"
#include "collector/jobs/scan_runner.h"
#include "collector/json_body.h"
#include "collector/metrics.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;

base::Result<Response> call(const Services& services, store::Transaction& tx, const Request& request) {
  const auto probe = access::probe_of(tx, request.caller.agent_id);
  if (!probe) return probe.error();
  const auto said = jobs::parse_call(request.body);
  if (!said) return said.error();
  access::note_sighting(tx, probe->name,
                        {request.caller.address, said->version, said->waiting, said->waiting_bytes,
                         said->lost, said->server_pin, said->api_port},
                        services.clock.now());
  const auto answer = jobs::answer_call(tx, services.scans.credential_box(), *probe, *said, services.clock);
  return Response::ok(jobs::to_json(answer));
}

base::Result<Handler> prepare_delivery(const Services& services, const Request& request) {
  auto entries = jobs::parse_entries(request.body);
  if (!entries) return entries.error();
  // Shared because a Handler is copied; never changed from here on.
  const auto read = std::make_shared<std::vector<jobs::ReadEntry>>();
  for (auto& entry : *entries) read->push_back(jobs::read_entry(std::move(entry), services.catalog));
  return Handler([&services, read](store::Transaction& tx, const Request& from) -> base::Result<Response> {
    const auto probe = access::probe_of(tx, from.caller.agent_id);
    if (!probe) return probe.error();
    const auto taken =
        jobs::take_entries(tx, {services.catalog, services.clock, services.rows}, *probe, *read);
    if (!taken) return taken.error();
    auto response = Response::ok(json::serialize(json::object{{"delivered", taken->delivered}}));
    response.after_commit = [&metrics = services.metrics, outcomes = taken->outcomes] {
      for (const auto outcome : outcomes) metrics.count_report(outcome);
    };
    return response;
  });
}

base::Result<Response> enrol_behind(const Services& services, store::Transaction& tx,
                                    const Request& request) {
  const auto probe = access::probe_of(tx, request.caller.agent_id);
  if (!probe) return probe.error();
  JsonBody body(request, {"token", "public_key", "host_name", "address"});
  const auto token = body.text("token", 150), key = body.text("public_key", 1024),
             host = body.text("host_name", 255), address = body.text("address", 64);
  if (const auto fault = body.fault()) return *fault;
  const auto enrolled =
      access::enrol(tx, services.authority, {token, key, host, address, probe->name}, services.clock);
  if (!enrolled) return enrolled.error();
  return certificate_behind(services, enrolled->agent_id, enrolled->certificate);
}

}  // namespace

Routes probe_door(const Services& services) {
  const auto with_services = [&services](auto answer) {
    return [&services, answer](store::Transaction& tx, const Request& request) {
      return answer(services, tx, request);
    };
  };
  Route delivery{"POST",
                 "/api/v1/probe/deliveries",
                 Role::agent,
                 Access::write,
                 "Takes what a probe has for the CMDB, each entry once",
                 {},
                 {},
                 [&services](const Request& request) { return prepare_delivery(services, request); }};
  delivery.body_bytes = jobs::most_delivery_bytes;
  return {{"POST",
           "/api/v1/probe/call",
           Role::agent,
           Access::write,
           "A probe says how it is, and is told what to scan, what to stop and whom to admit",
           {},
           with_services(call)},
          std::move(delivery),
          {"POST",
           "/api/v1/probe/enrolments",
           Role::agent,
           Access::write,
           "A certificate for a host behind a probe",
           {},
           with_services(enrol_behind)}};
}

}  // namespace censo::collector::api
