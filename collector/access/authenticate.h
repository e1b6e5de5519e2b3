// From what a connection proved to who asks. Runs inside a caller's transaction.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/store/transaction.h"
#include "collector/route.h"

#include <string>

namespace censo::collector::access {

struct Credential {
  std::string bearer;                        // of the Authorization field; empty on the agent listener
  std::string agent_id, certificate_serial;  // of the client's certificate; empty on the API listener
};

// Fills role, name, tenant and ids; the address is the caller's business. Errors of find_by_secret() and
// admit_agent().
base::Result<Caller> authenticate(store::Transaction& tx, const Credential& credential, base::TimeMs now);

}  // namespace censo::collector::access
