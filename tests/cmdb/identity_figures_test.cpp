// Figures of identification: service-desk rules 78 and 79.
#include "cmdb/identity_figures.h"
#include "cmdb/merge.h"
#include "tests/cmdb/seeded_database.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

using base::Errc;

class IdentityFigures : public testing::Test {
 protected:
  std::int64_t decide(CiId ci, std::string_view outcome, std::string_view rule) {
    const auto id = base::next_id(db.clock());
    db.write([&](store::Transaction& tx) {
      tx.execute(
          "insert into identification (id, ci_id, at, outcome, rule, score, explanation) "
          "values ($1, $2, $3, $4, $5, 11.5, '{}')",
          id, ci.value, db.clock().now(), outcome, rule);
    });
    return id;
  }
  FigureTime time() { return {begun, db.clock().now() + 1}; }
  Figure figure(std::string_view name) {
    Figure found;
    db.write([&](store::Transaction& tx) {
      for (const auto& one : identity_figures(tx, time(), db.clock().now()))
        if (one.name == name) found = one;
    });
    return found;
  }
  base::Result<Page<CountedDecision>> behind(std::string_view name, const PageRequest& page = {}) {
    base::Result<Page<CountedDecision>> found = base::fail(Errc::unavailable, "not asked");
    db.write([&](store::Transaction& tx) { found = decisions_of_figure(tx, name, time(), page); });
    return found;
  }
  std::size_t draw(std::size_t size) {
    std::size_t drawn = 0;
    db.write([&](store::Transaction& tx) {
      drawn = draw_audit_sample(tx, time(), size, {"mia", db.clock().now()});
    });
    return drawn;
  }
  base::Result<CountedDecision> judge(std::int64_t id, std::string_view verdict, const std::string& reason) {
    base::Result<CountedDecision> judged = base::fail(Errc::unavailable, "not asked");
    db.write([&](store::Transaction& tx) {
      judged = judge_link(tx, base::id_to_text(id), verdict, reason, {"mia", db.clock().now()});
    });
    return judged;
  }
  void merge(CiId ci, CiId into, const std::string& actor) {
    db.write([&](store::Transaction& tx) {
      ASSERT_TRUE(merge_item(tx, catalog, db.clock(), {ci, into}, {actor, "the same", db.clock().now()}));
    });
  }

  SeededDatabase db;
  const ClassCatalog catalog = ClassCatalog::load(built_in_schemas()).value();
  const base::TimeMs begun = db.clock().now();
  const CiId web01 = db.add_ci("server", "web01"), web02 = db.add_ci("server", "web02");
};

TEST_F(IdentityFigures, Rule78LinksByWhatMadeThem) {
  decide(web01, "new", "no_match");
  decide(web01, "linked", "key");
  decide(web01, "linked", "score");
  decide(web02, "merged", "duplicates");
  decide(web02, "linked", "person");
  EXPECT_EQ(figure("links.rule").items, 1U);
  EXPECT_EQ(figure("links.score").items, 2U);
  EXPECT_EQ(figure("links.person").items, 1U);
  EXPECT_EQ(figure("links.person").of, 4U);
  EXPECT_EQ(behind("links.rule").value().rows.at(0).name, "web01");
}

TEST_F(IdentityFigures, Rule78AMergeByAPersonIsOneLink) {
  merge(web02, web01, "person ana");
  decide(web02, "merged", "person");  // of the review that it decided
  EXPECT_EQ(figure("links.person").items, 1U);
  EXPECT_EQ(behind("links.person").value().rows.size(), 1U);
}

