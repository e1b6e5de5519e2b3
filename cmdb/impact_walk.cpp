#include "cmdb/impact_walk.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace censo::cmdb {
namespace {

constexpr auto absent = FlatMap<CiIndex>::absent;

// Several that are needed by one relation with a rule: harm passes only when too few are up.
struct Group {
  CiIndex consumer = 0;
  RelationIndex relation = 0;
  std::uint32_t first = 0;   // the nearest of its suppliers that is down, as a position in `reached`
  std::uint32_t latest = 0;  // one of those that went down last
};

class WalkState {
 public:
  WalkState(const CiGraph& graph, const WalkQuestion& question)
      : graph_(graph), limits_(question.limits), within_(question.within) {
    for (const CiIndex item : question.sound) sound_.insert(graph.root_of(item), 0);
    for (const CiIndex item : question.failed) {
      const CiIndex root = graph.root_of(item);
      if (!graph.stands_aside(root) && !sound_.contains(root)) add({root, 0, 0, 0, Verdict::down});
    }
    for (std::uint32_t i = 0; i < walk_.reached.size(); ++i) walk_.reached[i].through = i;
    walk_.failed = walk_.reached.size();
  }

  // Level by level: who goes down at each, then who is left degraded.
  Walk downstream() {
    std::size_t begin = 0;
    for (std::uint32_t depth = 0; begin < walk_.reached.size() && !full_; ++depth) {
      const std::size_t end = walk_.reached.size();
      for (std::size_t at = begin; at < end; ++at) pass_on(static_cast<std::uint32_t>(at), depth);
      std::ranges::sort(touched_);
      touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
      for (const std::uint32_t group : touched_) weigh(groups_[group], depth);
      touched_.clear();
      cut(end);
      begin = end;
    }
    degrade();
    return in_order();
  }

  Walk upstream() {
    std::size_t begin = 0;
    for (std::uint32_t depth = 0; begin < walk_.reached.size() && !full_; ++depth) {
      const std::size_t end = walk_.reached.size();
      for (std::size_t at = begin; at < end; ++at) {
        const auto place = static_cast<std::uint32_t>(at);
        graph_.each_supplier(walk_.reached[at].item, [&](CiIndex other, RelationIndex relation) {
          reach({other, depth + 1, place, relation, Verdict::degraded});
        });
      }
      cut(end);
      begin = end;
    }
    return in_order();
  }

 private:
  bool may_enter(CiIndex item) const {
    return (sound_.empty() || !sound_.contains(item)) && (!within_ || within_->contains(item));
  }

  void add(const Reached& one) {
    const auto place = static_cast<std::uint32_t>(walk_.reached.size());
    if (walk_.places.insert(one.item, place) == place) walk_.reached.push_back(one);
  }

  // Of two explanations of the same length the one through the older item stands, so that the order in which
  // they are found does not show.
  bool comes_before(const Reached& a, const Reached& b) const {
    const auto rank = [this](const Reached& one) {
      return std::pair(graph_.id_of(walk_.reached[one.through].item), one.relation);
    };
    return rank(a) < rank(b);
  }

  void reach(const Reached& one) {
    const auto place = walk_.places.find(one.item);
    if (place != absent) {
      Reached& known = walk_.reached[place];
      if (known.depth == one.depth && known.verdict == one.verdict && comes_before(one, known)) known = one;
    } else if (may_enter(one.item)) {
      if (one.depth > limits_.max_depth) {
        walk_.truncated = true;
      } else {
        add(one);
      }
    }
  }

  // The failed ones that were asked about stay as they are.
  void pass_on(std::uint32_t place, std::uint32_t depth) {
    graph_.each_consumer(walk_.reached[place].item, [&](CiIndex other, RelationIndex relation) {
      if (graph_.has_rule(other, relation)) {
        touch(other, relation, place);
      } else {
        reach({other, depth + 1, place, relation, Verdict::down});
      }
    });
  }

  void touch(CiIndex consumer, RelationIndex relation, std::uint32_t place) {
    if (walk_.places.contains(consumer) || !may_enter(consumer)) return;
    const auto next = static_cast<std::uint32_t>(groups_.size());
    const auto index = group_places_.insert(std::uint64_t{consumer} << 16 | relation, next);
    if (index == next) groups_.push_back({consumer, relation, place, place});
    Group& group = groups_[index];
    const auto nearer = [this](std::uint32_t a, std::uint32_t b) {  // or as near and older
      return std::pair(walk_.reached[a].depth, graph_.id_of(walk_.reached[a].item)) <
             std::pair(walk_.reached[b].depth, graph_.id_of(walk_.reached[b].item));
    };
    if (nearer(place, group.first)) group.first = place;
    const bool later = walk_.reached[place].depth > walk_.reached[group.latest].depth;
    if (later || nearer(place, group.latest)) group.latest = place;
    touched_.push_back(index);
  }

