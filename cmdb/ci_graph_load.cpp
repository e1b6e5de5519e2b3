#include "cmdb/ci_graph_load.h"

#include "cmdb/flat_map.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace censo::cmdb {
namespace {

constexpr std::string_view retired_stage = "retired";

// Which relation types carry harm: rows come with their type's name, mostly the one of the row before.
class RelationNames {
 public:
  explicit RelationNames(const CiGraph& graph) : graph_(graph) {}
  std::optional<RelationIndex> find(const std::string& name) {
    if (name != last_name_) {
      last_ = graph_.relation(name);
      last_name_ = name;
    }
    return last_;
  }

 private:
  const CiGraph& graph_;
  std::string last_name_;
  std::optional<RelationIndex> last_;
};

void load_items(store::Transaction& tx, CiGraph& graph) {
  tx.each("select id, class, name, stage from ci order by id", [&](store::Row&& row) {
    graph.put({CiId(row.integer(0)), row.text(1), row.text(2), row.text(3) == retired_stage});
    return true;
  });
  tx.each("select id, merged_into from ci where merged_into is not null", [&](store::Row&& row) {
    graph.set_merged_into(*graph.find(CiId(row.integer(0))), graph.find(CiId(row.integer(1))));
    return true;
  });
  tx.each("select ci_id, relation, min_up from redundancy_rule where until is null", [&](store::Row&& row) {
    const auto item = graph.find(CiId(row.integer(0)));
    const auto relation = graph.relation(row.text(1));
    if (item && relation) graph.set_min_up(*item, *relation, row.integer(2));
    return true;
  });
}

void load_relationships(store::Transaction& tx, CiGraph& graph) {
  FlatMap<std::int64_t> places(graph.size());
  for (CiIndex i = 0; i < graph.size(); ++i) places.insert(graph.id_of(i).value, i);
  RelationNames names(graph);
  std::vector<Harm> harms;
  tx.each("select from_ci, type, to_ci from relationship where ended_at is null", [&](store::Row&& row) {
    const auto relation = names.find(row.text(1));
    if (!relation) return true;
    const CiIndex from = places.find(row.integer(0)), to = places.find(row.integer(2));
    const bool from_harms = graph.relations()[*relation].from_harms;
    harms.push_back({from_harms ? from : to, from_harms ? to : from, *relation});
    return true;
  });
  graph.load(harms);
}

GraphChanges::Item read_item(store::Transaction& tx, const CiGraph& graph, CiId id) {
  GraphChanges::Item item;
  item.id = id;
  const auto row = tx.query_one("select class, name, stage, merged_into from ci where id = $1", id.value);
  item.there = row.has_value();
  if (!row) return item;
  item.class_name = row->text(0);
  item.name = row->text(1);
  item.retired = row->text(2) == retired_stage;
  item.merged_into = CiId(row->maybe_integer(3).value_or(0));
  for (const store::Row& rule : tx.query(
           "select relation, min_up from redundancy_rule where ci_id = $1 and until is null", id.value)) {
    const auto relation = graph.relation(rule.text(0));
    if (relation) item.min_up.emplace_back(*relation, rule.integer(1));
  }
  return item;
}

// Of a relationship between the same ends by the same type there may be a row a source: it is there while one
// is.
std::optional<GraphChanges::Edge> read_edge(store::Transaction& tx, const CiGraph& graph,
                                            const store::Row& row) {
  const auto relation = graph.relation(row.text(0));
  if (!relation) return std::nullopt;
  const CiId from(row.integer(1)), to(row.integer(2));
  const auto one = tx.query_one(
      "select id from relationship where from_ci = $1 and type = $2 and to_ci = $3 and ended_at is null "
      "limit 1",
      from.value, row.text(0), to.value);
  const bool from_harms = graph.relations()[*relation].from_harms;
  return GraphChanges::Edge{from_harms ? from : to, from_harms ? to : from, *relation, one.has_value()};
}

}  // namespace

CiGraph load_graph(store::Transaction& tx, const ClassCatalog& catalog) {
  CiGraph graph(harm_relations(catalog));
  load_items(tx, graph);
  load_relationships(tx, graph);
  return graph;
}

std::optional<GraphChanges> read_changes(store::Transaction& tx, const CiGraph& graph,
                                         std::span<const FeedEntry> entries) {
  GraphChanges changes;
  std::set<CiId> items;
  bool lost_relationship = false, lost_item = false;
  for (const FeedEntry& entry : entries) {
    if (entry.topic == FeedTopic::item) items.insert(CiId(entry.id));
    if (entry.topic != FeedTopic::relationship) continue;
    const auto row = tx.query_one("select type, from_ci, to_ci from relationship where id = $1", entry.id);
    lost_relationship |= !row;
    const auto edge = row ? read_edge(tx, graph, *row) : std::nullopt;
    if (!edge) continue;
    changes.edges.push_back(*edge);
    if (!graph.find(edge->supplier)) items.insert(edge->supplier);
    if (!graph.find(edge->consumer)) items.insert(edge->consumer);
  }
  for (const CiId id : items) {
    changes.items.push_back(read_item(tx, graph, id));
    lost_item |= !changes.items.back().there;
    const CiId root = changes.items.back().merged_into;
    if (root && !graph.find(root) && !items.contains(root)) return std::nullopt;
  }
  // A purged item takes its relationships with it; a row that goes by itself was ended before.
  if (lost_relationship && !lost_item) return std::nullopt;
  return changes;
}

void apply(CiGraph& graph, const GraphChanges& changes) {
  for (const auto& item : changes.items) {
    if (item.there) {
      graph.put({item.id, item.class_name, item.name, item.retired});
    } else if (const auto place = graph.find(item.id)) {
      graph.drop(*place);
    }
  }
  for (const auto& item : changes.items) {
    const auto place = graph.find(item.id);
    if (!place || !item.there) continue;
    graph.set_merged_into(*place, item.merged_into ? graph.find(item.merged_into) : std::nullopt);
    for (RelationIndex relation = 0; relation < graph.relations().size(); ++relation) {
      const auto rule =
          std::ranges::find(item.min_up, relation, &std::pair<RelationIndex, std::int64_t>::first);
      graph.set_min_up(*place, relation,
                       rule == item.min_up.end() ? std::nullopt : std::optional(rule->second));
    }
  }
  for (const auto& edge : changes.edges) {
    const auto supplier = graph.find(edge.supplier), consumer = graph.find(edge.consumer);
    if (supplier && consumer) graph.set({*supplier, *consumer, edge.relation}, edge.there);
  }
  graph.compact_if_due();
}

}  // namespace censo::cmdb
