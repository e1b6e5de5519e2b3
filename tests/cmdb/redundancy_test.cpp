#include "cmdb/redundancy.h"

#include "cmdb/change_feed.h"
#include "cmdb/impact.h"
#include "cmdb/impact_graph.h"
#include "cmdb/item_state.h"
#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

class RedundancyRules : public IngestTest {
 protected:
  CiId add(const std::string& class_name, const std::string& name) {
    const CiId id(base::next_id(clock));
    tx.execute(
        "insert into ci (id, class, name, stage, attributes, first_seen, since)"
        " values ($1, $2, $3, 'operate', '{}', $4, $4)",
        id.value, class_name, name, clock.now());
    return id;
  }
  std::int64_t relate(CiId from, const std::string& type, CiId to) {
    const std::int64_t id = base::next_id(clock);
    tx.execute(
        "insert into ci_source (id, origin_id, native_key, ci_id, sequence, content_digest, version, "
        "problems,"
        " first_seen, last_seen) values ($1, 1, '', $2, 1, '', '', '[]', 1, 1)",
        id, from.value);
    tx.execute(
        "insert into relationship (id, type, from_ci, to_ci, source_id, section, evidence, first_seen)"
        " values ($1, $2, $3, $4, $1, 'seed', '{}', $5)",
        id, type, from.value, to.value, clock.now());
    return id;
  }
  void set(std::int64_t min_up) {
    ASSERT_TRUE(set_redundancy(tx, {catalog, clock, "ana"}, {web, "contains", min_up, 0, ""}));
  }
  // "name verdict reason" of each.
  std::vector<std::string> harmed_by_left(Moment at = {}) {
    std::vector<std::string> lines;
    ImpactQuestion question{{left}};
    question.at = at;
    for (const auto& item : impact(tx, {graph, catalog}, question).items) {
      lines.push_back(item.name + " " + std::string(name_of(item.verdict)) + ": " + item.reason);
    }
    return lines;
  }

  using Lines = std::vector<std::string>;
  ImpactGraph graph{clock};
  const std::int64_t origin =
      tx.execute("insert into origin (id, kind, native_id) values (1, 'agent', 'seed')");
  const CiId left = add("rack", "left"), right = add("rack", "right"), web = add("server", "web"),
             app = add("web_server", "nginx");
  const std::int64_t left_link = relate(left, "contains", web), right_link = relate(right, "contains", web),
                     app_link = relate(app, "runs_on", web);
};

TEST_F(RedundancyRules, ChangeTheVerdictAtOnce) {
  EXPECT_EQ(harmed_by_left(), (Lines{"web down: is contained by left", "nginx down: runs on web"}));
  set(1);
  EXPECT_EQ(harmed_by_left(), (Lines{"web degraded: is contained by left: 1 of 2 down, needs 1",
                                     "nginx degraded: runs on web (degraded)"}));
}

TEST_F(RedundancyRules, HoldAsOfTheirTime) {
  clock.advance(1'000);
  const base::TimeMs before = clock.now();
  clock.advance(1'000);
  set(1);
  EXPECT_EQ(harmed_by_left(before).at(0), "web down: is contained by left");
  EXPECT_EQ(harmed_by_left(clock.now()).at(0), "web degraded: is contained by left: 1 of 2 down, needs 1");
}

TEST_F(RedundancyRules, EndWhenTheyAreTakenAway) {
  set(1);
  clock.advance(1'000);
  const base::TimeMs with = clock.now();
  clock.advance(1'000);
  ASSERT_TRUE(remove_redundancy(tx, {catalog, clock, "ana"}, web, "contains"));
  EXPECT_EQ(harmed_by_left().at(0), "web down: is contained by left");
  EXPECT_EQ(harmed_by_left(with).at(0), "web degraded: is contained by left: 1 of 2 down, needs 1");
}

TEST_F(RedundancyRules, ARuleSetTwiceInOneMillisecondIsTheLaterOne) {
  set(1);
  set(2);
  EXPECT_EQ(redundancy_of(tx, web).at(0).min_up, 2);
  EXPECT_EQ(count("redundancy_rule"), 1);
}

TEST_F(RedundancyRules, TheSameRuleAgainChangesNothing) {
  set(1);
  const auto entries = count("history");
  clock.advance(1'000);
  set(1);
  EXPECT_EQ(count("history"), entries);
}

TEST_F(RedundancyRules, PastStagesAndEndsAreThoseOfThen) {
  clock.advance(1'000);
  const base::TimeMs before = clock.now();
  clock.advance(1'000);
  FeedWriter feed;
  ItemState state = *state_of(tx, app);
  state.stage = "retired";
  change_state(tx, {catalog, clock.now(), feed}, app, state);
  tx.execute("update relationship set ended_at = $2 where id = $1", right_link, clock.now());
  clock.advance(1'000);
  EXPECT_EQ(harmed_by_left(before).size(), 2U);
  EXPECT_EQ(harmed_by_left(clock.now()), Lines{"web down: is contained by left"});
}

TEST_F(RedundancyRules, PastMergesAreThoseOfThen) {
  const CiId twin = add("server", "web-twin");
  const CiId other = add("web_server", "apache");
  relate(other, "runs_on", twin);
  clock.advance(1'000);
  const base::TimeMs before = clock.now();
  clock.advance(1'000);
  FeedWriter feed;
  ItemState state = *state_of(tx, twin);
  state.merged_into = web;
  change_state(tx, {catalog, clock.now(), feed}, twin, state);
  clock.advance(1'000);
  EXPECT_EQ(harmed_by_left(before).size(), 2U);
  EXPECT_EQ(harmed_by_left(clock.now()).size(), 3U);
}

TEST_F(RedundancyRules, UpstreamTellsWhatASingleFailureDoes) {
  set(1);
  std::vector<std::string> lines;
  const ImpactQuestion question{{app}, Direction::upstream};
  for (const auto& item : impact(tx, {graph, catalog}, question).items) {
    lines.push_back(item.name + " " + std::string(name_of(item.verdict)) + ": " + item.reason);
  }
  EXPECT_EQ(lines, (Lines{"web down: runs nginx", "left degraded: contains web: needs 1 of 2",
                          "right degraded: contains web: needs 1 of 2"}));
}

}  // namespace
}  // namespace censo::cmdb
