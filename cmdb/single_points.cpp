#include "cmdb/single_points.h"

#include "cmdb/impact_walk.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace censo::cmdb {

SinglePoints single_points(const CiGraph& graph, std::span<const CiIndex> targets,
                           std::span<const CiIndex> sound, const SinglePointLimits& limits) {
  SinglePoints answer;
  WalkQuestion needed;
  needed.failed = targets;
  needed.sound = sound;
  needed.limits = {limits.max_needed, limits.max_needed};
  const Walk upstream = walk_upstream(graph, needed);
  answer.truncated = upstream.truncated;

  std::size_t left = limits.max_reached;
  for (const Reached& candidate : upstream.reached) {
    const std::array failed{candidate.item};
    WalkQuestion question;
    question.failed = failed;
    question.within = &upstream.places;
    question.limits = {limits.max_needed, limits.max_needed};
    const Walk walk = walk_downstream(graph, question);
    SinglePoint point{candidate.item, {}};
    for (std::size_t i = 1; i < walk.reached.size(); ++i) {
      const Reached& one = walk.reached[i];
      const bool target = upstream.places.find(one.item) < upstream.failed;
      if (target && one.verdict == Verdict::down) point.takes_down.push_back(one.item);
    }
    std::ranges::sort(point.takes_down, {}, [&graph](CiIndex item) { return graph.id_of(item); });
    if (!point.takes_down.empty()) answer.points.push_back(std::move(point));
    ++answer.tried;
    if (walk.reached.size() > left) {
      answer.truncated = true;
      break;
    }
    left -= walk.reached.size();
  }
  std::ranges::sort(answer.points, [&graph](const SinglePoint& a, const SinglePoint& b) {
    return std::tuple(b.takes_down.size(), graph.id_of(a.item)) <
           std::tuple(a.takes_down.size(), graph.id_of(b.item));
  });
  return answer;
}

}  // namespace censo::cmdb
