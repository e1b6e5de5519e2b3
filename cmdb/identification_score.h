// Which known items a report may speak of: candidates from the index of keys, each with the evidence for and
// against it.
#pragma once

#include "cmdb/explanation.h"
#include "cmdb/store/transaction.h"

#include <span>
#include <vector>

namespace censo::cmdb {

struct Evidence;  // cmdb/evidence.h

struct Weighing {
  std::vector<Candidate> candidates;  // best first, at most 8
  std::vector<LearntJunk> learnt;
};

// `except`: the subject's item when it has one already, or what it is not; neither they nor what is merged
// with them is a candidate. Cost: one look-up a value in one statement, and two a candidate.
Weighing weigh(store::Transaction& tx, const ClassCatalog& catalog, const Evidence& evidence,
               std::span<const CiId> except = {});

}  // namespace censo::cmdb
