// The walk along relationships in the direction of harm, on a graph in memory. docs/impact.md says what the
// verdicts mean; the answer does not depend on the order in which anything is stored.
#pragma once

#include "cmdb/ci_graph.h"
#include "cmdb/flat_map.h"
#include "cmdb/verdict.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace censo::cmdb {

struct Reached {
  CiIndex item = 0;
  std::uint32_t depth = 0;  // steps from the nearest failed item that explains the verdict; 0: failed itself
  std::uint32_t through = 0;  // position in Walk::reached of the item before; its own for a failed one
  RelationIndex relation = 0;
  Verdict verdict = Verdict::down;
};

struct Walk {
  std::vector<Reached> reached;  // the failed ones, then nearest first, by id within one depth
  std::size_t failed = 0;        // so many at the beginning were given
  FlatMap<CiIndex> places;       // of each item in `reached`
  bool truncated = false;        // a limit cut the walk

  Verdict verdict_of(CiIndex item) const {
    const auto place = places.find(item);
    return place == FlatMap<CiIndex>::absent ? Verdict::not_affected : reached[place].verdict;
  }
};

struct WalkQuestion {
  std::span<const CiIndex> failed;  // any of merged items stands for all of them
  std::span<const CiIndex> sound;   // known to be unharmed: no harm passes through them
  WalkLimits limits = {};
  const FlatMap<CiIndex>* within = nullptr;  // nothing outside is looked at
};

// Whom it harms when these fail.
Walk walk_downstream(const CiGraph& graph, const WalkQuestion& question);
// What these need, directly or not: every verdict is `degraded`, see SinglePoints for more.
Walk walk_upstream(const CiGraph& graph, const WalkQuestion& question);

// Of those that `consumer` needs by a relation, as `walk` left them.
struct Redundancy {
  std::size_t all = 0, down = 0, degraded = 0;
  std::size_t needs = 0;  // so many of them have to be up; `all` where there is no rule
};
Redundancy redundancy_of(const CiGraph& graph, const Walk& walk, CiIndex consumer, RelationIndex relation);
// The items that `consumer` needs by a relation, each once, by index.
std::vector<CiIndex> suppliers_of(const CiGraph& graph, CiIndex consumer, RelationIndex relation);

}  // namespace censo::cmdb
