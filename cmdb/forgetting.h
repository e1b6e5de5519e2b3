// The past that is kept no longer, by the rules of schemas/history.yaml.
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/store/transaction.h"

#include <cstddef>

namespace censo::cmdb {

struct ForgettingLimits {
  std::size_t items_a_step = 500;
  base::TimeMs round_every_ms = base::TimeMs{24} * 60 * 60 * 1000;
};

// One short step through the items, the next one each time; true: there is more to do now. A round through
// all items begins once a day and goes on where the last step ended, whoever made it. What is thrown away:
// past states, ended relationships (by the class of their `from` item), past components and the history
// entries of all these. Nothing that a baseline needs. The items and history_horizon tell from when on the
// rest is complete.
bool forget_past(store::Transaction& tx, const ClassCatalog& catalog, base::TimeMs now,
                 const ForgettingLimits& limits = {});

}  // namespace censo::cmdb
