#include "cmdb/ci_graph_load.h"

#include "cmdb/flat_map.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

namespace censo::cmdb {
namespace {

constexpr std::string_view retired_stage = "retired";
constexpr std::size_t most_followed = 20'000;  // and a twentieth of the items: beyond it a load costs less

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
  const std::string_view rules =
      "select ci_id, relation, min_up from redundancy_rule where until is null order by ci_id, relation";
  tx.each(rules, [&](store::Row&& row) {
    const auto item = graph.find(CiId(row.integer(0)));
    const auto relation = graph.relation(row.text(1));
    if (item && relation) graph.set_min_up(*item, *relation, row.integer(2));
    return true;
  });
}

// Rows of relationships on their way to places in the graph. The places of neighbours lie anywhere in a table
// larger than the processor's caches: asked for a block at a time, they come together.
class HarmReader {
 public:
  explicit HarmReader(const CiGraph& graph) : graph_(graph), places_(graph.size()) {
    for (CiIndex i = 0; i < graph.size(); ++i) places_.insert(graph.id_of(i).value, i);
  }
  void take(RelationIndex relation, std::int64_t from, std::int64_t to) {
    const bool from_harms = graph_.relations()[relation].from_harms;
    const Waiting row = from_harms ? Waiting{from, to, relation} : Waiting{to, from, relation};
    places_.prefetch(row.supplier);
    places_.prefetch(row.consumer);
    waiting_[count_++] = row;
    if (count_ == waiting_.size()) settle();
  }
  std::vector<Harm> harms() && {
    settle();
    return std::move(harms_);
  }

 private:
  struct Waiting {
    std::int64_t supplier = 0, consumer = 0;
    RelationIndex relation = 0;
  };
  void settle() {
    for (const Waiting& row : std::span(waiting_).first(count_)) {
      harms_.push_back({places_.find(row.supplier), places_.find(row.consumer), row.relation});
    }
    count_ = 0;
  }

  const CiGraph& graph_;
  FlatMap<std::int64_t> places_;
  std::array<Waiting, 128> waiting_;
  std::size_t count_ = 0;
  std::vector<Harm> harms_;
};

std::vector<Harm> read_harms(store::Transaction& tx, const CiGraph& graph) {
  RelationNames names(graph);
  HarmReader reader(graph);
  // All four columns stand in the index relationship_to.
  tx.each("select to_ci, type, from_ci from relationship where ended_at is null", [&](store::Row&& row) {
    const auto relation = names.find(row.text(1));
    if (relation) reader.take(*relation, row.integer(2), row.integer(0));
    return true;
  });
  return std::move(reader).harms();
}

GraphChanges::Edge edge_of(const CiGraph& graph, RelationIndex relation, CiId from, CiId to) {
  const bool from_harms = graph.relations()[relation].from_harms;
  return {from_harms ? from : to, from_harms ? to : from, relation};
}

// What is read of the tables for what the feed tells.
class ChangeReader {
 public:
  ChangeReader(store::Transaction& tx, const CiGraph& graph) : tx_(tx), graph_(graph) {}

  std::optional<GraphChanges> read(std::span<const FeedEntry> entries) {
    for (const FeedEntry& entry : entries) {
      if (entry.topic == FeedTopic::item) want(CiId(entry.id));
    }
    for (std::size_t at = 0; at < wanted_.size(); ++at) read_item(wanted_[at]);
    for (const FeedEntry& entry : entries) {
      if (entry.topic == FeedTopic::relationship) read_relationship(entry.id);
    }
    // Ends of relationships that the feed did not tell of.
    for (std::size_t at = changes_.items.size(); at < wanted_.size(); ++at) read_item(wanted_[at]);
    // A purged item takes its relationships with it; a row that goes by itself was ended before.
    if (lost_relationship_ && !lost_item_) return std::nullopt;
    return std::move(changes_);
  }

 private:
  void want(CiId id) {
    if (known_.insert(id).second) wanted_.push_back(id);
  }
  void want_if_new(CiId id) {
    if (!graph_.find(id)) want(id);
  }

  void read_item(CiId id) {
    GraphChanges::Item item;
    item.id = id;
    const auto row = tx_.query_one("select class, name, stage, merged_into from ci where id = $1", id.value);
    item.there = row.has_value();
    lost_item_ |= !item.there;
    if (row) {
      item.class_name = row->text(0);
      item.name = row->text(1);
      item.retired = row->text(2) == retired_stage;
      item.merged_into = CiId(row->maybe_integer(3).value_or(0));
      if (item.merged_into) want_if_new(item.merged_into);
      read_rules(item);
      read_edges(item);
    }
    changes_.items.push_back(std::move(item));
  }

