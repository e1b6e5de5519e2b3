// Why a report was taken for one item and not for another: kept with every decision, for people to read.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/explanation.h"
#include "cmdb/reporting_source.h"
#include "cmdb/store/transaction.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

struct IdentificationRecord {
  std::int64_t id = 0;
  CiId ci;
  base::TimeMs at = 0;
  std::string origin;  // "agent 0f8f..."; empty for decisions of people
  double score = 0;
  Explanation explanation;
};

// Compact and bounded: 4 candidates, 24 lines of evidence each.
std::string to_json(const Explanation& explanation);
Explanation explanation_from_json(std::string_view json);

struct DecisionPlace {
  CiId ci;
  SourceId source;  // none: not by a report
  base::TimeMs at = 0;
};
void record_identification(store::Transaction& tx, const base::Clock& clock, const DecisionPlace& place,
                           const Explanation& explanation);
// Newest first, of the item and all that is merged into it; at most 50.
std::vector<IdentificationRecord> identifications_of(store::Transaction& tx, CiId ci);

}  // namespace censo::cmdb