TEST_F(IdentityFigures, Rule78ReviewsPendingAndHowLong) {
  db.write([&](store::Transaction& tx) {
    tx.execute(
        "insert into review (id, ci_id, other_ci_id, kind, state, score, evidence, explanation, at) "
        "values ($1, $2, $3, 'score', 'open', 7.0, '', '{}', $4)",
        base::next_id(db.clock()), web01.value, web02.value, db.clock().now());
  });
  db.advance_ms(60'000);
  const auto pending = figure("reviews_pending");
  EXPECT_EQ(pending.items, 1U);
  EXPECT_EQ(pending.values.at(0), (std::pair<std::string, double>("p50_s", 60)));
  const auto row = behind("reviews_pending").value().rows.at(0);
  EXPECT_EQ(row.other_name, "web02");
  EXPECT_EQ(row.by, "open");
}

TEST_F(IdentityFigures, Rule78UnmergesOfThatTime) {
  merge(web02, web01, "rule boot_ids");
  EXPECT_EQ(figure("unmerges").items, 0U);
  db.write([&](store::Transaction& tx) {
    ASSERT_TRUE(unmerge_item(tx, catalog, db.clock(), web02, {"person ana", "two", db.clock().now()}));
  });
  EXPECT_EQ(figure("unmerges").items, 1U);
  const auto row = behind("unmerges").value().rows.at(0);
  EXPECT_EQ(row.name, "web02");
  EXPECT_EQ(row.by, "person ana");
  EXPECT_EQ(row.reason, "two");
}

TEST_F(IdentityFigures, Rule78PrecisionIsToldFromTheAuditedSample) {
  for (int i = 0; i < 9; ++i) decide(web01, "linked", "score");
  decide(web02, "linked", "person");
  EXPECT_EQ(draw(4), 4U);
  EXPECT_EQ(draw(100), 5U) << "people's links are not drawn, nor any twice";
  EXPECT_EQ(draw(100), 0U);
  EXPECT_TRUE(figure("precision").values.empty());
  const auto drawn = behind("to_audit").value().rows;
  ASSERT_EQ(drawn.size(), 9U);
  for (std::size_t i = 0; i < 8; ++i) judge(drawn[i].id, i == 0 ? "wrong" : "right", "seen").value();
  const auto precision = figure("precision");
  EXPECT_EQ(precision.items, 7U);
  EXPECT_EQ(precision.of, 8U);
  EXPECT_EQ(precision.values.at(0).second, 87.5);
  EXPECT_NEAR(precision.values.at(1).second, 52.9, 0.1);
  EXPECT_NEAR(precision.values.at(2).second, 97.8, 0.1);
  EXPECT_EQ(figure("to_audit").items, 1U);
  EXPECT_EQ(behind("precision.wrong").value().rows.at(0).reason, "seen");
}

TEST_F(IdentityFigures, AVerdictNeedsADrawnLinkAndWhatIsWrong) {
  const auto link = decide(web01, "linked", "score");
  EXPECT_EQ(judge(link, "right", "").error().code, Errc::not_found);
  draw(1);
  EXPECT_EQ(judge(link, "perhaps", "").error().where, "verdict");
  EXPECT_EQ(judge(link, "wrong", " ").error().where, "reason");
  EXPECT_EQ(judge(link, "right", "").value().verdict, "right");
}

TEST_F(IdentityFigures, Rule79EveryFigureHasItsListPageByPage) {
  decide(web01, "linked", "key");
  decide(web02, "linked", "key");
  merge(web02, web01, "person ana");
  draw(1);
  std::vector<Figure> all;
  db.write([&](store::Transaction& tx) { all = identity_figures(tx, time(), db.clock().now()); });
  for (const auto& one : all) EXPECT_EQ(behind(one.name).value().rows.size(), one.items) << one.name;
  const auto first = behind("links.rule", {1, ""}).value();
  EXPECT_EQ(first.rows.at(0).ci, web02);
  EXPECT_EQ(behind("links.rule", {1, first.next}).value().rows.at(0).ci, web01);
}

TEST_F(IdentityFigures, AnUnknownFigureIsNotFound) {
  EXPECT_EQ(behind("beauty").error().code, Errc::not_found);
}

}  // namespace
}  // namespace censo::cmdb
