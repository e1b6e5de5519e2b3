#include "collector/access/authenticate.h"

#include "base/id.h"
#include "collector/access/agents.h"
#include "collector/access/api_tokens.h"
#include "desk/tenant.h"

namespace censo::collector::access {

base::Result<Caller> authenticate(store::Transaction& tx, const Credential& credential, base::TimeMs now) {
  Caller caller;
  if (!credential.agent_id.empty()) {
    const auto agent = admit_agent(tx, {credential.agent_id, credential.certificate_serial}, now);
    if (!agent) return agent.error();
    caller.role = Role::agent;
    caller.name = agent->name;
    caller.agent_id = credential.agent_id;
    caller.certificate_serial = credential.certificate_serial;
    return caller;
  }
  const auto token = parse_api_token(credential.bearer);
  if (!token) return token.error();
  const auto record = find_by_secret(tx, *token, now);
  if (!record) return record.error();
  caller.role = record->role;
  caller.name = record->name;
  caller.token_id = base::id_to_text(record->id);
  caller.expires_at = record->expires_at;
  caller.tenant = desk::tenant_of_person(tx, caller.name);
  return caller;
}

}  // namespace censo::collector::access
