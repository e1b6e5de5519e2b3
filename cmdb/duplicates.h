// Two items that the evidence of one report shows to be one thing: a hypervisor's row and a scan's, say,
// until an agent shows the identifiers of both.
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

namespace censo::cmdb {

struct Candidate;  // cmdb/explanation.h
struct Identity;   // cmdb/identification.h

// `candidate` fits a report of `ci` well enough to be linked. Merges the younger of both into the older, by
// rule, so that it can be taken back. False, and nothing is done: people or time have to say, because agents
// that live report both, because they differ in a serial number or UUID, or because a person found them
// different.
bool join_duplicates(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock, CiId ci,
                     const Candidate& candidate);

// An agent's state was copied, and other sources' rows and scans of the copy were taken for the original
// while both reported under one id. Those that show hardware of the copy and none of the original, at the
// original's item or merged with it by rule, get an item of their own again, in which the copy is found then.
void part_from_original(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                        CiId original, const Identity& copy);

}  // namespace censo::cmdb
