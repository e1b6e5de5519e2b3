// Which single items, if they fail, take something down: redundancy respected, by trying each one that it
// needs.
#pragma once

#include "cmdb/adjacency.h"

#include <cstddef>
#include <span>
#include <vector>

namespace censo::cmdb {

class CiGraph;  // cmdb/ci_graph.h

struct SinglePoint {
  CiIndex item = 0;
  std::vector<CiIndex> takes_down;  // of the targets, by id
};

struct SinglePoints {
  std::vector<SinglePoint> points;  // those that take most down first, then by id
  std::size_t tried = 0;            // items that the targets need, directly or not
  bool truncated = false;           // a limit was reached before all were tried
};

struct SinglePointLimits {
  std::size_t max_needed = 50'000;       // items that the targets need
  std::size_t max_reached = 20'000'000;  // items reached by all tries together
};

// Of what these need, leaving out what is `sound`. A target that takes itself down is no answer, one that
// takes another target down is.
SinglePoints single_points(const CiGraph& graph, std::span<const CiIndex> targets,
                           std::span<const CiIndex> sound = {}, const SinglePointLimits& limits = {});

}  // namespace censo::cmdb
