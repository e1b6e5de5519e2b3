// Reports that say nothing by which an item could be found or made: kept as they came until a person says
// what they are of.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"
#include "inventory/report.h"

#include <string>
#include <string_view>

namespace censo::cmdb {

using UnidentifiedId = base::Id<struct UnidentifiedTag>;

struct UnidentifiedReport {
  UnidentifiedId id;
  std::string origin;  // "import purchases"
  std::string subject_class, subject_name, problem;
  std::string state;  // "open", "assigned", "discarded"
  std::int64_t times = 0;
  base::TimeMs first_at = 0, last_at = 0, decided_at = 0;
  CiId ci;  // assigned to
  std::string decided_by, reason;
};

// The same content again counts once more. What it was assigned to; nothing: nobody said yet.
CiId keep_unidentified(store::Transaction& tx, const base::Clock& clock, const inventory::Report& report,
                       std::string_view problem, base::TimeMs now);
// `state` "" = open; "all". Newest first.
base::Result<Page<UnidentifiedReport>> list_unidentified(store::Transaction& tx, std::string_view state,
                                                         const PageRequest& page);
base::Result<UnidentifiedReport> find_unidentified(store::Transaction& tx, std::string_view id);
// As it came. Throws when the store is damaged.
inventory::Report report_of(store::Transaction& tx, const UnidentifiedReport& kept);

struct UnidentifiedDecision {
  CiId ci;  // none: discarded
  std::string actor, reason;
  base::TimeMs now = 0;
};
// Errc::conflict: decided already.
base::Result<void> decide_unidentified(store::Transaction& tx, const UnidentifiedReport& kept,
                                       const UnidentifiedDecision& decision);

}  // namespace censo::cmdb
