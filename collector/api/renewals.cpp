// New certificates in place of those that are near their end: of agents, of probes and of agents behind them.
#include "collector/access/probes.h"
#include "collector/issued_certificate.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <string>

namespace censo::collector::api {
namespace {

using store::Transaction;

struct Asked {
  access::AgentCertificate old;
  std::string key;  // the new one
};

// Whose certificate asks, renews it.
base::Result<Asked> of_caller(const Request& request) {
  JsonBody body(request, {"public_key"});
  Asked asked{{request.caller.agent_id, request.caller.certificate_serial}, body.text("public_key", 1024)};
  if (const auto fault = body.fault()) return *fault;
  return asked;
}

base::Result<Response> agent(const Services& services, Transaction& tx, const Request& request) {
  const auto asked = of_caller(request);
  if (!asked) return asked.error();
  const auto renewed =
      access::renew_agent(tx, services.authority, asked->old, asked->key, services.clock.now());
  if (!renewed) return renewed.error();
  return issued_certificate(services, request, asked->old.agent_id, *renewed);
}

base::Result<Response> probe(const Services& services, Transaction& tx, const Request& request) {
  const auto asked = of_caller(request);
  if (!asked) return asked.error();
  const auto renewed =
      access::renew_probe(tx, services.authority, asked->old, asked->key, services.clock.now());
  if (!renewed) return renewed.error();
  return probe_certificates(services, request, *renewed);
}

// The probe says whose certificate asked it, and is believed about the agents behind it alone.
base::Result<Response> behind(const Services& services, Transaction& tx, const Request& request) {
  const auto probe = access::probe_of(tx, request.caller.agent_id);
  if (!probe) return probe.error();
  JsonBody body(request, {"agent", "serial", "public_key"});
  const Asked asked{{body.text("agent", 40), body.text("serial", 64)}, body.text("public_key", 1024)};
  if (const auto fault = body.fault()) return *fault;
  const auto now = services.clock.now();
  const auto admitted = access::admit_agent(tx, asked.old, now, probe->name);
  if (!admitted) return admitted.error();
  const auto renewed = access::renew_agent(tx, services.authority, asked.old, asked.key, now);
  if (!renewed) return renewed.error();
  return certificate_behind(services, asked.old.agent_id, *renewed);
}

}  // namespace

Routes renewals(const Services& services) {
  const auto row = [&services](const char* path, const char* what, auto answer) {
    return Route{"POST",
                 path,
                 Role::agent,
                 Access::write,
                 what,
                 {},
                 [&services, answer](Transaction& tx, const Request& request) {
                   return answer(services, tx, request);
                 }};
  };
  return {row("/api/v1/renew", "A new certificate for an agent", agent),
          row("/api/v1/probe/agent-renewals", "A new certificate for an agent behind a probe", behind),
          row("/api/v1/probe/renew", "New certificates for a probe", probe)};
}

}  // namespace censo::collector::api
