// A small graph by names, and the plain definition of the verdicts to compare the walk with.
#pragma once

#include "cmdb/impact_walk.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace censo::cmdb {

// Relation types: "feeds" (from harms to), "needs" (to harms from), "backs" (from harms to, one of all is
// enough).
class NamedGraph {
 public:
  NamedGraph() : graph({{"backs", true, 1}, {"feeds", true, {}}, {"needs", false, {}}}) {}

  CiIndex at(const std::string& name) {
    const auto known = places_.find(name);
    if (known != places_.end()) return known->second;
    const CiIndex place =
        graph.put({CiId(static_cast<std::int64_t>(places_.size()) + 1), "server", name, false});
    return places_.emplace(name, place).first->second;
  }
  void relate(const std::string& from, const std::string& type, const std::string& to) {
    const RelationIndex relation = *graph.relation(type);
    const bool from_harms = graph.relations()[relation].from_harms;
    graph.set({from_harms ? at(from) : at(to), from_harms ? at(to) : at(from), relation}, true);
  }
  void rule(const std::string& name, const std::string& type, std::int64_t min_up) {
    graph.set_min_up(at(name), *graph.relation(type), min_up);
  }
  void merge(const std::string& name, const std::string& into) { graph.set_merged_into(at(name), at(into)); }
  void retire(const std::string& name) { graph.put({graph.id_of(at(name)), "server", name, true}); }

  Walk walk(const std::vector<std::string>& failed, const std::vector<std::string>& sound = {},
            const WalkLimits& limits = {}) {
    const auto failed_places = all(failed), sound_places = all(sound);
    return walk_downstream(graph, {failed_places, sound_places, limits});
  }
  // "name verdict" of all that are reached, in order.
  std::vector<std::string> told(const std::vector<std::string>& failed,
                                const std::vector<std::string>& sound = {}) {
    std::vector<std::string> lines;
    const Walk walked = walk(failed, sound);
    for (std::size_t i = walked.failed; i < walked.reached.size(); ++i) {
      const Reached& one = walked.reached[i];
      lines.push_back(std::string(graph.name_of(one.item)) +
                      (one.verdict == Verdict::down ? " down" : " degraded"));
    }
    return lines;
  }
  std::vector<CiIndex> all(const std::vector<std::string>& names) {
    std::vector<CiIndex> found;
    for (const auto& name : names) found.push_back(at(name));
    return found;
  }

  CiGraph graph;

 private:
  std::map<std::string, CiIndex> places_;
};

// The verdicts as docs/impact.md defines them, by asking every item again until nothing changes.
inline std::map<CiIndex, Verdict> verdicts_by_definition(const CiGraph& graph,
                                                         const std::set<CiIndex>& failed,
                                                         const std::set<CiIndex>& sound) {
  std::map<CiIndex, Verdict> verdicts;
  for (const CiIndex item : failed) {
    if (!graph.stands_aside(item) && !sound.contains(item)) verdicts[item] = Verdict::down;
  }
  const auto of = [&verdicts](CiIndex item) {
    const auto found = verdicts.find(item);
    return found == verdicts.end() ? Verdict::not_affected : found->second;
  };
  const auto by_relation = [&](CiIndex consumer, RelationIndex relation) {
    const auto suppliers = suppliers_of(graph, consumer, relation);
    const auto down = static_cast<std::size_t>(
        std::ranges::count_if(suppliers, [&](CiIndex one) { return of(one) == Verdict::down; }));
    const bool any =
        std::ranges::any_of(suppliers, [&](CiIndex one) { return of(one) != Verdict::not_affected; });
    const auto min_up = graph.min_up_of(consumer, relation);
    const std::size_t needs =
        std::min(suppliers.size(), min_up ? static_cast<std::size_t>(*min_up) : suppliers.size());
    if (suppliers.size() - down < needs) return Verdict::down;
    return any ? Verdict::degraded : Verdict::not_affected;
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (CiIndex item = 0; item < graph.size(); ++item) {
      if (graph.root_of(item) != item || graph.stands_aside(item) || sound.contains(item)) continue;
      Verdict worst = of(item);
      for (RelationIndex relation = 0; relation < graph.relations().size(); ++relation) {
        worst = std::max(worst, by_relation(item, relation));
      }
      if (worst == of(item)) continue;
      verdicts[item] = worst;
      changed = true;
    }
  }
  return verdicts;
}

// What is wrong with the explanations of a walk; nothing: each leads back to a failed item, step by step.
inline std::string faults_of(const CiGraph& graph, const Walk& walk) {
  std::string faults;
  for (std::size_t i = 0; i < walk.reached.size(); ++i) {
    const Reached& one = walk.reached[i];
    const std::string name(graph.name_of(one.item));
    if (i > 0 && walk.reached[i - 1].depth > one.depth) faults += name + " is out of order; ";
    if (one.depth == 0) continue;
    const Reached& through = walk.reached[one.through];
    const auto suppliers = suppliers_of(graph, one.item, one.relation);
    if (through.depth + 1 != one.depth) faults += name + " has a gap before it; ";
    if (std::ranges::find(suppliers, through.item) == suppliers.end()) faults += name + " has no such need; ";
    if (one.verdict == Verdict::down && through.verdict != Verdict::down)
      faults += name + " is down for nothing; ";
  }
  return faults;
}

}  // namespace censo::cmdb
