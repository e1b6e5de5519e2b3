// What was decided by a value that turned out to name nothing is looked at again.
#pragma once

#include "base/clock.h"
#include "cmdb/explanation.h"
#include "cmdb/store/transaction.h"

namespace censo::cmdb {

// Reviews that only this value was the ground for are dropped; links that only it made become reviews.
void look_at_past_links(store::Transaction& tx, const base::Clock& clock, const LearntJunk& junk,
                        base::TimeMs now);

}  // namespace censo::cmdb
