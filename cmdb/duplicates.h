// Two items that the evidence of one report shows to be one thing: a hypervisor's row and a scan's, say,
// until an agent shows the identifiers of both.
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

namespace censo::cmdb {

struct Candidate;  // cmdb/identification_score.h

// `candidate` fits a report of `ci` well enough to be linked. Merges the younger of both into the older, by
// rule, so that it can be taken back. False, and nothing is done: people or time have to say, because agents
// that live report both, because they differ in a serial number or UUID, or because a person found them
// different.
bool join_duplicates(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock, CiId ci,
                     const Candidate& candidate);

}  // namespace censo::cmdb
