// Probes: censo-collector at a remote site, scanning there and passing the reports of the agents behind it
// on. A probe has an agent's certificate that is marked as a probe's; only such a one may use the probes'
// routes, and only for agents that enrolled through it (docs/decisions/0219-probes.md). All functions run
// inside a caller's transaction.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/store/transaction.h"
#include "collector/access/agents.h"
#include "collector/access/enrolment_tokens.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::access {

struct Probe {
  std::string name;                // lower-case letters, digits, '-' and '.'; at most 40
  std::vector<std::string> names;  // host names and addresses by which agents call it; none: no agents
  std::string agent_id;            // of its certificate; empty before it has enrolled
  std::string state;               // "invited", "active", "revoked"
  base::TimeMs invited_at = 0;
  std::string invited_by;
  base::TimeMs enrolled_at = 0, seen_at = 0;
  std::string address, version;
  std::int64_t delivered = 0;  // the number of the last entry taken from its spool
  std::int64_t waiting = 0, waiting_bytes = 0, lost = 0;
  std::int64_t refused = 0;
  std::string refusal;      // why the last entry was refused
  std::int64_t agents = 0;  // active ones behind it
  std::string server_pin;   // as the probe said, for curl
  std::int64_t api_port = 0;
};
// Where hosts enrol through it: "https://name:port"; empty when it takes no agents or has not called yet.
std::string enrolment_url(const Probe& probe);

constexpr base::TimeMs probe_silent_after_ms = 5 * 60'000;
// It is active and has not been heard of for so long.
bool is_silent(const Probe& probe, base::TimeMs now);

struct NewProbe {
  std::string name;
  std::vector<std::string> names;
  base::TimeMs lifetime_ms = 0;  // of the token
  std::string by;
};
// A token for one use. A probe of this name that is there stays as it is until the new one enrols, which then
// takes its place, its jobs and its agents. Errc::invalid_argument with the field in `where`, also for a name
// that is this collector's own.
base::Result<MadeEnrolmentToken> invite_probe(store::Transaction& tx, const CertificateAuthority& authority,
                                              const NewProbe& wanted, const base::Clock& clock);

struct ProbeCertificates {
  std::string name, agent_id;
  IssuedCertificate client, server;  // for the same key; the second is empty without names
};
// Errors of enrol(); Errc::permission_denied (AGENT_TOKEN) for a token of agents.
base::Result<ProbeCertificates> enrol_probe(store::Transaction& tx, const CertificateAuthority& authority,
                                            const EnrolmentRequest& request, const base::Clock& clock);
base::Result<ProbeCertificates> renew_probe(store::Transaction& tx, const CertificateAuthority& authority,
                                            const AgentCertificate& certificate, std::string_view public_key,
                                            base::TimeMs now);

std::vector<Probe> list_probes(store::Transaction& tx);                         // by name
base::Result<Probe> find_probe(store::Transaction& tx, std::string_view name);  // Errc::not_found
// The active probe with this certificate. Errc::permission_denied (NOT_A_PROBE).
base::Result<Probe> probe_of(store::Transaction& tx, std::string_view agent_id);
// Refused from now on, and with it what the agents behind it report. Errc::not_found.
base::Result<void> revoke_probe(store::Transaction& tx, std::string_view name, std::string_view by,
                                const base::Clock& clock);

// What a probe says of itself each time that it calls.
struct ProbeSighting {
  std::string address, version;
  std::int64_t waiting = 0, waiting_bytes = 0, lost = 0;
  std::string server_pin;
  std::int64_t api_port = 0;
};
void note_sighting(store::Transaction& tx, std::string_view name, const ProbeSighting& sighting,
                   base::TimeMs now);

// Of an agent behind a probe: what the probe needs to know to admit it.
struct AgentBehind {
  std::string id, name, state, serial, previous_serial, group;
  base::TimeMs renewed_at = 0;
  std::int64_t serial_seen = 1;
};
std::vector<AgentBehind> agents_behind(store::Transaction& tx, std::string_view probe);

}  // namespace censo::collector::access
