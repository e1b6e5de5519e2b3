#include "cmdb/difference.h"

#include "cmdb/as_of.h"
#include "cmdb/change_feed.h"
#include "cmdb/item_state.h"
#include "cmdb/standing.h"
#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

using base::Errc;
using Lines = std::vector<std::string>;

class DifferenceTest : public IngestTest {
 protected:
  DifferenceTest() { report(web01, "12", "1.0", true); }

  struct Host {
    std::string name;
    std::uint64_t sequence = 0;
  };
  CiId report(Host& host, const std::string& os, const std::string& openssl, bool with_service) {
    auto services = section("services", {});
    if (with_service) {
      services.items.push_back(item("web_server", attributes({{"instance", "nginx"}}), "nginx"));
      services.relationships.push_back({"runs_on", "nginx", "self", {}});
    }
    return take(agent_report(host.name, ++host.sequence,
                             {section("system", attributes({{"os_version", os}})),
                              section("dpkg", {}, {package("openssl", openssl)}), std::move(services)},
                             host.name))
        .ci;
  }
  TwoMoments since(base::TimeMs from) { return {catalog, from, clock.now()}; }

  static Lines lines(const std::vector<Difference>& found) {
    Lines all;
    for (const Difference& one : found) {
      all.push_back(one.name + ": " + one.what + " " + one.subject + ": " + one.old_value + " -> " +
                    one.new_value);
    }
    return all;
  }
  Lines of_web01(base::TimeMs from) { return lines(*differences_of(tx, ci("web01"), since(from))); }
  CiId ci(const std::string& name) { return resolve_ci(tx, name)->id; }

  Host web01{"web01"}, db01{"db01"};
};

TEST_F(DifferenceTest, NothingDiffersWhenNothingChanged) {
  const base::TimeMs from = clock.now();
  report(web01, "12", "1.0", true);
  EXPECT_EQ(of_web01(from), Lines{});
}

TEST_F(DifferenceTest, AttributesComponentsAndRelationshipsAreTold) {
  const base::TimeMs from = clock.now();
  report(web01, "13", "1.1", false);
  EXPECT_EQ(of_web01(from),
            (Lines{"web01: attribute os_version: 12 -> 13",
                   "web01: component_changed software_package dpkg openssl: version: 1.0 -> version: 1.1",
                   "web01: relationship_ended nginx runs_on: nginx -> "}));
}

TEST_F(DifferenceTest, WhatWentAwayAndCameBackIsNone) {
  const base::TimeMs from = clock.now();
  report(web01, "13", "1.1", false);
  report(web01, "12", "1.0", true);
  EXPECT_EQ(of_web01(from), Lines{});
}

TEST_F(DifferenceTest, WhatIsGoneInBetweenDiffersFromBothSides) {
  const base::TimeMs from = clock.now();
  report(web01, "12", "1.0", false);
  const base::TimeMs gone = clock.now();
  report(web01, "12", "1.0", true);
  EXPECT_EQ(of_web01(from), Lines{});
  EXPECT_EQ(of_web01(gone), Lines{"web01: relationship_begun nginx runs_on:  -> nginx"});
}

TEST_F(DifferenceTest, EverythingTellsARelationshipOnceAndNewItemsAlone) {
  const base::TimeMs from = clock.now();
  report(db01, "12", "1.0", false);
  report(web01, "12", "1.0", false);
  const auto page = differences_of_all(tx, since(from), {100, ""});
  EXPECT_EQ(lines(page->rows),
            (Lines{"nginx: relationship_ended runs_on web01: web01 -> ", "db01: item_added :  -> server"}));
}

TEST_F(DifferenceTest, PagesOfEverythingFollowOneAnother) {
  const base::TimeMs from = clock.now();
  report(db01, "12", "1.0", true);
  report(web01, "13", "1.1", true);
  std::vector<Difference> rows;
  PageRequest request{1, ""};
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = differences_of_all(tx, since(from), request);
    rows.insert(rows.end(), page->rows.begin(), page->rows.end());
    request.after = page->next;
    if (page->next.empty()) break;
  }
  EXPECT_EQ(lines(rows), lines(differences_of_all(tx, since(from), {100, ""})->rows));
  EXPECT_EQ(rows.size(), 4u);
}

TEST_F(DifferenceTest, AMergedItemIsGoneAndItsComponentsAreElsewhere) {
  report(db01, "12", "2.0", false);
  const base::TimeMs from = clock.now();
  clock.advance(60'000);
  ItemState state = *state_of(tx, ci("db01"));
  const CiId db = ci("db01");
  state.merged_into = ci("web01");
  FeedWriter feed;
  change_state(tx, {catalog, clock.now(), feed}, db, state);
  feed.write(tx, clock);
  const auto found = lines(differences_of_all(tx, since(from), {100, ""})->rows);
  EXPECT_EQ(found,
            (Lines{"web01: component_added software_package dpkg openssl:  -> manager: dpkg, name: openssl, "
                   "version: 2.0",
                   "db01: item_removed : server -> merged into web01"}));
}

TEST_F(DifferenceTest, AServiceIsTheItemWithWhatItNeedsAndWhatNeedsIt) {
  report(db01, "12", "1.0", false);
  const auto service = service_of(tx, ci("nginx"), since(clock.now()));
  EXPECT_EQ(service, (std::vector<CiId>{ci("web01"), ci("nginx")}));
}

TEST_F(DifferenceTest, AnItemThatIsKnownAtNeitherMomentIsNotFound) {
  EXPECT_EQ(differences_of(tx, ci("web01"), {catalog, 1'000, 2'000}).error().code, Errc::not_found);
}

TEST_F(DifferenceTest, OfAPastMomentOnlyItemsOfThenAreKnown) {
  const base::TimeMs before = clock.now();
  report(db01, "12", "1.0", false);
  EXPECT_EQ(find_ci(tx, ci("db01"), {catalog, before}).error().code, Errc::not_found);
}

TEST_F(DifferenceTest, AnItemIsFoundByItsNameOfThen) {
  const base::TimeMs before = clock.now();
  take(agent_report("web01", ++web01.sequence, {section("system", attributes({{"os_version", "12"}}))},
                    "renamed"));
  EXPECT_EQ(resolve_ci(tx, "web01", {catalog, before})->name, "web01");
  EXPECT_EQ(resolve_ci(tx, "renamed", {catalog, clock.now()})->name, "renamed");
}

TEST_F(DifferenceTest, AListOfThenHasClassStageAndTextOfThen) {
  const base::TimeMs before = clock.now();
  report(web01, "13", "1.0", true);
  EXPECT_EQ(list_cis(tx, {"computer_system", "12", ""}, {10, ""}, {catalog, before})->rows.size(), 1u);
  EXPECT_TRUE(list_cis(tx, {"computer_system", "13", ""}, {10, ""}, {catalog, before})->rows.empty());
  EXPECT_TRUE(list_cis(tx, {"", "", "retired"}, {10, ""}, {catalog, before})->rows.empty());
}

TEST_F(DifferenceTest, AValueStandsSinceItChanged) {
  const base::TimeMs first = clock.now();
  report(web01, "13", "1.0", true);
  const base::TimeMs changed = clock.now();
  report(web01, "13", "1.0", true);
  const auto values = standing_values(tx, catalog, ci("web01"));
  ASSERT_EQ(values->size(), 1u);
  EXPECT_EQ(values->front().since, changed);
  EXPECT_EQ(values->front().not_before, first);
  EXPECT_EQ(values->front().confirmed_at, clock.now());
  EXPECT_EQ(values->front().origins, Lines{"agent"});
}

}  // namespace
}  // namespace censo::cmdb
