#include "cmdb/purge.h"

#include "cmdb/item_edit.h"
#include "cmdb/relationship_edit.h"
#include "tests/cmdb/ingest_fixture.h"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

namespace censo::cmdb {
namespace {

class Purge : public IngestTest {
 protected:
  Editor ana() { return {catalog, clock, "ana"}; }
  CiId reported(std::uint64_t sequence = 1) {
    auto services =
        section("services", attributes({{"serial_number", "S1234567"}}),
                {item("generic_service", attributes({{"instance", "nginx"}}), "n"), package("bash", "5")});
    services.relationships.push_back({"runs_on", "n", "self", {}});
    return take(agent_report("a", sequence, {services})).ci;
  }
};

TEST_F(Purge, NothingOfTheItemIsLeft) {
  const CiId ci = reported();
  ASSERT_TRUE(purge_item(tx, ana(), ci, "test"));
  const std::string id = std::to_string(ci.value);
  EXPECT_EQ(find_ci(tx, ci).error().code, base::Errc::not_found);
  EXPECT_EQ(count("ci_key where ci_id = " + id), 0);
  EXPECT_EQ(count("ci_value where ci_id = " + id), 0);
  EXPECT_EQ(count("history where ci_id = " + id), 0);
  EXPECT_EQ(count("component_set where ci_id = " + id), 0);
  EXPECT_EQ(count("relationship"), 0);
}

TEST_F(Purge, TheLogSaysWhoWhenAndWhatItWas) {
  const CiId ci = reported();
  ASSERT_TRUE(purge_item(tx, ana(), ci, "sold"));
  const auto entries = purges(tx, {});
  ASSERT_EQ(entries->rows.size(), 1u);
  EXPECT_EQ(entries->rows[0].ci, ci);
  EXPECT_EQ(entries->rows[0].name, "web01");
  EXPECT_EQ(entries->rows[0].person, "ana");
  EXPECT_EQ(entries->rows[0].reason, "sold");
  EXPECT_EQ(entries->rows[0].attributes.text("serial_number"), "S1234567");
}

TEST_F(Purge, TheAgentsNextReportMakesANewItem) {
  const CiId ci = reported();
  ASSERT_TRUE(purge_item(tx, ana(), ci, ""));
  const CiId again = reported(2);
  EXPECT_NE(again, ci);
  EXPECT_EQ(find_ci(tx, again)->name, "web01");
}

TEST_F(Purge, WhatItReportedOfOthersStaysWithThem) {
  const CiId ci = reported();
  const CiId nginx = resolve_ci(tx, "nginx")->id;
  ASSERT_TRUE(purge_item(tx, ana(), ci, ""));
  const auto item = find_ci(tx, nginx);
  ASSERT_TRUE(item);
  EXPECT_EQ(item->attributes.text("instance"), "nginx");
  EXPECT_EQ(item->origins, std::vector<std::string>{"agent"});
}

TEST_F(Purge, AReferenceToItIsCleared) {
  const CiId ci = reported();
  const CiId other =
      *create_item(tx, ana(), {"server", "web02", attributes({{"replaced_by", base::to_text(ci)}})});
  ASSERT_TRUE(purge_item(tx, ana(), ci, ""));
  EXPECT_EQ(find_ci(tx, other)->attributes.text("replaced_by"), "");
}

TEST_F(Purge, AMergedItemGoesWithTheOneThatIsShown) {
  const CiId ci = reported();
  const CiId twin = *create_item(tx, ana(), {"server", "twin", {}});
  tx.execute("update ci set merged_into = $2 where id = $1", twin.value, ci.value);
  ASSERT_TRUE(purge_item(tx, ana(), ci, ""));
  EXPECT_FALSE(find_ci(tx, twin));
}

TEST_F(Purge, UnknownIsNotFound) {
  EXPECT_EQ(purge_item(tx, ana(), CiId(7), "").error().code, base::Errc::not_found);
}

// Whoever adds a table with items in it adds it to the purge, too.
TEST(PurgedColumns, AreAllThatLeadToAnItemInTheMigrations) {
  std::set<std::pair<std::string, std::string>> purged, found;
  for (const PurgedColumn& column : purged_columns()) purged.emplace(column.table, column.column);
  const std::regex table(R"(^(?:create|alter) table (\w+))");
  const std::regex column(R"((?:add column )?(\w+) bigint.* references (ci|ci_source) \(id\))");
  for (const auto& file : std::filesystem::directory_iterator(CENSO_SOURCE_DIR "/cmdb/store/migrations")) {
    std::ifstream in(file.path());
    std::string name;
    for (std::string line; std::getline(in, line);) {
      std::smatch match;
      if (std::regex_search(line, match, table)) name = match[1];
      if (!std::regex_search(line, match, column)) continue;
      const bool of_source = match[2] == "ci_source";
      found.emplace(name, of_source ? "source_id" : std::string(match[1]));
    }
  }
  // What stands below an item's own sources is handed on to other items or goes with the item itself.
  const std::set<std::pair<std::string, std::string>> by_item{
      {"ci_value", "source_id"}, {"component_set", "source_id"}, {"relationship", "source_id"}};
  EXPECT_GT(found.size(), 10u);
  for (const auto& one : found) {
    EXPECT_TRUE(purged.contains(one) || by_item.contains(one)) << one.first << "." << one.second;
  }
}

}  // namespace
}  // namespace censo::cmdb
