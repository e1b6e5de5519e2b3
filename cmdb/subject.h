// Where a report's subject belongs: an item that is known, a new one, or a person has to say.
#pragma once

#include "base/clock.h"
#include "cmdb/configuration_item.h"
#include "cmdb/explanation.h"
#include "cmdb/identification.h"
#include "cmdb/store/transaction.h"
#include "inventory/report.h"

#include <optional>
#include <string>
#include <vector>

namespace censo::cmdb {

// An item that the subject may be as well.
struct OpenQuestion {
  CiId other;
  std::string kind;      // as in Review
  bool waiting = false;  // time may tell
  Candidate candidate;
};

struct SubjectPlace {
  std::optional<CiId> found;  // nothing: an item of its own
  Explanation explanation;    // outcome "" = the stream is known, nothing was decided
  std::vector<OpenQuestion> questions;
  std::string unidentified;  // why no item can be found or made; usually empty
  std::vector<LearntJunk> learnt;
};

struct PlaceSearch {
  store::Transaction& tx;
  const ClassCatalog& catalog;
  base::TimeMs now = 0;
  OriginId origin;
  bool from_agent = false;
  std::string native_key;            // tells the subjects of an origin apart that have no identity
  std::vector<CiId> not_these = {};  // items that it is certainly not
};
// For an agent's first report; for scans and imports each time, where the keys of the stream's item make it a
// few look-ups.
SubjectPlace place_of(const PlaceSearch& search, const Identity& subject);

// The item that fits the subject of `ci` as well, enough to be linked; neither `ci` nor what it is merged
// with.
std::optional<Candidate> duplicate_of(store::Transaction& tx, const ClassCatalog& catalog,
                                      const Identity& identity, CiId ci);

struct DecisionPlace;  // cmdb/identification_record.h
// Keeps the decision, asks the questions, and looks again at what values did that turned out to name nothing.
void keep_decision(store::Transaction& tx, const base::Clock& clock, const DecisionPlace& where,
                   const SubjectPlace& place);

// The best of the known items for something a report names beside its subject; nothing: a new one.
std::optional<CiId> item_by_evidence(store::Transaction& tx, const ClassCatalog& catalog,
                                     const Identity& identity, CiId subject);

}  // namespace censo::cmdb
