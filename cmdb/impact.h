// What fails when something fails, who needs what, and which single items take something down: answers for
// people, with names and reasons. docs/impact.md says what the verdicts mean.
#pragma once

#include "cmdb/configuration_item.h"
#include "cmdb/verdict.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

class ClassCatalog;  // cmdb/class_catalog.h
class ImpactGraph;   // cmdb/impact_graph.h

std::string_view name_of(Verdict verdict);  // "not_affected", "degraded", "down"

struct ImpactedCi {
  CiId id;
  std::string class_name, name;
  std::size_t depth = 0;  // steps from the nearest failed item, 1 = next to it
  // Downstream: what becomes of it. Upstream: what its failure alone makes of the worst hit of the items
  // asked about.
  Verdict verdict = Verdict::down;
  std::size_t before =
      0;         // the item it is reached from: a position in Impact::failed, or behind these in items
  CiId through;  // the same
  std::string through_name;
  std::string relation;  // the relation type of the last step
  std::string reason;    // "runs on web01", "has member node1: 2 of 3 down, needs 2"
};

struct Impact {
  std::vector<ImpactedCi> failed;  // as asked, without those that are retired or unknown
  std::vector<ImpactedCi> items;   // nearest first, then by name; without the failed ones
  std::size_t down = 0, degraded = 0;
  bool truncated = false;  // a limit cut the walk

  // From a failed item to this one.
  std::vector<const ImpactedCi*> path_to(const ImpactedCi& item) const;
};

struct ImpactQuestion {
  std::vector<CiId> failed;
  Direction direction = Direction::downstream;
  std::vector<CiId> sound = {};  // known to be unharmed: not listed, and no harm passes through them
  WalkLimits limits = {};
  Moment at = {};
  // Upstream: whether it is found out what the failure of each item alone makes of those asked about, which
  // takes a walk for each. Else all are told as degraded: only who is needed counts.
  bool verdicts = true;
};

// Where the answers come from.
struct ImpactSource {
  ImpactGraph& graph;
  const ClassCatalog& catalog;
};

// Follows the relationships that are there (at that moment), by the impact direction of their types; `tx` is
// a read transaction. Retired items are neither harmed nor passed.
Impact impact(store::Transaction& tx, const ImpactSource& source, const ImpactQuestion& question);

// Of more than `threshold` items of one class with one verdict that are reached through the same item and
// relation: their positions in `impact.items`, group by group in the order of their first.
std::vector<std::vector<std::size_t>> similar_items(const Impact& impact, std::size_t threshold);

// What an item needs by one relation.
struct Need {
  std::string relation;
  std::size_t suppliers = 0;           // that are not retired
  std::optional<std::int64_t> min_up;  // nothing: all of them
};
// Now, by relation, with those that have a rule and no supplier.
std::vector<Need> needs_of(store::Transaction& tx, const ImpactSource& source, CiId ci);

struct SinglePointCi {
  CiId id;
  std::string class_name, name;
  std::size_t takes_down = 0;      // so many of the items asked about
  std::vector<std::string> names;  // the first five of them
};
struct SinglePointReport {
  std::vector<SinglePointCi> items;  // those that take most down first
  std::size_t asked = 0, tried = 0;  // items asked about; items that these need
  bool truncated = false;
};
struct SinglePointQuestion {
  std::vector<CiId> cis;
  std::string class_name;  // and all items of this class or a subclass; empty: none
  Moment at = {};
};
SinglePointReport single_points(store::Transaction& tx, const ImpactSource& source,
                                const SinglePointQuestion& question);

}  // namespace censo::cmdb
