#include "cmdb/search.h"

#include "tests/cmdb/seeded_database.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace censo::cmdb {
namespace {

class SearchTest : public testing::Test {
 protected:
  SearchTest() {
    db.add_key(web01, "serial", "abc123");
    db.add_key(web01, "mac", "00:11:22:33:44:55");
    db.add_key(web01, "address", "10.0.0.7");
    db.add_key(web01, "address", "2001:db8::7");
    db.add_key(web01, "host_name", "web01.example.org");
    db.add_key(web01, "smbios_uuid", "00112233-4455-6677-8899-aabbccddeeff");
    db.add_key(web02, "serial", "abc124");
  }
  base::Result<Page<SearchMatch>> search(std::string_view text, const PageRequest& page = {}) {
    std::optional<base::Result<Page<SearchMatch>>> result;
    db.write([&](store::Transaction& tx) { result = search_cis(tx, text, page); });
    return *result;
  }
  std::vector<std::string> names(std::string_view text) {
    std::vector<std::string> found;
    for (const auto& row : search(text).value().rows) found.push_back(row.name);
    return found;
  }
  using Names = std::vector<std::string>;

  SeededDatabase db;
  const CiId web01 = db.add_ci("server", "web01"), web02 = db.add_ci("server", "web02");
};

TEST_F(SearchTest, FindsByName) {
  EXPECT_EQ(names("web02"), Names{"web02"});
}

TEST_F(SearchTest, FindsByTheBeginningOfAName) {
  EXPECT_EQ(names("web"), (Names{"web01", "web02"}));
}

TEST_F(SearchTest, CaseAndSpacesAroundDoNotMatter) {
  EXPECT_EQ(names("  WEB02 "), Names{"web02"});
}

TEST_F(SearchTest, FindsBySerialInUpperCase) {
  EXPECT_EQ(names("ABC123"), Names{"web01"});
}

TEST_F(SearchTest, FindsByMacWithColons) {
  EXPECT_EQ(names("00:11:22:33:44:55"), Names{"web01"});
}

TEST_F(SearchTest, FindsByMacWithDashes) {
  EXPECT_EQ(names("00-11-22-33-44-55"), Names{"web01"});
}

TEST_F(SearchTest, FindsByMacWithDots) {
  EXPECT_EQ(names("0011.2233.4455"), Names{"web01"});
}

TEST_F(SearchTest, FindsByMacWithoutSeparators) {
  EXPECT_EQ(search("001122334455")->rows[0].match, "mac 00:11:22:33:44:55");
}

TEST_F(SearchTest, FindsByTheBeginningOfAMacInAnotherForm) {
  EXPECT_EQ(names("00-11-2"), Names{"web01"});
}

TEST_F(SearchTest, FindsByAddress) {
  EXPECT_EQ(names("10.0.0.7"), Names{"web01"});
}

TEST_F(SearchTest, FindsByIpv6AddressInItsLongForm) {
  EXPECT_EQ(names("2001:0DB8:0:0:0:0:0:7"), Names{"web01"});
}

TEST_F(SearchTest, FindsByUuidInTheOtherByteOrder) {
  EXPECT_EQ(names("33221100-5544-7766-8899-AABBCCDDEEFF"), Names{"web01"});
}

TEST_F(SearchTest, FindsByHostName) {
  EXPECT_EQ(names("web01.example"), Names{"web01"});
}

TEST_F(SearchTest, ItemWithSeveralMatchingKeysStandsOnce) {
  EXPECT_EQ(names("web01"), Names{"web01"});
}

TEST_F(SearchTest, ItemThatTwoFormsFindStandsOnce) {
  db.add_key(web01, "asset_tag", "001122334455");
  EXPECT_EQ(names("001122334455"), Names{"web01"});
}

TEST_F(SearchTest, SaysWhichKeyMatched) {
  EXPECT_EQ(search("abc123")->rows[0].match, "serial abc123");
}

TEST_F(SearchTest, ExactMatchComesFirst) {
  db.add_ci("server", "web");
  EXPECT_EQ(names("web").front(), "web");
}

TEST_F(SearchTest, NothingFoundIsAnEmptyPage) {
  EXPECT_TRUE(search("nothing")->rows.empty());
  EXPECT_TRUE(search("nothing")->next.empty());
}

TEST_F(SearchTest, WildcardsAreOrdinaryCharacters) {
  EXPECT_TRUE(names("%").empty());
}

TEST_F(SearchTest, PagesFollowEachOther) {
  const auto first = search("web", {1, ""}).value();
  ASSERT_FALSE(first.next.empty());
  const auto second = search("web", {1, first.next}).value();
  ASSERT_EQ(second.rows.size(), 1U);
  EXPECT_EQ(second.rows[0].name, "web02");
  EXPECT_TRUE(second.next.empty());
}

TEST_F(SearchTest, PagesGoOnFromOneFormToTheOther) {
  db.add_key(web02, "asset_tag", "001122334455");
  const auto first = search("001122334455", {1, ""}).value();
  ASSERT_EQ(first.rows[0].name, "web02");
  const auto second = search("001122334455", {1, first.next}).value();
  ASSERT_EQ(second.rows.size(), 1U);
  EXPECT_EQ(second.rows[0].name, "web01");
}

TEST_F(SearchTest, ItemsWithManyKeysBetweenThemStandOnceInWhateverPages) {
  Names all;
  for (int i = 10; i < 60; ++i) {
    const std::string name = "many" + std::to_string(i);
    const CiId ci = db.add_ci("server", name);
    db.add_key(ci, "host_name", name + ".example.org");
    db.add_key(ci, "asset_tag", "many-tag-" + std::to_string(100 - i));
    if (i % 3 == 0) db.add_key(ci, "serial", "manyfold" + std::to_string(i));
    all.push_back(name);
  }
  for (const std::size_t limit : {1U, 7U, 40U, 200U}) {
    Names found;
    std::string next;
    do {
      const auto page = search("many", {limit, next}).value();
      EXPECT_LE(page.rows.size(), limit);
      for (const auto& row : page.rows) found.push_back(row.name);
      next = page.next;
    } while (!next.empty());
    std::ranges::sort(found);
    EXPECT_EQ(found, all) << limit;
  }
}

TEST_F(SearchTest, EmptyTextIsRefused) {
  EXPECT_EQ(search("  ").error().code, base::Errc::invalid_argument);
}

TEST_F(SearchTest, LongTextIsRefused) {
  EXPECT_EQ(search(std::string(201, 'a')).error().code, base::Errc::invalid_argument);
}

TEST_F(SearchTest, BrokenUtf8IsRefused) {
  EXPECT_EQ(search("a\xff").error().code, base::Errc::invalid_argument);
}

TEST_F(SearchTest, ForeignCursorIsRefused) {
  EXPECT_EQ(search("web", {1, "nonsense"}).error().code, base::Errc::malformed);
}

TEST_F(SearchTest, CursorOfAFormThatTheTextLacksIsRefused) {
  const std::string text = "7\nname\n1\nweb";
  const auto cursor = base::to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  EXPECT_EQ(search("web", {1, cursor}).error().code, base::Errc::malformed);
}

TEST_F(SearchTest, IsAnIndexSearch) {
  if (test::on_postgres()) GTEST_SKIP() << "plans are compared on SQLite";
  db.write([&](store::Transaction& tx) {
    const auto plan = tx.query(
        "explain query plan select k.value from ci_key k join ci c on c.id = k.ci_id "
        "where (k.value, k.rule, k.ci_id) > ($1, $2, $3) and k.value < $4 order by k.value, k.rule, k.ci_id "
        "limit $5",
        "web", "", 0, "wec", 10);
    for (const auto& row : plan) EXPECT_EQ(row.text(3).find("SCAN"), std::string::npos) << row.text(3);
  });
}

}  // namespace
}  // namespace censo::cmdb
