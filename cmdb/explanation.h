// What a decision on identity was made of: plain values, kept with it and shown to people.
#pragma once

#include "cmdb/configuration_item.h"
#include "cmdb/identifier.h"

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
  std::string identifier, value;  // no identifier: whatever carries it
  std::vector<CiId> carriers;
};

// What was decided, and why.
struct Explanation {
  std::string outcome;  // "new", "linked", "review", "waiting", "clone", "merged", "separated"
  std::string rule;     // "score", "placeholder", "no_match", "key", "live_agent", "boot_ids", "person", ...
  std::string text;     // one sentence for people
  double link = 0, review = 0;
  std::vector<Candidate> candidates;  // best first
  std::vector<std::string> dropped;   // values of the report that name nothing
};

}  // namespace censo::cmdb
