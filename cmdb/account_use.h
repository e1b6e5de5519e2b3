// Who uses a workstation, from who was logged in over time.
#pragma once

#include "base/clock.h"
#include "cmdb/reporting_source.h"

#include <span>
#include <string>
#include <vector>

namespace censo::cmdb {

struct AccountUse {
  std::string account;
  base::TimeMs first_seen = 0;
  bool primary = false;  // on the most days
};

// Notes who is logged in now, by the day, and answers who uses the machine: seen in two reports, the last
// time not longer than 90 days ago. Accounts of the system (root, display managers) are nobody.
std::vector<AccountUse> note_accounts(store::Transaction& tx, SourceId source, base::TimeMs now,
                                      std::span<const std::string> logged_in);

}  // namespace censo::cmdb
