#include "cmdb/configuration_item.h"

#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

using base::Errc;

class Reads : public IngestTest {
 protected:
  CiId host(const std::string& agent, const std::string& name, inventory::Attributes values = {}) {
    return take(agent_report(agent, 1, {section("s", std::move(values))}, name)).ci;
  }
  void retire(CiId ci) { tx.execute("update ci set stage = 'retired' where id = $1", ci.value); }
  std::vector<std::string> names(const CiFilter& filter, const PageRequest& page = {}) {
    std::vector<std::string> found;
    const auto listed = list_cis(tx, catalog, filter, page);
    for (const auto& item : listed->rows) found.push_back(item.name);
    return found;
  }
};

using Names = std::vector<std::string>;

TEST_F(Reads, AnUnknownIdIsNotFound) {
  EXPECT_EQ(find_ci(tx, CiId(5)).error().code, Errc::not_found);
}

TEST_F(Reads, AnItemIsResolvedByIdNameAndIdentifierInAnyForm) {
  const CiId ci = host("a", "Web01",
                       attributes({{"smbios_uuid", "564d4cbc-c6a9-1969-8fb3-a5ba3e6d9fe1"},
                                   {"mac_addresses", inventory::TextList{"00:18:7d:00:00:01"}},
                                   {"ip_addresses", inventory::TextList{"10.1.2.3"}}}));
  for (const std::string& text : Names{base::to_text(ci), "web01", "WEB01",
                                       "564D4CBCC6A919698FB3A5BA3E6D9FE1", "0018.7d00.0001", "10.1.2.3"}) {
    const auto found = resolve_ci(tx, text);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(found->id, ci) << text;
  }
}

TEST_F(Reads, ANameOfTwoItemsIsAConflictThatListsThem) {
  const CiId a = host("a", "web01");
  const CiId b = host("b", "web01");
  const auto found = resolve_ci(tx, "web01");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::conflict);
  EXPECT_NE(found.error().message.find(base::to_text(a)), std::string::npos);
  EXPECT_NE(found.error().message.find(base::to_text(b)), std::string::npos);
}

TEST_F(Reads, ALivingItemIsMeantWhenTheOtherOfItsNameIsRetired) {
  const CiId a = host("a", "web01");
  retire(host("b", "web01"));
  EXPECT_EQ(resolve_ci(tx, "web01")->id, a);
}

TEST_F(Reads, ANameThatNobodyHasIsNotFound) {
  EXPECT_EQ(resolve_ci(tx, "web01").error().code, Errc::not_found);
}

TEST_F(Reads, ItemsAreListedByName) {
  host("a", "beta");
  host("b", "alpha");
  EXPECT_EQ(names({}), (Names{"alpha", "beta"}));
}

TEST_F(Reads, PagesFollowOneAnotherWithoutGapOrRepetition) {
  for (const char* agent : {"a", "b", "c", "d", "e"}) host(agent, "same");
  std::set<CiId> seen;
  PageRequest request{2, ""};
  for (std::size_t pages = 1; pages <= 3; ++pages) {
    const auto page = list_cis(tx, catalog, {}, request);
    for (const auto& item : page->rows) EXPECT_TRUE(seen.insert(item.id).second);
    EXPECT_EQ(page->next.empty(), pages == 3);
    request.after = page->next;
  }
  EXPECT_EQ(seen.size(), 5u);
}

TEST_F(Reads, ABadCursorIsRefused) {
  EXPECT_EQ(list_cis(tx, catalog, {}, {10, "nonsense"}).error().where, "after");
  EXPECT_EQ(history_of(tx, CiId(1), {10, "nonsense"}).error().where, "after");
}

TEST_F(Reads, AClassFilterTakesSubclassesInOneOrder) {
  host("a", "host");
  take(scan_report({section("s", attributes({{"base_mac", "00:18:7d:00:00:01"}}))}, "switch", "b-switch"));
  take(scan_report({section("s", attributes({{"base_mac", "00:18:7d:00:00:02"}}))}, "router", "a-router"));
  EXPECT_EQ(names({"network_device", "", ""}), (Names{"a-router", "b-switch"}));
  EXPECT_EQ(names({"switch", "", ""}), (Names{"b-switch"}));
  EXPECT_EQ(names({"network_device", "", ""}, {1, ""}), (Names{"a-router"}));
}

TEST_F(Reads, RetiredItemsAreListedOnlyWhenAskedFor) {
  host("a", "alive");
  retire(host("b", "gone"));
  EXPECT_EQ(names({}), (Names{"alive"}));
  EXPECT_EQ(names({"", "", "retired"}), (Names{"gone"}));
}

TEST_F(Reads, ATextFilterLooksIntoNamesAndIdentifiers) {
  host("a", "web01", attributes({{"serial_number", "CZ77_1"}}));
  host("b", "db01", attributes({{"serial_number", "CZ88"}}));
  EXPECT_EQ(names({"", "EB0", ""}), (Names{"web01"}));
  EXPECT_EQ(names({"", "cz88", ""}), (Names{"db01"}));
  EXPECT_EQ(names({"", "7_1", ""}), (Names{"web01"}));
  EXPECT_EQ(names({"", "_", ""}), (Names{"web01"}));
}

TEST_F(Reads, HistoryIsPagedNewestFirst) {
  const CiId ci = host("a", "web01", attributes({{"os_version", "1"}}));
  for (std::uint64_t i = 2; i <= 4; ++i) {
    take(agent_report("a", i, {section("s", attributes({{"os_version", std::to_string(i)}}))}));
  }
  const auto first = history_of(tx, ci, {3, ""});
  ASSERT_EQ(first->rows.size(), 3u);
  EXPECT_EQ(first->rows[0].new_value, "4");
  const auto second = history_of(tx, ci, {3, first->next});
  ASSERT_EQ(second->rows.size(), 1u);
  EXPECT_EQ(second->rows[0].what, "created");
  EXPECT_EQ(second->next, "");
}

}  // namespace
}  // namespace censo::cmdb
