#include "cmdb/component_store.h"

#include "cmdb/store/database.h"

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

TEST(OperationalColumns, ComeBackAsTheyWere) {
  const RowIds ids{7, 9, 11};
  AttributesById by_id;
  by_id[7].set("installed_at", "2026-01-01");
  by_id[11].set("installed_at", "2026-02-01");
  by_id[11].set("uses", std::int64_t{4});
  EXPECT_EQ(to_json_columns(by_id, ids),
            R"({"installed_at":["2026-01-01",null,"2026-02-01"],"uses":[null,null,4]})");
  EXPECT_EQ(columns_from_json(to_json_columns(by_id, ids), ids), by_id);
}

TEST(OperationalColumns, TheFormOfBeforeIsReadToo) {
  AttributesById by_id;
  by_id[9].set("installed_at", "2026-01-01");
  EXPECT_EQ(columns_from_json(R"({"9":{"installed_at":"2026-01-01"}})", RowIds{7, 9}), by_id);
}

TEST(OperationalColumns, OfNothingAreEmpty) {
  EXPECT_EQ(to_json_columns({}, RowIds{7, 9}), "{}");
}

}  // namespace
}  // namespace censo::cmdb
