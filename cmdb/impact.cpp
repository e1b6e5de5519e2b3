#include "cmdb/impact.h"

#include "cmdb/as_of.h"
#include "cmdb/ci_graph_load.h"
#include "cmdb/class_catalog.h"
#include "cmdb/impact_graph.h"
#include "cmdb/impact_walk.h"
#include "cmdb/single_points.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>

namespace censo::cmdb {
namespace {

constexpr std::size_t names_shown = 5;
constexpr SinglePointLimits verdict_limits{20'000, 5'000'000};

std::vector<CiIndex> places_of(const CiGraph& graph, const std::vector<CiId>& cis) {
  std::vector<CiIndex> places;
  for (const CiId ci : cis) {
    if (const auto place = graph.find(ci)) places.push_back(*place);
  }
  return places;
}

std::string count_text(const Redundancy& counts) {
  const std::string all = " of " + std::to_string(counts.all);
  std::string text;
  if (counts.down > 0) text = std::to_string(counts.down) + all + " down";
  if (counts.degraded > 0) {
    text += text.empty() ? std::to_string(counts.degraded) + all + " degraded"
                         : ", " + std::to_string(counts.degraded) + " degraded";
  }
  return text + ", needs " + std::to_string(counts.needs);
}

// Puts names and reasons to what a walk reached.
class Description {
 public:
  Description(const CiGraph& graph, const ClassCatalog& catalog, const Walk& walk, Direction direction)
      : graph_(graph), walk_(walk), downstream_(direction == Direction::downstream) {
    for (const HarmRelation& relation : graph.relations()) {
      const RelationDefinition* definition = catalog.find_relation(relation.name);
      const bool through_is_from = relation.from_harms == downstream_;
      labels_.push_back(!definition       ? relation.name + " "
                        : through_is_from ? definition->reverse_label.en + " "
                                          : definition->label.en + " ");
    }
  }

  Impact impact() const {
    Impact answer;
    answer.truncated = walk_.truncated;
    const auto order = by_depth_and_name();
    std::vector<std::size_t> position(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) position[order[i]] = i;
    answer.items.reserve(order.size() - walk_.failed);
    for (const std::uint32_t place : order) {
      auto& list = place < walk_.failed ? answer.failed : answer.items;
      list.push_back(describe(walk_.reached[place]));
      list.back().before = position[walk_.reached[place].through];
    }
    for (const ImpactedCi& item : answer.items)
      ++(item.verdict == Verdict::down ? answer.down : answer.degraded);
    return answer;
  }

 private:
  // Within one depth by name: the walk gives them by id.
  std::vector<std::uint32_t> by_depth_and_name() const {
    std::vector<std::uint32_t> order(walk_.reached.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto rank = [this](std::uint32_t place) {
      const Reached& one = walk_.reached[place];
      return std::tuple(one.depth, graph_.name_of(one.item), place);
    };
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });
    return order;
  }

  ImpactedCi describe(const Reached& one) const {
    ImpactedCi item;
    item.id = graph_.id_of(one.item);
    item.class_name = graph_.class_of(one.item);
    item.name = graph_.name_of(one.item);
    item.depth = one.depth;
    item.verdict = one.verdict;
    if (one.depth == 0) return item;
    const CiIndex through = walk_.reached[one.through].item;
    item.through = graph_.id_of(through);
    item.through_name = graph_.name_of(through);
    item.relation = graph_.relations()[one.relation].name;
    item.reason = labels_[one.relation] + item.through_name + detail(one);
    return item;
  }

  std::string detail(const Reached& one) const {
    const Reached& through = walk_.reached[one.through];
    if (!downstream_) {
      if (!graph_.has_rule(through.item, one.relation)) return {};
      const auto counts = redundancy_of(graph_, walk_, through.item, one.relation);
      if (counts.needs == counts.all) return {};
      return ": needs " + std::to_string(counts.needs) + " of " + std::to_string(counts.all);
    }
    if (graph_.has_rule(one.item, one.relation)) {
      const auto counts = redundancy_of(graph_, walk_, one.item, one.relation);
      if (counts.needs < counts.all) return ": " + count_text(counts);
    }
    return through.verdict == Verdict::degraded ? " (degraded)" : "";
  }

  const CiGraph& graph_;
  const Walk& walk_;
  const bool downstream_;
  std::vector<std::string> labels_;  // of each relation, as said of the item reached
};

// An upstream item whose failure alone takes down one of those asked about.
void mark_single_points(const CiGraph& graph, const WalkQuestion& question, Walk& walk) {
  const SinglePoints found = single_points(graph, question.failed, question.sound, verdict_limits);
  for (const SinglePoint& point : found.points) {
    const auto place = walk.places.find(point.item);
    if (place != FlatMap<CiIndex>::absent) walk.reached[place].verdict = Verdict::down;
  }
  walk.truncated |= found.truncated;
}

Impact answer(const CiGraph& graph, const ClassCatalog& catalog, const ImpactQuestion& asked) {
  const auto failed = places_of(graph, asked.failed), sound = places_of(graph, asked.sound);
  const WalkQuestion question{failed, sound, asked.limits};
  Walk walk = asked.direction == Direction::downstream ? walk_downstream(graph, question)
                                                       : walk_upstream(graph, question);
  if (asked.direction == Direction::upstream && asked.verdicts) mark_single_points(graph, question, walk);
  return Description(graph, catalog, walk, asked.direction).impact();
}

std::vector<CiIndex> of_class(const CiGraph& graph, const ClassCatalog& catalog,
                              const std::string& class_name) {
  std::vector<CiIndex> found;
  if (class_name.empty()) return found;
  std::map<const std::string*, bool> wanted;  // by the graph's own text of the name
  for (CiIndex item = 0; item < graph.size(); ++item) {
    const std::string& name = graph.class_of(item);
    const auto known = wanted.find(&name);
    const bool is_wanted = known != wanted.end()
                               ? known->second
                               : wanted.emplace(&name, catalog.is_a(name, class_name)).first->second;
    if (is_wanted && !graph.stands_aside(item) && graph.root_of(item) == item) found.push_back(item);
  }
  return found;
}

SinglePointReport report(const CiGraph& graph, const ClassCatalog& catalog,
                         const SinglePointQuestion& question) {
  auto targets = places_of(graph, question.cis);
  const auto more = of_class(graph, catalog, question.class_name);
  targets.insert(targets.end(), more.begin(), more.end());
  const SinglePoints found = single_points(graph, targets);
  SinglePointReport answer;
  answer.asked = targets.size();
  answer.tried = found.tried;
  answer.truncated = found.truncated;
  for (const SinglePoint& point : found.points) {
    SinglePointCi item{graph.id_of(point.item),
                       graph.class_of(point.item),
                       std::string(graph.name_of(point.item)),
                       point.takes_down.size(),
                       {}};
    for (std::size_t i = 0; i < std::min(names_shown, point.takes_down.size()); ++i) {
      item.names.emplace_back(graph.name_of(point.takes_down[i]));
    }
    answer.items.push_back(std::move(item));
  }
  return answer;
}

// Of a class, no more items than the past of a graph takes.
SinglePointReport report_then(store::Transaction& tx, const ClassCatalog& catalog,
                              SinglePointQuestion question) {
  const PastQuestion asked{*question.at, Direction::upstream};
  bool truncated = false;
  if (!question.class_name.empty()) {
    const auto page = list_cis(tx, {question.class_name, "", ""}, {asked.max_items, ""}, {catalog, asked.at});
    for (const ConfigurationItem& item : page->rows) question.cis.push_back(item.id);
    truncated = !page->next.empty();
    question.class_name.clear();
  }
  const PastGraph past = load_past_graph(tx, catalog, question.cis, asked);
  SinglePointReport then = report(past.graph, catalog, question);
  then.truncated |= past.truncated || truncated;
  return then;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::down: return "down";
    case Verdict::degraded: return "degraded";
    default: return "not_affected";
  }
}

std::vector<const ImpactedCi*> Impact::path_to(const ImpactedCi& item) const {
  std::vector<const ImpactedCi*> path{&item};
  while (path.back()->depth > 0) {
    const std::size_t before = path.back()->before;
    path.push_back(before < failed.size() ? &failed[before] : &items[before - failed.size()]);
  }
  std::ranges::reverse(path);
  return path;
}

Impact impact(store::Transaction& tx, const ImpactSource& source, const ImpactQuestion& question) {
  if (question.at) {
    PastQuestion asked{*question.at, question.direction};
    asked.max_items = std::min(asked.max_items, question.failed.size() + question.limits.max_items);
    const PastGraph past = load_past_graph(tx, source.catalog, question.failed, asked);
    Impact then = answer(past.graph, source.catalog, question);
    then.truncated |= past.truncated;
    return then;
  }
  Impact now;
  source.graph.read(tx, source.catalog,
                    [&](const CiGraph& graph) { now = answer(graph, source.catalog, question); });
  return now;
}

std::vector<std::vector<std::size_t>> similar_items(const Impact& impact, std::size_t threshold) {
  using Key = std::tuple<CiId, std::string_view, std::string_view, Verdict>;
  std::map<Key, std::size_t> places;
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < impact.items.size(); ++i) {
    const ImpactedCi& item = impact.items[i];
    const Key key(item.through, item.relation, item.class_name, item.verdict);
    const auto [place, is_new] = places.emplace(key, groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(i);
  }
  std::erase_if(groups, [threshold](const auto& group) { return group.size() <= threshold; });
  return groups;
}

std::vector<Need> needs_of(store::Transaction& tx, const ImpactSource& source, CiId ci) {
  std::vector<Need> needs;
  source.graph.read(tx, source.catalog, [&](const CiGraph& graph) {
    const auto place = graph.find(ci);
    if (!place) return;
    const CiIndex root = graph.root_of(*place);
    for (RelationIndex relation = 0; relation < graph.relations().size(); ++relation) {
      Need need{graph.relations()[relation].name, suppliers_of(graph, root, relation).size(),
                graph.min_up_of(root, relation)};
      const bool ruled = need.min_up && need.min_up != graph.relations()[relation].min_up;
      if (need.suppliers > 0 || ruled) needs.push_back(std::move(need));
    }
  });
  return needs;
}

SinglePointReport single_points(store::Transaction& tx, const ImpactSource& source,
                                const SinglePointQuestion& question) {
  if (question.at) return report_then(tx, source.catalog, question);
  SinglePointReport now;
  source.graph.read(tx, source.catalog,
                    [&](const CiGraph& graph) { now = report(graph, source.catalog, question); });
  return now;
}

}  // namespace censo::cmdb
