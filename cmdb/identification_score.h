// Which known items a report may speak of: candidates from the index of keys, each with the evidence for and
// against it.
#pragma once

#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/evidence.h"
#include "cmdb/store/transaction.h"

#include <cstddef>
#include <string>
#include <vector>

namespace censo::cmdb {

// One identifier of a report beside a candidate's.
struct EvidenceLine {
  std::string identifier, value;
  std::string other_value;   // the candidate's where it differs
  std::size_t carriers = 0;  // items that have the value; many: it says little
  double weight = 0;         // what it adds to the score
};

struct Candidate {
  CiId ci;    // of the members of `root` the one that shares most with the report
  CiId root;  // what is shown
  std::string class_name, name;
  double score = 0;
  bool vetoed = false;  // a contradiction that people must look at
  bool owns_key = false;
  std::string rule;  // "score", "placeholder", "name_only", "pending_asset"
  std::vector<EvidenceLine> lines;
};

// A value that at least three items with different strong identities carry, the report's subject counted: it
// names nothing.
struct LearntJunk {
  IdentifierKind kind = IdentifierKind::serial;
  std::string identifier, value;
  std::vector<CiId> carriers;
};

struct Weighing {
  std::vector<Candidate> candidates;  // best first, at most 8
  std::vector<LearntJunk> learnt;
};

// `own`: the subject's item when it has one already; neither it nor what is merged with it is a candidate.
// Cost: one look-up a value in one statement, and two a candidate.
Weighing weigh(store::Transaction& tx, const ClassCatalog& catalog, const Evidence& evidence, CiId own = {});

}  // namespace censo::cmdb
