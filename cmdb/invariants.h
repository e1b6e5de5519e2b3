// What holds in every database of ours and no constraint of the tables says.
#pragma once

#include "cmdb/store/transaction.h"

#include <string>
#include <vector>

namespace censo::cmdb {

// One line for each item, key or list that breaks a rule, at most a hundred a rule: merge edges without
// circles, packed component lists whose rows are there, current sections of the sources that are named,
// identifying keys with one owner, no key of an item that is gone. Reads everything.
std::vector<std::string> broken_invariants(store::Transaction& tx);

}  // namespace censo::cmdb
