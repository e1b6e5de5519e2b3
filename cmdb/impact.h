// What fails when something fails: a walk along relationships in the direction of harm.
#pragma once

#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"

#include <span>
#include <string>
#include <vector>

namespace censo::cmdb {

enum class Direction { downstream /* who is harmed */, upstream /* what it needs */ };

struct ImpactedCi {
  CiId id;
  std::string class_name, name;
  std::size_t depth = 0;             // steps from the nearest failed item, 1 = next to it
  CiId through;                      // the item it is reached from
  std::string through_name;
  std::string relation;              // the relation type of the last step
};

struct ImpactLimits {
  std::size_t max_depth = 20;
  std::size_t max_items = 10'000;
  std::vector<CiId> sound;           // known to be unharmed: not listed, and no harm passes through them
};

struct Impact {
  std::vector<ImpactedCi> items;     // nearest first, then by name; without the failed ones themselves
  bool truncated = false;            // a limit cut the walk
};

// Follows the relationships that are there now, by the impact direction of their types. Retired items are
// neither harmed nor passed. One index search a reached item and direction.
Impact impact(store::Transaction& tx, const ClassCatalog& catalog, std::span<const CiId> failed,
              Direction direction, const ImpactLimits& limits = {});

// Why it is there, in plain words: "runs on web01".
std::string reason_of(const ImpactedCi& item, const ClassCatalog& catalog, Direction direction);

}  // namespace censo::cmdb
