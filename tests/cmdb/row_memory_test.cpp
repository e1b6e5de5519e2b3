#include "cmdb/class_catalog.h"
#include "cmdb/component_store.h"
#include "cmdb/exact_time.h"

#include "cmdb/store/database.h"
#include "inventory/item_text.h"

#include <gtest/gtest.h>

namespace censo::cmdb {
namespace {

class RowMemoryTest : public testing::Test {
 protected:
  RowIds ids_of(const std::vector<RowText>& rows) { return ids_of_rows(tx, rows, clock, &memory); }
  void commit() {
    for (const auto& step : tx.take_after_commit()) step();
  }

  base::ManualClock clock{1'900'000'000'000};
  std::unique_ptr<store::Connection> connection = store::open_connection(":memory:");
  store::Transaction tx{*connection};
  RowMemory memory;
};

const std::vector<RowText> two_rows{{"software_package", R"({"name":"a"})"},
                                    {"software_package", R"({"name":"b"})"}};

TEST_F(RowMemoryTest, KnowsARowOnceItsCommitIsDurable) {
  const auto ids = ids_of(two_rows);
  EXPECT_FALSE(memory.find(two_rows[0]));
  commit();
  EXPECT_EQ(memory.find(two_rows[0]), ids[0]);
  EXPECT_EQ(memory.find(two_rows[1]), ids[1]);
}

TEST_F(RowMemoryTest, GivesTheIdsThatTheStoreHas) {
  const auto ids = ids_of(two_rows);
  commit();
  EXPECT_EQ(ids_of(two_rows), ids);
  EXPECT_EQ(ids_of_rows(tx, two_rows, clock), ids);
}

TEST_F(RowMemoryTest, RowsOfTwoClassesAreTwoRows) {
  ids_of(two_rows);
  commit();
  EXPECT_FALSE(memory.find({"process", R"({"name":"a"})"}));
}

TEST_F(RowMemoryTest, FindsARowAfterAnyOther) {
  const auto ids = ids_of(two_rows);
  commit();
  for (const std::size_t row : {0u, 1u, 0u, 1u, 1u, 0u, 0u}) EXPECT_EQ(memory.find(two_rows[row]), ids[row]);
  EXPECT_FALSE(memory.find({"software_package", R"({"name":"c"})"}));
  EXPECT_EQ(memory.find(two_rows[1]), ids[1]);
}

TEST_F(RowMemoryTest, ManyNewRowsAreStoredEachOnce) {
  std::vector<std::string> texts;
  for (int i = 0; i < 120; ++i) texts.push_back(R"({"name":"p)" + std::to_string(i % 117) + R"("})");
  std::vector<RowText> rows;
  for (const auto& text : texts) rows.push_back({"software_package", text});
  const auto ids = ids_of(rows);
  EXPECT_EQ(ids[0], ids[117]);
  EXPECT_EQ(tx.query_one("select count(*) from component_row")->integer(0), 117);
  EXPECT_EQ(tx.query_one("select name from component_row where id = $1", ids[60])->text(0), "p60");
}

TEST_F(RowMemoryTest, ForgetsAllWhenItIsFull) {
  RowMemory small(1);
  small.learn(two_rows[0], 1);
  small.learn(two_rows[1], 2);
  EXPECT_EQ(small.size(), 1u);
  EXPECT_EQ(small.find(two_rows[1]), 2);
}

TEST_F(RowMemoryTest, LeavesLongRowsToTheStore) {
  const std::string text = R"({"name":")" + std::string(600, 'x') + R"("})";
  const std::vector<RowText> long_row{{"software_package", text}};
  const auto ids = ids_of(long_row);
  commit();
  EXPECT_EQ(memory.size(), 0u);
  EXPECT_EQ(ids_of(long_row), ids);
}

const inventory::ItemText curl{
    "software_package",
    R"({"architecture":"all","installed_at":"2026-01-01T10:00:00.250Z","name":"curl"})",
    {}};
const RowText curl_row{"software_package", R"({"architecture":"all","name":"curl"})", "installed_at", 21};

class KnownItems : public RowMemoryTest {
 protected:
  // Of a host that has both rows.
  KnownItems() {
    memory.learn(two_rows[0], 7);
    memory.learn(curl_row, 9);
    memory.find(two_rows[0]);
    memory.find(curl_row);
    memory.find(two_rows[0]);
  }
  std::optional<KnownItem> find_with(std::string attributes) {
    text = std::move(attributes);
    memory.find(two_rows[0]);
    return memory.find(inventory::ItemText{"software_package", text, {}}, times);
  }

  std::string text;
  ExactTimes times;
};

TEST_F(KnownItems, AreFoundWithTheTimeThatTheirRowLeavesOut) {
  const auto found = memory.find(curl, times);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, 9);
  EXPECT_EQ(found->left_out, "installed_at");
  EXPECT_EQ(base::to_iso8601(found->time), "2026-01-01T10:00:00.250Z");
}

TEST_F(KnownItems, AreFoundWithoutTheTimeToo) {
  const auto found = find_with(std::string(curl_row.json));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, 9);
  EXPECT_EQ(found->left_out, "");
}

TEST_F(KnownItems, WithAnythingElseInBetweenAreNotKnown) {
  const std::string begin = R"({"architecture":"all",)", end = R"(,"name":"curl"})";
  EXPECT_TRUE(find_with(begin + R"("installed_at":"2026-01-01T10:00:00.250Z")" + end));
  EXPECT_FALSE(find_with(begin + R"("installed_at":"2026-13-01T10:00:00.250Z")" + end));
  EXPECT_FALSE(find_with(begin + R"("installed_ax":"2026-01-01T10:00:00.250Z")" + end));
  EXPECT_FALSE(find_with(begin + R"("installed_at":"somewhen in the new year")" + end));
  EXPECT_FALSE(find_with(begin + R"("installed_at":"2026-01-01T10:00:00.250Z")" + R"(,"name":"curd"})"));
  EXPECT_FALSE(find_with(R"({"architecture":"alx",)"
                         R"("installed_at":"2026-01-01T10:00:00.250Z")" +
                         end));
}

TEST_F(KnownItems, OfAnotherClassAreNotKnown) {
  auto other = curl;
  other.class_name = "process";
  EXPECT_FALSE(memory.find(other, times));
}

TEST_F(KnownItems, AreFoundBehindARowThatThisHostLacks) {
  memory.learn({"software_package", R"({"name":"between"})"}, 8);
  memory.find({"software_package", R"({"name":"between"})"});
  memory.find(curl_row);
  memory.find(two_rows[0]);
  EXPECT_TRUE(memory.find(curl, times));
}

TEST_F(KnownItems, AreFoundBehindARowThatIsNew) {
  EXPECT_FALSE(memory.find({"software_package", R"({"name":"new"})"}));
  EXPECT_TRUE(memory.find(curl, times));
}

TEST_F(KnownItems, AreForgottenWithTheDefinitionsThatTheyWereCheckedBy) {
  const ClassTables some, others;
  memory.keep_to(some);
  memory.learn(two_rows[0], 7);
  memory.keep_to(some);
  EXPECT_EQ(memory.size(), 1u);
  memory.keep_to(others);
  EXPECT_EQ(memory.size(), 0u);
}

TEST_F(KnownItems, AreNotLearntByDefinitionsThatHoldNoMore) {
  const ClassTables some, others;
  memory.keep_to(some);
  ids_of(two_rows);
  memory.keep_to(others);
  commit();
  EXPECT_EQ(memory.size(), 0u);
}

}  // namespace
}  // namespace censo::cmdb
