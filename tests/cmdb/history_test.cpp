#include "cmdb/history.h"

#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1000;

class HistoryTest : public IngestTest {
 protected:
  IngestReceipt report(const std::string& os, const std::string& openssl = "1.0", bool with_service = true) {
    auto services = section("services", {});
    if (with_service) {
      services.items.push_back(item("web_server", attributes({{"instance", "nginx"}}), "nginx"));
      services.relationships.push_back({"runs_on", "nginx", "self", {}});
    }
    return take(
        agent_report("a", ++sequence_,
                     {section("system", attributes({{"os_version", os}, {"serial_number", "SN-77001"}})),
                      section("dpkg", {}, {package("openssl", openssl)}), std::move(services)}));
  }
  std::vector<HistoryEntry> filtered(const HistoryFilter& filter) {
    return history_of(tx, ci(), filter, {1'000, ""})->rows;
  }
  CiId ci() { return resolve_ci(tx, "web01")->id; }

  std::uint64_t sequence_ = 0;
};

TEST_F(HistoryTest, AHundredReportsThatSayTheSameAddNothing) {
  report("12");
  const auto size = [&] {
    return count("history") + count("ci_past") + count("component_past") + count("relationship") +
           count("component_row") + count("item_change") + count("change_feed");
  };
  const auto before = size();
  for (int i = 0; i < 100; ++i) report("12");
  EXPECT_EQ(size(), before);
}

TEST_F(HistoryTest, AValueThatComesBackAgainIsCountedOnItsEntry) {
  for (const char* os : {"12", "13", "12", "13", "12", "13"}) report(os);
  const auto entries = history(ci(), "attribute");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].new_value, "13");
  EXPECT_EQ(entries[0].times, 3);
  EXPECT_EQ(entries[0].at, clock.now());
  EXPECT_EQ(entries[0].first_at, clock.now() - 4 * 60'000);
  EXPECT_EQ(entries[1].times, 2);
}

TEST_F(HistoryTest, AfterTheWindowAChangeStandsForItself) {
  report("12");
  report("13");
  clock.advance(8 * day_ms);
  report("12");
  report("13");
  EXPECT_EQ(history(ci(), "attribute").size(), 3u);
}

TEST_F(HistoryTest, APackageThatFlipsHasOneEntryForEachWay) {
  for (const char* version : {"1.0", "1.1", "1.0", "1.1", "1.0"}) report("12", version);
  const auto entries = history(ci(), "component_changed");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].times, 2);
  EXPECT_EQ(count("component_past"), 1);
}

TEST_F(HistoryTest, ARelationshipThatFlipsIsOneRow) {
  for (const bool there : {true, false, true, false, true}) report("12", "1.0", there);
  EXPECT_EQ(count("relationship"), 1);
  EXPECT_EQ(history(ci(), "relationship_added").size(), 1u);
}

TEST_F(HistoryTest, AStateThatFlipsIsOneRowForEachState) {
  for (const char* os : {"12", "13", "12", "13", "12", "13"}) report(os);
  EXPECT_EQ(count("ci_past"), 2);
}

TEST_F(HistoryTest, OperationalValuesAreNoChange) {
  report("12");
  const auto before = count("history");
  take(agent_report("a", ++sequence_,
                    {section("system", attributes({{"os_version", "12"},
                                                   {"serial_number", "SN-77001"},
                                                   {"last_boot", "2026-09-01"}}))}));
  EXPECT_EQ(count("history"), before);
  EXPECT_EQ(count("ci_past"), 0);
}

TEST_F(HistoryTest, OneAttributeIsFound) {
  report("12");
  report("13", "1.1");
  EXPECT_EQ(filtered({.attribute = "os_version"}).size(), 1u);
  EXPECT_TRUE(filtered({.attribute = "model"}).empty());
}

TEST_F(HistoryTest, ASubjectIsFoundWhateverTheCase) {
  report("12");
  report("13", "1.1");
  EXPECT_EQ(filtered({.subject = "OpenSSL"}).size(), 1u);
}

TEST_F(HistoryTest, AWildcardInASubjectIsAnOrdinaryCharacter) {
  report("12");
  report("13", "1.1");
  EXPECT_TRUE(filtered({.subject = "open%"}).empty());
}

TEST_F(HistoryTest, AFamilyOfWordsIsFoundByItsFirst) {
  report("12");
  report("13", "1.1", false);
  EXPECT_EQ(filtered({.what = "component"}).size(), 1u);
  EXPECT_EQ(filtered({.what = "relationship"}).size(), 1u);
  EXPECT_EQ(filtered({.what = "relationship_removed"}).size(), 1u);
}

TEST_F(HistoryTest, ATimeSpanIsFound) {
  report("12");
  report("13");
  const base::TimeMs between = clock.now() + 30'000;
  report("14");
  EXPECT_EQ(filtered({.what = "attribute", .since = between}).front().new_value, "14");
  EXPECT_EQ(filtered({.what = "attribute", .until = between}).front().new_value, "13");
}

TEST_F(HistoryTest, AnOriginIsFoundByKindAndByName) {
  report("12");
  report("13");
  EXPECT_FALSE(filtered({.origin = "agent"}).empty());
  EXPECT_FALSE(filtered({.origin = "agent a"}).empty());
  EXPECT_TRUE(filtered({.origin = "scanner"}).empty());
}

TEST_F(HistoryTest, TheFeedHasTheChangesOfAllItemsOfAClass) {
  report("12");
  report("13");
  const auto servers = changes_of(tx, catalog, {.class_name = "server"}, {1'000, ""});
  const auto services = changes_of(tx, catalog, {.class_name = "web_server"}, {1'000, ""});
  EXPECT_EQ(servers->rows.front().name, "web01");
  EXPECT_EQ(servers->rows.front().entry.new_value, "13");
  EXPECT_EQ(services->rows.size(), 1u);
}

TEST_F(HistoryTest, PagesOfTheFeedFollowOneAnother) {
  for (const char* os : {"11", "12", "13", "14", "15"}) report(os);
  const auto first = changes_of(tx, catalog, {.what = "attribute"}, {3, ""});
  const auto second = changes_of(tx, catalog, {.what = "attribute"}, {3, first->next});
  ASSERT_EQ(first->rows.size(), 3u);
  ASSERT_EQ(second->rows.size(), 1u);
  EXPECT_EQ(second->rows[0].entry.new_value, "12");
  EXPECT_TRUE(second->next.empty());
}

TEST_F(HistoryTest, AForeignCursorIsRefused) {
  EXPECT_EQ(changes_of(tx, catalog, {}, {3, "!"}).error().where, "after");
}

}  // namespace
}  // namespace censo::cmdb
