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
  std::set<std::string> purged, found, taken;
  for (const PurgedColumn& one : purged_columns())
    purged.insert(std::string(one.table) + "." + std::string(one.column));
  const std::regex table(R"(^(?:create|alter) table (\w+))");
  const std::regex renamed(R"(^alter table (\w+) rename to (\w+))");
  const std::regex column(R"(\b((?:\w+_)?ci(?:_id)?|into_ci|merged_into|source_id) bigint\b)");
  for (const auto& file : std::filesystem::directory_iterator(CENSO_SOURCE_DIR "/cmdb/store/migrations")) {
    std::ifstream in(file.path());
    std::string name;
    for (std::string line; std::getline(in, line);) {
      std::smatch match;
      if (std::regex_search(line, match, table)) name = match[1];
      if (std::regex_search(line, match, column)) found.insert(name + "." + std::string(match[1]));
      // Made anew beside the old one, whose name it takes.
      if (std::regex_search(line, match, renamed)) {
        std::erase_if(found, [&](const std::string& one) {
          if (!one.starts_with(name + ".")) return false;
          taken.insert(std::string(match[2]) + one.substr(name.size()));
          return true;
        });
      }
    }
  }
  found.merge(taken);
  // What an item's own sources said of others is handed on to these; the log of purges is what stays.
  for (const char* kept :
       {"ci_value.source_id", "component_set.source_id", "relationship.source_id", "identification.source_id",
        "review.source_id", "component_past.source_id", "purge_log.ci_id", "history_round.next_ci"})
    found.erase(kept);
  EXPECT_GT(found.size(), 15u);
  for (const auto& one : found) EXPECT_TRUE(purged.contains(one)) << one;
}

}  // namespace
}  // namespace censo::cmdb
