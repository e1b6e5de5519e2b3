#include "cmdb/impact_graph.h"

#include "cmdb/change_feed.h"
#include "cmdb/ci_graph_load.h"
#include "cmdb/editor.h"
#include "cmdb/impact.h"
#include "cmdb/item_state.h"
#include "cmdb/purge.h"
#include "cmdb/redundancy.h"
#include "tests/cmdb/ingest_fixture.h"
#include "tests/cmdb/seeded_database.h"

#include <atomic>
#include <random>
#include <set>
#include <thread>

namespace censo::cmdb {
namespace {

// Everything that a graph says, by ids: two that say the same are equal, however they came about.
std::multiset<std::string> told_by(const CiGraph& graph) {
  std::multiset<std::string> lines;
  for (CiIndex item = 0; item < graph.size(); ++item) {
    if (!graph.known(item)) continue;
    const std::string id = base::to_text(graph.id_of(item));
    lines.insert(id + " " + graph.class_of(item) + " " + std::string(graph.name_of(item)) +
                 (graph.retired(item) ? " retired" : "") + " of " +
                 base::to_text(graph.id_of(graph.root_of(item))));
    const auto step = [&](const char* way) {
      return [&lines, &graph, id, way](CiIndex other, RelationIndex relation) {
        lines.insert(id + way + graph.relations()[relation].name + " " + base::to_text(graph.id_of(other)));
      };
    };
    graph.each_consumer(item, step(" harms by "));
    graph.each_supplier(item, step(" needs by "));
    for (RelationIndex relation = 0; relation < graph.relations().size(); ++relation) {
      const auto min_up = graph.min_up_of(item, relation);
      if (min_up) lines.insert(id + " rule " + graph.relations()[relation].name + std::to_string(*min_up));
    }
  }
  return lines;
}

// Hosts that report services and uplinks, and people who retire, merge and set rules; every act by its real
// way.
class FollowedGraph : public IngestTest {
 protected:
  inventory::Report host_report(int host, const std::vector<int>& services) {
    inventory::Section found{"services", true, "", {}, {}, {}};
    for (const int service : services) {
      const std::string name = "svc" + std::to_string(service);
      found.items.push_back(item("generic_service", attributes({{"instance", name}}), name));
      found.relationships.push_back({"runs_on", name, "self", {}});
    }
    const std::string name = "host" + std::to_string(host);
    return agent_report(name, static_cast<std::uint64_t>(++sequence), {std::move(found)}, name);
  }
  std::vector<CiId> items() {
    std::vector<CiId> found;
    for (const store::Row& row : tx.query("select id from ci order by id"))
      found.emplace_back(row.integer(0));
    return found;
  }
  void change(CiId ci, const std::function<void(ItemState&)>& how) {
    FeedWriter feed;
    ItemState state = *state_of(tx, ci);
    how(state);
    change_state(tx, {catalog, clock.now(), feed}, ci, state);
    feed.write(tx, clock);
  }
  bool equals_a_fresh_load() {
    bool equal = false;
    graph.read(tx, catalog, [&](const CiGraph& followed) {
      equal = told_by(followed) == told_by(load_graph(tx, catalog));
    });
    return equal;
  }
  int below(std::size_t most) { return static_cast<int>(random() % most); }
  void act_at_random();

