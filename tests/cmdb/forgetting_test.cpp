#include "cmdb/forgetting.h"

#include "cmdb/as_of.h"
#include "cmdb/baseline.h"
#include "cmdb/history_rules.h"
#include "tests/cmdb/ingest_fixture.h"

#include <array>

namespace censo::cmdb {
namespace {

using base::Errc;

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1000;

// A server of which little is kept: items 30 days, components 10.
class ForgettingTest : public IngestTest {
 protected:
  ForgettingTest() {
    std::vector<base::EmbeddedFile> files(built_in_schemas().begin(), built_in_schemas().end());
    for (base::EmbeddedFile& file : files) {
      if (file.path == "history.yaml")
        file.content = "classes:\n  server: {keep: 30d, keep_components: 10d}\n";
    }
    catalog = *ClassCatalog::load(files);
    report("12", "1.0");
    begun_ = clock.now();
    report("13", "1.1");
  }
  void report(const std::string& os, const std::string& openssl) {
    take(agent_report("a", ++sequence_,
                      {section("system", attributes({{"os_version", os}})),
                       section("dpkg", {}, {package("openssl", openssl)})}));
  }
  // A whole round, one item a step.
  int forget_after(int days) {
    clock.advance(days * day_ms);
    int steps = 1;
    while (forget_past(tx, catalog, clock.now(), {1, day_ms})) ++steps;
    return steps;
  }
  AsOf then() const { return {catalog, begun_}; }
  CiId ci() { return resolve_ci(tx, "web01")->id; }

  base::TimeMs begun_ = 0;
  std::uint64_t sequence_ = 0;
};

TEST_F(ForgettingTest, WhatIsKeptIsAnswered) {
  forget_after(5);
  EXPECT_EQ(find_ci(tx, ci(), then())->attributes.text("os_version"), "12");
  EXPECT_EQ(components_of(tx, ci(), {}, then())->front().attributes.text("version"), "1.0");
}

TEST_F(ForgettingTest, ComponentsThatAreNotKeptAreRefused) {
  forget_after(11);
  const auto answer = components_of(tx, ci(), {}, then());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::expired);
  EXPECT_EQ(answer.error().reason, "NOT_KEPT");
  EXPECT_EQ(find_ci(tx, ci(), then())->attributes.text("os_version"), "12");
}

TEST_F(ForgettingTest, StatesThatAreNotKeptAreRefused) {
  forget_after(31);
  EXPECT_EQ(find_ci(tx, ci(), then()).error().code, Errc::expired);
  EXPECT_EQ(count("ci_past"), 0);
}

TEST_F(ForgettingTest, TheHorizonItselfIsAnswered) {
  forget_after(31);
  const AsOf horizon{catalog, clock.now() - 30 * day_ms};
  EXPECT_EQ(find_ci(tx, ci(), horizon)->attributes.text("os_version"), "13");
}

TEST_F(ForgettingTest, AListTellsWhatIsNotKept) {
  forget_after(31);
  const auto gone = not_kept_at(tx, begun_);
  ASSERT_EQ(gone.size(), 2u);
  EXPECT_EQ(gone[0].what, "components");
  EXPECT_EQ(gone[1].what, "items");
  EXPECT_TRUE(not_kept_at(tx, clock.now()).empty());
}

TEST_F(ForgettingTest, HistoryGoesWithItButForTheBeginning) {
  forget_after(31);
  const auto entries = history(ci());
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].what, "created");
}

TEST_F(ForgettingTest, ABaselineHoldsThePast) {
  ASSERT_TRUE(make_baseline(tx, clock, {"before upgrade", "", "ana", begun_, {}}));
  forget_after(31);
  EXPECT_EQ(find_ci(tx, ci(), then())->attributes.text("os_version"), "12");
  EXPECT_TRUE(components_of(tx, ci(), {}, then()));
}

TEST_F(ForgettingTest, ARoundGoesThroughAllItemsAndBeginsAgainTheNextDay) {
  take(agent_report("b", 1, {section("system", attributes({{"os_version", "12"}}))}, "web02"));
  EXPECT_EQ(forget_after(1), 3);
  EXPECT_EQ(forget_after(0), 1);
  EXPECT_EQ(forget_after(1), 3);
}

TEST(HistoryRules, AClassOverridesWhatItSays) {
  const std::array files{base::EmbeddedFile{
      "history.yaml",
      "fold_within: 1d\nkeep: forever\nkeep_components: 2y\nclasses:\n  printer: {keep: 6w}\n"}};
  const auto rules = load_history_rules(files);
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->otherwise, (HistoryRule{day_ms, {}, 730 * day_ms}));
  EXPECT_EQ(rules->by_class.at("printer"), (HistoryRule{day_ms, 42 * day_ms, 730 * day_ms}));
}

TEST(HistoryRules, ABadLengthIsRefusedWithItsLine) {
  const std::array files{base::EmbeddedFile{"history.yaml", "fold_within: 7d\nkeep: long\n"}};
  const auto rules = load_history_rules(files);
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().code, Errc::malformed);
  EXPECT_NE(base::to_string(rules.error()).find("2"), std::string::npos);
}

TEST(HistoryRules, AnUnknownKeyIsRefused) {
  const std::array files{base::EmbeddedFile{"history.yaml", "keeps: 7d\n"}};
  EXPECT_FALSE(load_history_rules(files));
}

class BaselineTest : public IngestTest {};

TEST_F(BaselineTest, IsFoundByNameAndId) {
  const auto made = make_baseline(tx, clock, {"before upgrade", "kernel", "ana", clock.now(), {}});
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->whole);
  EXPECT_EQ(find_baseline(tx, "before upgrade")->id, made->id);
  EXPECT_EQ(find_baseline(tx, base::to_text(made->id))->description, "kernel");
}

TEST_F(BaselineTest, ANameIsGivenOnce) {
  ASSERT_TRUE(make_baseline(tx, clock, {"one", "", "ana", clock.now(), {}}));
  EXPECT_EQ(make_baseline(tx, clock, {"one", "", "ana", clock.now(), {}}).error().code, Errc::conflict);
}

TEST_F(BaselineTest, ANameThatIsATimeIsRefused) {
  EXPECT_EQ(make_baseline(tx, clock, {"7d", "", "ana", 0, {}}).error().code, Errc::invalid_argument);
  EXPECT_EQ(make_baseline(tx, clock, {"2026-10-01", "", "ana", 0, {}}).error().code, Errc::invalid_argument);
}

TEST_F(BaselineTest, ASetHasItsItems) {
  const auto made = make_baseline(tx, clock, {"set", "", "ana", clock.now(), {CiId(2), CiId(1), CiId(2)}});
  EXPECT_FALSE(made->whole);
  EXPECT_EQ(items_of_baseline(tx, made->id), (std::vector<CiId>{CiId(1), CiId(2)}));
}

TEST_F(BaselineTest, ADeletedOneIsGone) {
  const auto made = make_baseline(tx, clock, {"set", "", "ana", clock.now(), {CiId(1)}});
  delete_baseline(tx, made->id);
  EXPECT_EQ(find_baseline(tx, "set").error().code, Errc::not_found);
  EXPECT_EQ(count("baseline_item"), 0);
}

}  // namespace
}  // namespace censo::cmdb
