// "Two of these three must be up": rules that people set for an item and a relation type.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/change_feed.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

constexpr std::int64_t highest_min_up = 1'000'000;

struct RedundancyRule {
  CiId ci;
  std::string relation;
  std::int64_t min_up = 1;  // 0: none has to be up, and the item is at most degraded
  base::TimeMs since = 0;
  std::string set_by;
};

// Rules of an item and of those merged into it as of `at`, by relation; the item's own first where two have
// one.
std::vector<RedundancyRule> redundancy_of(store::Transaction& tx, CiId root, Moment at = {});

// How many items it, or what is merged into it, needs by this relation now.
std::size_t suppliers_now(store::Transaction& tx, const ClassCatalog& catalog, CiId root,
                          std::string_view relation);
// In words, that a rule asks for more than there are; "" when it does not.
std::string effect_of(const RedundancyRule& rule, std::size_t suppliers);

// Of a person's act.
struct RuleChange {
  const ClassCatalog& catalog;
  const base::Clock& clock;
  std::string by;
};
// Errc::not_found: no such relation type; Errc::invalid_argument: no harm passes through it, nothing of the
// item's class ever needs another by it (NO_SUPPLIER), or min_up is not from 0 to 1,000,000.
base::Result<void> set_redundancy(store::Transaction& tx, const RuleChange& change,
                                  const RedundancyRule& rule);
// Errc::not_found: there is no rule.
base::Result<void> remove_redundancy(store::Transaction& tx, const RuleChange& change, CiId ci,
                                     std::string_view relation);

}  // namespace censo::cmdb