  void read_rules(GraphChanges::Item& item) {
    for (const store::Row& rule :
         tx_.query("select relation, min_up from redundancy_rule where ci_id = $1 and until is null",
                   item.id.value)) {
      const auto relation = graph_.relation(rule.text(0));
      if (relation) item.min_up.emplace_back(*relation, rule.integer(1));
    }
  }

  void read_edges(GraphChanges::Item& item) {
    const auto see = [&](store::Row&& row) {
      const auto relation = graph_.relation(row.text(0));
      if (!relation) return true;
      item.edges.push_back(edge_of(graph_, *relation, CiId(row.integer(1)), CiId(row.integer(2))));
      want_if_new(item.edges.back().supplier);
      want_if_new(item.edges.back().consumer);
      return true;
    };
    tx_.each("select type, from_ci, to_ci from relationship where from_ci = $1 and ended_at is null", see,
             item.id.value);
    tx_.each("select type, from_ci, to_ci from relationship where to_ci = $1 and ended_at is null", see,
             item.id.value);
  }

  // Between the same ends by the same type there may be a row a source: it is there while one of them is.
  void read_relationship(std::int64_t id) {
    const auto row = tx_.query_one("select type, from_ci, to_ci from relationship where id = $1", id);
    lost_relationship_ |= !row;
    const auto relation = row ? graph_.relation(row->text(0)) : std::nullopt;
    if (!relation) return;
    const CiId from(row->integer(1)), to(row->integer(2));
    if (known_.contains(from) || known_.contains(to)) return;
    want_if_new(from);
    want_if_new(to);
    const auto one = tx_.query_one(
        "select id from relationship where from_ci = $1 and type = $2 and to_ci = $3 and ended_at is null"
        " limit 1",
        from.value, row->text(0), to.value);
    changes_.edges.emplace_back(edge_of(graph_, *relation, from, to), one.has_value());
  }

  store::Transaction& tx_;
  const CiGraph& graph_;
  GraphChanges changes_;
  std::set<CiId> known_;  // those in wanted_
  std::vector<CiId> wanted_;
  bool lost_relationship_ = false, lost_item_ = false;
};

void set(CiGraph& graph, const GraphChanges::Edge& edge, bool there) {
  const auto supplier = graph.find(edge.supplier), consumer = graph.find(edge.consumer);
  if (supplier && consumer) graph.set({*supplier, *consumer, edge.relation}, there);
}

void apply_edges(CiGraph& graph, CiIndex place, const GraphChanges::Item& item) {
  const std::set<GraphChanges::Edge> wanted(item.edges.begin(), item.edges.end());
  for (const Harm& harm : graph.harms_of(place)) {
    if (!wanted.contains({graph.id_of(harm.supplier), graph.id_of(harm.consumer), harm.relation})) {
      graph.set(harm, false);
    }
  }
  for (const GraphChanges::Edge& edge : wanted) set(graph, edge, true);
}

void apply_rules(CiGraph& graph, CiIndex place, const GraphChanges::Item& item) {
  for (RelationIndex relation = 0; relation < graph.relations().size(); ++relation) {
    const auto rule =
        std::ranges::find(item.min_up, relation, &std::pair<RelationIndex, std::int64_t>::first);
    graph.set_min_up(place, relation, rule == item.min_up.end() ? std::nullopt : std::optional(rule->second));
  }
}

}  // namespace

CiGraph load_graph(store::Transaction& tx, const ClassCatalog& catalog) {
  CiGraph graph(harm_relations(catalog));
  load_items(tx, graph);
  graph.load(read_harms(tx, graph));
  return graph;
}

std::optional<GraphChanges> read_changes(store::Transaction& tx, const CiGraph& graph,
                                         std::span<const FeedEntry> entries) {
  if (entries.size() > most_followed + graph.size() / 20) return std::nullopt;
  return ChangeReader(tx, graph).read(entries);
}

void apply(CiGraph& graph, const GraphChanges& changes) {
  for (const auto& item : changes.items) {
    if (item.there) graph.put({item.id, item.class_name, item.name, item.retired});
  }
  for (const auto& item : changes.items) {
    const auto place = graph.find(item.id);
    if (!place) continue;
    if (!item.there) graph.drop(*place);
    graph.set_merged_into(*place, item.merged_into ? graph.find(item.merged_into) : std::nullopt);
    apply_rules(graph, *place, item);
    apply_edges(graph, *place, item);
  }
  for (const auto& [edge, there] : changes.edges) set(graph, edge, there);
  graph.compact_if_due();
}

}  // namespace censo::cmdb
