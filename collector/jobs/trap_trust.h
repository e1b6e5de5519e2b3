// Which SNMP credentials vouch for traps. All functions run inside a caller's transaction.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/store/transaction.h"
#include "collector/jobs/credential_box.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::collector::jobs {

std::vector<std::string> trap_credentials(store::Transaction& tx);  // by name
// These and no others. Errc::malformed, `where` "/credentials": no such credential.
base::Result<void> set_trap_credentials(store::Transaction& tx, std::span<const std::string> names,
                                        std::string_view person, base::TimeMs now);

struct SealedCredential {
  std::string name;
  base::Bytes sealed;
  friend bool operator==(const SealedCredential&, const SealedCredential&) = default;
};
std::vector<SealedCredential> sealed_trap_credentials(store::Transaction& tx);

}  // namespace censo::collector::jobs
