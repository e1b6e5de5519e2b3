// Looks through a whole database for what must not be.
#pragma once

#include "cmdb/store/transaction.h"

#include <functional>
#include <string>
#include <vector>

namespace censo::store {

using Invariants = std::function<std::vector<std::string>(Transaction&)>;

// The engine's own check, references whose target is missing, then `more`, all at one moment and while
// others write. One line a finding; none: all is well. Throws StoreError when there is nothing to look
// through.
std::vector<std::string> check_database(const std::string& location, const Invariants& more);

}  // namespace censo::store