  // Down, when of those it needs too few are up at this depth.
  void weigh(const Group& group, std::uint32_t depth) {
    const auto known = walk_.places.find(group.consumer);
    if (known != absent && walk_.reached[known].depth <= depth) return;
    if (known != absent && !by_groups_.contains(group.consumer))
      return;  // a plain need is the plainer reason
    const auto suppliers = suppliers_of(graph_, group.consumer, group.relation);
    const auto down = static_cast<std::size_t>(std::ranges::count_if(suppliers, [&](CiIndex supplier) {
      const auto place = walk_.places.find(supplier);
      return place != absent && walk_.reached[place].depth <= depth;
    }));
    const auto min_up = static_cast<std::size_t>(*graph_.min_up_of(group.consumer, group.relation));
    if (suppliers.size() - down >= std::min(min_up, suppliers.size())) return;
    by_groups_.insert(group.consumer, 0);
    reach({group.consumer, depth + 1, group.latest, group.relation, Verdict::down});
  }

  // What lost some of its redundancy, and what needs something degraded: nearest first.
  void degrade() {
    std::map<std::uint32_t, std::vector<Reached>> waiting;  // by depth
    for (const Group& group : groups_) {
      const std::uint32_t depth = walk_.reached[group.first].depth + 1;
      waiting[depth].push_back({group.consumer, depth, group.first, group.relation, Verdict::degraded});
    }
    while (!waiting.empty() && !full_) {
      const std::uint32_t depth = waiting.begin()->first;
      const std::size_t begin = walk_.reached.size();
      for (const Reached& one : waiting.begin()->second) reach(one);
      waiting.erase(waiting.begin());
      cut(begin);
      for (std::size_t at = begin; at < walk_.reached.size(); ++at) {
        const auto place = static_cast<std::uint32_t>(at);
        graph_.each_consumer(walk_.reached[at].item, [&](CiIndex other, RelationIndex relation) {
          if (walk_.places.contains(other)) return;
          waiting[depth + 1].push_back({other, depth + 1, place, relation, Verdict::degraded});
        });
      }
    }
  }

  // Of the level that begins here, the oldest that the limit leaves room for.
  void cut(std::size_t begin) {
    if (walk_.reached.size() - walk_.failed <= limits_.max_items) return;
    walk_.truncated = full_ = true;
    std::sort(
        walk_.reached.begin() + static_cast<std::ptrdiff_t>(begin), walk_.reached.end(),
        [this](const Reached& a, const Reached& b) { return graph_.id_of(a.item) < graph_.id_of(b.item); });
    walk_.reached.resize(walk_.failed + limits_.max_items);
    number_places();
  }

  void number_places() {
    walk_.places = FlatMap<CiIndex>(walk_.reached.size());
    for (std::uint32_t i = 0; i < walk_.reached.size(); ++i) walk_.places.insert(walk_.reached[i].item, i);
  }

  Walk in_order() {
    std::vector<std::tuple<std::uint32_t, CiId, std::uint32_t>> order;
    order.reserve(walk_.reached.size());
    for (std::uint32_t i = 0; i < walk_.reached.size(); ++i) {
      order.emplace_back(walk_.reached[i].depth, graph_.id_of(walk_.reached[i].item), i);
    }
    std::sort(order.begin(), order.end());
    std::vector<std::uint32_t> moved_to(order.size());
    for (std::uint32_t to = 0; to < order.size(); ++to) moved_to[std::get<2>(order[to])] = to;
    std::vector<Reached> sorted;
    sorted.reserve(order.size());
    for (const auto& [depth, id, from] : order) {
      sorted.push_back(walk_.reached[from]);
      sorted.back().through = moved_to[sorted.back().through];
    }
    walk_.reached = std::move(sorted);
    number_places();
    return std::move(walk_);
  }

  const CiGraph& graph_;
  const WalkLimits limits_;
  const FlatMap<CiIndex>* within_;
  FlatMap<CiIndex> sound_;
  FlatMap<CiIndex> by_groups_;  // at this depth went down by a group
  FlatMap<std::uint64_t> group_places_;
  std::vector<Group> groups_;
  std::vector<std::uint32_t> touched_;  // groups that lost a supplier at this depth
  Walk walk_;
  bool full_ = false;  // no room for more items
};

}  // namespace

Walk walk_downstream(const CiGraph& graph, const WalkQuestion& question) {
  return WalkState(graph, question).downstream();
}

Walk walk_upstream(const CiGraph& graph, const WalkQuestion& question) {
  return WalkState(graph, question).upstream();
}

std::vector<CiIndex> suppliers_of(const CiGraph& graph, CiIndex consumer, RelationIndex relation) {
  std::vector<CiIndex> found;
  graph.each_supplier(consumer, [&](CiIndex other, RelationIndex type) {
    if (type == relation) found.push_back(other);
  });
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

Redundancy redundancy_of(const CiGraph& graph, const Walk& walk, CiIndex consumer, RelationIndex relation) {
  Redundancy counts;
  for (const CiIndex supplier : suppliers_of(graph, consumer, relation)) {
    ++counts.all;
    const Verdict verdict = walk.verdict_of(supplier);
    if (verdict == Verdict::down) ++counts.down;
    if (verdict == Verdict::degraded) ++counts.degraded;
  }
  const auto min_up = graph.min_up_of(consumer, relation);
  counts.needs = min_up ? std::min(static_cast<std::size_t>(*min_up), counts.all) : counts.all;
  return counts;
}

}  // namespace censo::cmdb
