// The agents that have enrolled, and which certificate each may use. All functions run inside a caller's
// transaction.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/store/transaction.h"
#include "collector/access/agent_certificate.h"
#include "collector/access/certificate_authority.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::access {

struct Agent {
  std::string id, name, state;  // state: "active", "revoked"
  base::TimeMs enrolled_at = 0;
  std::int64_t generation = 1;
  base::TimeMs certificate_expires_at = 0;
  std::string group;                  // agent_groups.h
  std::string probe;                  // through which it reports; empty: by itself
  base::TimeMs refresh_asked_at = 0;  // 0: no report of everything is waited for
  std::string refresh_asked_by;
};

struct EnrolmentRequest {
  std::string_view token, public_key, host_name;
  std::string_view address;     // peer's
  std::string_view probe = {};  // that passed the request on
};

struct Enrolment {
  std::string agent_id;
  IssuedCertificate certificate;
};

// The token is proven and counted before the key is looked at. Errors of use_enrolment_token() and
// issue_agent(); Errc::permission_denied (PROBE_TOKEN) for the token of a probe.
base::Result<Enrolment> enrol(store::Transaction& tx, const CertificateAuthority& authority,
                              const EnrolmentRequest& request, const base::Clock& clock);

// Errc::permission_denied: AGENT_UNKNOWN, AGENT_REVOKED, CLONE_SUSPECTED (a certificate that a renewal
// replaced, when its successor has been used or a day has passed), OTHER_WAY: an agent that enrolled through
// a probe is admitted by way of that probe alone, and what a probe passes on is of its own agents only.
// `probe` empty: it came by itself. In a transaction that may write.
base::Result<Agent> admit_agent(store::Transaction& tx, const AgentCertificate& certificate, base::TimeMs now,
                                std::string_view probe = {});

// A new certificate for a new key; the one that asked for it stays good for 24 h.
base::Result<IssuedCertificate> renew_agent(store::Transaction& tx, const CertificateAuthority& authority,
                                            const AgentCertificate& certificate, std::string_view public_key,
                                            base::TimeMs now);

base::Result<Agent> find_agent(store::Transaction& tx, std::string_view id);  // Errc::not_found
// By id; `probe` not empty: those behind this one.
std::vector<Agent> list_agents(store::Transaction& tx, std::string_view after, std::size_t limit,
                               std::string_view probe = {});
// Refused from now on; another agent may take its host's item over. Errc::not_found.
base::Result<void> revoke_agent(store::Transaction& tx, std::string_view id, std::string_view by,
                                const base::Clock& clock);

// The agent's next report comes whole, and all of it is compared anew. Nothing can be said to an agent but in
// answer to it: until its next contact the wish waits (docs/decisions/0217-asked-with-the-next-contact.md).
// Errc::not_found; conflict: revoked.
base::Result<Agent> ask_refresh(store::Transaction& tx, std::string_view id, std::string_view by,
                                base::TimeMs now);
// A whole report came: what was asked for is done.
void settle_refresh(store::Transaction& tx, std::string_view id, const base::Clock& clock);

}  // namespace censo::collector::access
