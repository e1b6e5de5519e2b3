#include "cmdb/as_of.h"
#include "cmdb/ci_graph_load.h"
#include "cmdb/flat_map.h"
#include "cmdb/item_state.h"
#include "cmdb/redundancy.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace censo::cmdb {
namespace {

constexpr int longest_chain = 64;  // as in cmdb/merge.cpp

class PastGraphLoad {
 public:
  PastGraphLoad(store::Transaction& tx, const ClassCatalog& catalog, const PastQuestion& question)
      : tx_(tx), question_(question), graph_(harm_relations(catalog)) {}

  PastGraph load(std::span<const CiId> from) {
    for (const CiId ci : from) wait(ci);
    for (std::size_t at = 0; at < waiting_.size(); ++at) {
      if (graph_.size() >= question_.max_items) {
        truncated_ = true;
        break;
      }
      expand(waiting_[at]);
    }
    graph_.load(harms_);
    return {std::move(graph_), truncated_};
  }

 private:
  // The item that stood for this one then; nothing: it was not known.
  std::optional<CiIndex> root(CiId ci) {
    for (int step = 0; step < longest_chain; ++step) {
      const auto state = state_of(tx_, ci, question_.at);
      if (!state) return std::nullopt;
      if (!state->merged_into) {
        const auto known = graph_.find(ci);
        return known ? *known : graph_.put({ci, state->class_name, state->name, state->stage == "retired"});
      }
      ci = state->merged_into;
    }
    return std::nullopt;
  }

  std::optional<CiIndex> place_of(CiId ci) {
    const auto known = places_.find(ci);
    if (known != places_.end()) return known->second;
    return places_.emplace(ci, root(ci)).first->second;
  }

  void wait(CiId ci) {
    const auto place = place_of(ci);
    if (!place || graph_.stands_aside(*place) || asked_.contains(*place)) return;
    asked_.insert(*place, 0);
    waiting_.push_back(*place);
  }

  void expand(CiIndex item) {
    const CiId id = graph_.id_of(item);
    for (const RedundancyRule& rule : redundancy_of(tx_, id, question_.at)) {
      const auto relation = graph_.relation(rule.relation);
      if (relation) graph_.set_min_up(item, *relation, rule.min_up);
    }
    for (const CiId member : members_at(tx_, id, question_.at)) {
      for (const RelationshipThen& one : relationships_then(tx_, member, question_.at)) {
        add(one.type, one.from, one.to);
      }
    }
  }

  void add(const std::string& type, CiId from, CiId to) {
    const auto relation = graph_.relation(type);
    const auto from_place = relation ? place_of(from) : std::nullopt;
    const auto to_place = from_place ? place_of(to) : std::nullopt;
    if (!to_place) return;
    const bool from_harms = graph_.relations()[*relation].from_harms;
    harms_.push_back({from_harms ? *from_place : *to_place, from_harms ? *to_place : *from_place, *relation});
    const bool next_is_to = from_harms == (question_.direction == Direction::downstream);
    wait(next_is_to ? to : from);
  }

  store::Transaction& tx_;
  const PastQuestion question_;
  CiGraph graph_;
  std::map<CiId, std::optional<CiIndex>> places_;
  FlatMap<CiIndex> asked_;
  std::vector<CiIndex> waiting_;
  std::vector<Harm> harms_;
  bool truncated_ = false;
};

}  // namespace

PastGraph load_past_graph(store::Transaction& tx, const ClassCatalog& catalog, std::span<const CiId> from,
                          const PastQuestion& question) {
  return PastGraphLoad(tx, catalog, question).load(from);
}

}  // namespace censo::cmdb
