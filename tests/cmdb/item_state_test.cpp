#include "cmdb/item_state.h"

#include "cmdb/change_feed.h"
#include "tests/cmdb/ingest_fixture.h"
#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

namespace censo::cmdb {
namespace {

// An item that is there since 1000.
class ItemStateTest : public testing::Test {
 protected:
  ItemStateTest() {
    tx.execute(
        "insert into ci (id, class, name, stage, attributes, first_seen, since)"
        " values (1, 'server', 'web', 'operate', '{}', 1000, 1000)");
  }
  void change(base::TimeMs now, const std::function<void(ItemState&)>& how) {
    ItemState state = *state_of(tx, ci);
    how(state);
    change_state(tx, {catalog, now, feed}, ci, state);
  }
  std::int64_t past_states() { return tx.query_one("select count(*) from ci_past")->integer(0); }

  const CiId ci{1};
  ClassCatalog catalog = *ClassCatalog::load(built_in_schemas());
  std::unique_ptr<store::Connection> connection = test::open_connection();
  store::Transaction tx{*connection};
  FeedWriter feed;
};

TEST_F(ItemStateTest, NothingIsKnownBeforeItWasThere) {
  EXPECT_FALSE(state_of(tx, ci, 999));
  EXPECT_EQ(state_of(tx, ci, 1000)->name, "web");
}

TEST_F(ItemStateTest, WhatItWasIsKeptUntilTheChange) {
  change(2000, [](ItemState& state) { state.name = "web01"; });
  change(3000, [](ItemState& state) { state.stage = "retired"; });
  EXPECT_EQ(state_of(tx, ci, 1999)->name, "web");
  EXPECT_EQ(state_of(tx, ci, 2000)->name, "web01");
  EXPECT_EQ(state_of(tx, ci, 2999)->stage, "operate");
  EXPECT_EQ(state_of(tx, ci, 3000)->stage, "retired");
}

TEST_F(ItemStateTest, AnAttributeOfThePastHasItsOldValue) {
  change(2000, [](ItemState& state) { state.attributes.set("os_version", "12"); });
  change(3000, [](ItemState& state) { state.attributes.set("os_version", "13"); });
  EXPECT_EQ(state_of(tx, ci, 2500)->attributes.text("os_version"), "12");
  EXPECT_EQ(state_of(tx, ci)->attributes.text("os_version"), "13");
}

TEST_F(ItemStateTest, TheSameStateWritesNothing) {
  change(2000, [](ItemState&) {});
  EXPECT_EQ(past_states(), 0);
}

TEST_F(ItemStateTest, AnOperationalAttributeLeavesNoPast) {
  change(2000, [](ItemState& state) { state.attributes.set("boot_id", "a"); });
  EXPECT_EQ(past_states(), 0);
  EXPECT_EQ(state_of(tx, ci)->attributes.text("boot_id"), "a");
}

TEST_F(ItemStateTest, TwoChangesInOneMillisecondAreOne) {
  change(2000, [](ItemState& state) { state.name = "a"; });
  change(2000, [](ItemState& state) { state.name = "b"; });
  EXPECT_EQ(past_states(), 1);
  EXPECT_EQ(state_of(tx, ci, 2000)->name, "b");
}

TEST_F(ItemStateTest, AClockThatGoesBackDoesNotReorderThePast) {
  change(3000, [](ItemState& state) { state.name = "a"; });
  change(2000, [](ItemState& state) { state.name = "b"; });
  EXPECT_EQ(state_of(tx, ci, 1500)->name, "web");
  EXPECT_EQ(state_of(tx, ci, 3000)->name, "b");
}

TEST_F(ItemStateTest, APlaceInTheGraphIsTold) {
  change(2000, [](ItemState& state) { state.stage = "retired"; });
  feed.write(tx, base::ManualClock(2000));
  EXPECT_EQ(tx.query_one("select count(*) from change_feed")->integer(0), 1);
}

}  // namespace
}  // namespace censo::cmdb
