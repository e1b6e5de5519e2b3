// A graph from the tables: whole as it is now, or the part of it that a question about a past moment needs.
#pragma once

#include "cmdb/change_feed.h"
#include "cmdb/ci_graph.h"
#include "cmdb/store/transaction.h"
#include "cmdb/verdict.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace censo::cmdb {

// Everything. Cost: a pass over the items and one over an index of the relationships.
CiGraph load_graph(store::Transaction& tx, const ClassCatalog& catalog);

struct PastGraph {
  CiGraph graph;
  bool truncated = false;  // there is more than the limit
};
struct PastQuestion {
  base::TimeMs at = 0;
  Direction direction = Direction::downstream;
  std::size_t max_items = 20'000;
};
// Whatever can be reached from these items as it was at a moment, with all that is needed to weigh
// redundancy. Cost: a few index searches an item.
PastGraph load_past_graph(store::Transaction& tx, const ClassCatalog& catalog, std::span<const CiId> from,
                          const PastQuestion& question);

// What the tables say now of rows that the graph has otherwise: read in a transaction, applied to the graph
// later.
struct GraphChanges {
  struct Edge {
    CiId supplier, consumer;
    RelationIndex relation = 0;
    friend auto operator<=>(const Edge&, const Edge&) = default;
  };
  struct Item {
    CiId id, merged_into;
    std::string class_name, name;
    bool there = true, retired = false;
    std::vector<std::pair<RelationIndex, std::int64_t>> min_up;
    std::vector<Edge> edges;  // all that it has
  };
  std::vector<Item> items;
  std::vector<std::pair<Edge, bool>> edges;  // of other items: there or not
  bool empty() const { return items.empty() && edges.empty(); }
};
// An item that is told of is read with all its relationships. Nothing: too much changed, or a row that the
// graph may have is gone without a trace; load all anew.
std::optional<GraphChanges> read_changes(store::Transaction& tx, const CiGraph& graph,
                                         std::span<const FeedEntry> entries);
void apply(CiGraph& graph, const GraphChanges& changes);

}  // namespace censo::cmdb