  ImpactGraph graph{clock};
  std::mt19937 random{7};
  int sequence = 0;
};

void FollowedGraph::act_at_random() {
  const auto all = items();
  const auto one = [&] { return all[static_cast<std::size_t>(below(all.size()))]; };
  switch (below(6)) {
    case 0: return change(one(), [&](ItemState& state) { state.stage = below(2) ? "retired" : "operate"; });
    case 1: return change(one(), [&](ItemState& state) { state.name += "x"; });
    case 2: {
      const CiId item = one(), root = one();
      return change(item, [&](ItemState& state) { state.merged_into = root < item ? root : CiId(); });
    }
    case 3: {
      const CiId item = one();
      const RuleChange change{catalog, clock, "ana"};
      if (below(3) > 0) {
        // Services only: nothing supplies a host by this relation.
        const bool may = catalog.is_a(state_of(tx, item)->class_name, "software_runtime");
        EXPECT_EQ(set_redundancy(tx, change, {item, "runs_on", below(3), 0, ""}).has_value(), may);
      } else {
        [[maybe_unused]] const auto removed = remove_redundancy(tx, change, item, "runs_on");
      }
      return;
    }
    default: {
      std::vector<int> services;
      for (int service = 0; service < 6; ++service) {
        if (below(2) > 0) services.push_back(service);
      }
      take(host_report(below(8), services));
    }
  }
}

TEST_F(FollowedGraph, EqualsAFreshLoadAfterEveryRandomAct) {
  take(host_report(0, {1, 2}));
  std::string differing;
  for (int act = 0; act < 300; ++act) {
    act_at_random();
    if (!equals_a_fresh_load()) differing += std::to_string(act) + " ";
  }
  EXPECT_EQ(differing, "");
}

TEST_F(FollowedGraph, EqualsAFreshLoadAfterManyActsAtOnce) {
  take(host_report(0, {1, 2}));
  ASSERT_TRUE(equals_a_fresh_load());
  for (int act = 0; act < 200; ++act) act_at_random();
  EXPECT_TRUE(equals_a_fresh_load());
}

TEST_F(FollowedGraph, IsNotLoadedAnewForAChange) {
  take(host_report(0, {1, 2}));
  ASSERT_TRUE(equals_a_fresh_load());
  take(host_report(0, {1, 3}));
  connection.statements.clear();
  graph.read(tx, catalog, [](const CiGraph&) {});
  EXPECT_EQ(
      std::ranges::count_if(connection.statements,
                            [](const std::string& sql) { return sql.find("from ci order by") != sql.npos; }),
      0);
}

TEST_F(FollowedGraph, IsLoadedAnewWhenTheFeedWasPruned) {
  take(host_report(0, {1}));
  ASSERT_TRUE(equals_a_fresh_load());
  take(host_report(1, {1}));
  clock.advance(base::TimeMs{3} * 24 * 3'600'000);
  prune_feed(tx, clock.now());
  EXPECT_TRUE(equals_a_fresh_load());
}

TEST_F(FollowedGraph, APurgedItemIsGone) {
  const CiId host = take(host_report(0, {})).ci;
  ASSERT_TRUE(equals_a_fresh_load());
  ASSERT_TRUE(purge_item(tx, Editor{catalog, clock, "ana"}, host, "sold"));
  EXPECT_TRUE(equals_a_fresh_load());
}

TEST_F(FollowedGraph, TwoSourcesOfOneRelationshipAreOneEdgeUntilBothEnd) {
  take(host_report(0, {1}));
  const auto row = tx.query_one("select id, from_ci, to_ci, source_id from relationship");
  const std::int64_t second = base::next_id(clock);
  const auto tell = [&](std::int64_t id) {
    FeedWriter feed;
    feed.add(FeedTopic::relationship, id);
    feed.write(tx, clock);
  };
  tx.execute(
      "insert into relationship (id, type, from_ci, to_ci, source_id, section, evidence, first_seen)"
      " values ($1, 'runs_on', $2, $3, $4, 'other', '{}', 1)",
      second, row->integer(1), row->integer(2), row->integer(3));
  tell(second);
  ASSERT_TRUE(equals_a_fresh_load());
  tx.execute("update relationship set ended_at = 2 where id = $1", second);
  tell(second);
  const Impact with_one = impact(tx, {graph, catalog}, {{CiId(row->integer(2))}});
  EXPECT_EQ(with_one.items.size(), 1U);
  tx.execute("update relationship set ended_at = 2 where id = $1", row->integer(0));
  tell(row->integer(0));
  EXPECT_TRUE(impact(tx, {graph, catalog}, {{CiId(row->integer(2))}}).items.empty());
}

TEST_F(FollowedGraph, LoadingTheRelationshipsReadsAnIndexOnce) {
  if (test::on_postgres()) GTEST_SKIP() << "plans are compared on SQLite";
  const auto plan =
      tx.query("explain query plan select to_ci, type, from_ci from relationship where ended_at is null");
  EXPECT_EQ(plan.at(0).text(3), "SCAN relationship USING COVERING INDEX relationship_to");
}

TEST(GraphCompaction, KeepsEverything) {
  CiGraph graph({{"feeds", true, {}}});
  std::vector<Harm> harms;
  for (CiIndex item = 0; item < 1'300; ++item)
    graph.put({CiId(item + 1), "server", std::to_string(item), false});
  for (CiIndex item = 0; item + 50 < 1'300; ++item) {
    for (CiIndex step = 1; step < 50; ++step) harms.push_back({item, item + step, 0});
  }
  graph.load({});
  for (const Harm& harm : harms) graph.set(harm, true);
  const auto before = told_by(graph);
  const std::size_t loose_bytes = graph.bytes();
  graph.compact_if_due();
  EXPECT_EQ(told_by(graph), before);
  EXPECT_LT(graph.bytes(), loose_bytes);
  EXPECT_EQ(graph.relationships(), harms.size());
}

TEST(GraphIds, ThatComeLateAreFound) {
  CiGraph graph({});
  const CiIndex second = graph.put({CiId(20), "server", "b", false}),
                first = graph.put({CiId(10), "server", "a", false}),
                third = graph.put({CiId(30), "server", "c", false});
  EXPECT_EQ(graph.find(CiId(10)), first);
  EXPECT_EQ(graph.find(CiId(20)), second);
  EXPECT_EQ(graph.find(CiId(30)), third);
  EXPECT_EQ(graph.find(CiId(15)), std::nullopt);
  EXPECT_EQ(graph.put({CiId(10), "server", "renamed", false}), first);
  EXPECT_EQ(graph.name_of(first), "renamed");
}

// A writer that adds services to a host while others ask: each answer has all that was committed before the
// question.
TEST(GraphThreads, EveryAnswerHasWhatWasCommittedBefore) {
  SeededDatabase db;
  const ClassCatalog catalog = ClassCatalog::load(built_in_schemas()).value();
  const CiId host = db.add_ci("server", "host");
  ImpactGraph graph(db.clock());
  std::atomic<std::size_t> committed = 0, too_few = 0, asked = 0;
  std::atomic<bool> done = false;
  const auto ask = [&] {
    do {
      const std::size_t at_least = committed;
      std::size_t found = 0;
      const auto read = db.database().read([&](store::Transaction& tx) -> store::Outcome {
        found = impact(tx, {graph, catalog}, {{host}}).items.size();
        return {};
      });
      ++asked;
      if (!read || found < at_least) ++too_few;
    } while (!done);
  };
  {
    std::jthread first(ask), second(ask);
    for (std::size_t i = 0; i < 60; ++i) {
      const CiId service = db.add_ci("web_server", "svc" + std::to_string(i));
      const std::int64_t id = db.relate(service, "runs_on", host);
      db.write([&](store::Transaction& tx) {
        FeedWriter feed;
        feed.add(FeedTopic::item, service.value);
        feed.add(FeedTopic::relationship, id);
        feed.write(tx, db.clock());
      });
      committed = i + 1;
    }
    done = true;
  }
  EXPECT_EQ(too_few, 0U);
  EXPECT_GE(asked, 2U);
}

}  // namespace
}  // namespace censo::cmdb
