// Service-desk rules 06, 68 and 69: what changed just before, and what is likely to be the cause.
#include "desk/recent_changes.h"

#include "tests/desk/change_fixture.h"

namespace censo::desk {
namespace {

class RecentChangesTest : public ChangeTest {
 protected:
  RecentChangesTest() {
    db.relate(core, "uplink_of", web01);
    db.relate(shop, "runs_on", web01);
  }
  RecentChanges before(const Ticket& ticket, const LookBack& back = {}) {
    return as<RecentChanges>(
        "ana", {}, [&](const Operation& operation) { return changes_before(operation, ticket, back); });
  }
  std::vector<ProbableCause> causes(const Ticket& ticket) {
    return as<std::vector<ProbableCause>>(
        "ana", {}, [&](const Operation& operation) { return probable_causes(operation, ticket); });
  }

  const cmdb::CiId core = db.add_ci("switch", "core"), shop = db.add_ci("web_server", "shop");
};

TEST_F(RecentChangesTest, WhatChangedOnTheItemAndUpstreamIsTold) {
  tell(core, {.what = "attribute", .subject = "os_version", .old_value = "1", .new_value = "2"});
  tell(web01, {});
  tell(web02, {});
  detect_all();
  const auto recent = before(open({}, {shop}));
  ASSERT_EQ(recent.detected.size(), 2U);
  EXPECT_EQ(recent.detected[0].change.ci, web01);
  EXPECT_EQ(recent.detected[0].path, "needed by shop");
  EXPECT_EQ(recent.detected[1].change.ci, core);
  EXPECT_EQ(recent.detected[1].depth, 2U);
}

TEST_F(RecentChangesTest, NoiseAndWhatIsExpectedAreLeftOut) {
  tell(web01, {.what = "attribute", .subject = "model", .old_value = "a", .new_value = "A"});
  detect_all();
  EXPECT_TRUE(before(open({}, {shop})).detected.empty());
}

TEST_F(RecentChangesTest, WhatCameLaterOrLongBeforeIsLeftOut) {
  tell(web01, {});
  detect_all();
  db.advance_ms(4 * day_ms);
  const auto ticket = open({}, {shop});
  db.advance_ms(minute_ms);
  tell(core, {});
  detect_all();
  EXPECT_TRUE(before(ticket).detected.empty());
  EXPECT_EQ(before(ticket, {.span_ms = 5 * day_ms}).detected.size(), 1U);
}

TEST_F(RecentChangesTest, PlannedChangesOfThatTimeAreTold) {
  const auto change = implementing();
  const auto recent = before(open({}, {shop}));
  ASSERT_EQ(recent.planned.size(), 1U);
  EXPECT_EQ(recent.planned[0].change.number, change.number);
  EXPECT_EQ(recent.planned[0].ci, web01);
}

TEST_F(RecentChangesTest, Rule68UnauthorisedChangeOfWhatItNeedsComesFirstWithItsReasons) {
  tell(core, {.what = "attribute", .subject = "os_version", .old_value = "1", .new_value = "2"});
  detect_all();
  db.advance_ms(20 * hour_ms);
  tell(web01, {});
  detect_all();
  const auto found = causes(open({}, {shop}));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].ci, web01);
  EXPECT_EQ(found[0].kind, "detected_change");
  EXPECT_EQ(found[0].reasons, (std::vector<std::string>{
                                  "software_package dpkg openssl amd64 version: 3.0.14 -> version: 3.0.15",
                                  "unauthorised", "0 min before", "needed by shop"}));
  EXPECT_EQ(found[1].ci, core);
}

TEST_F(RecentChangesTest, Rule68ACauseNamesWhatElseChangedOnItsItem) {
  tell(web01, {.what = "attribute", .subject = "os_version", .old_value = "1", .new_value = "2"});
  detect_all();
  db.advance_ms(hour_ms);
  tell(web01, {});
  detect_all();
  const auto found = causes(open({}, {shop}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].reasons.front(),
            "software_package dpkg openssl amd64 version: 3.0.14 -> version: 3.0.15");
  EXPECT_EQ(found[0].reasons.back(), "also os_version 1 -> 2");
}

TEST_F(RecentChangesTest, Rule68OtherIncidentsOnTheSameItemWeigh) {
  tell(core, {.what = "attribute", .subject = "os_version", .old_value = "1", .new_value = "2"});
  tell(web01, {});
  detect_all();
  for (int i = 0; i < 4; ++i) open({}, {core});
  const auto found = causes(open({}, {shop}));
  EXPECT_EQ(found.at(0).ci, core);
  EXPECT_EQ(found.at(0).reasons.back(), "4 other open incidents name it");
}

TEST_F(RecentChangesTest, Rule68IncidentsOnWhatStandsBetweenWeigh) {
  tell(core, {.what = "attribute", .subject = "os_version", .old_value = "1", .new_value = "2"});
  detect_all();
  db.advance_ms(minute_ms);
  const auto before_any = causes(open({}, {shop})).at(0).score;
  const auto symptom = open({}, {web01});
  const auto found = causes(open({}, {shop}));
  ASSERT_EQ(found.at(0).ci, core);
  EXPECT_DOUBLE_EQ(found.at(0).score, 1.25 * before_any);
  EXPECT_EQ(found.at(0).reasons.back(), "1 open incidents name what stands between");
  ASSERT_EQ(found.at(1).subject, symptom.number);
  EXPECT_EQ(found.at(1).reasons.back(), "needed by shop") << "an incident is no evidence for itself";
}

TEST_F(RecentChangesTest, Rule68SilenceOfWhatItNeedsIsACause) {
  db.advance_ms(3 * hour_ms);
  const auto found = causes(open({}, {shop}));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].kind, "stale");
  EXPECT_EQ(found[0].ci, web01);
}

TEST_F(RecentChangesTest, Rule68RankingIsKeptAndTheHitRateMeasured) {
  tell(web01, {});
  detect_all();
  auto ticket = open({}, {shop});
  move(ticket, "assign", {{"group", "web"}, {"assignee", "ana"}}).value();
  auto fields = resolution;
  fields["cause"] = "web01";
  move(ticket, "resolve", fields).value();
  const auto rate = as<HitRate>("ana", {}, [](const Operation& operation) { return hit_rate(operation.tx); });
  EXPECT_EQ(rate.tickets, 1);
  EXPECT_EQ(rate.first, 1);
}

TEST_F(RecentChangesTest, Rule69CausesMakeTheNextChangeRiskier) {
  auto fields = resolution;
  fields["cause"] = "web01";
  move(started(), "resolve", fields).value();
  EXPECT_NE(submitted().field("risk_reasons").find("1 failures of the scope in 90 days"), std::string::npos);
}

TEST_F(RecentChangesTest, TicketWithoutItemsHasNothingToTell) {
  EXPECT_TRUE(causes(open()).empty());
  EXPECT_TRUE(before(open()).detected.empty());
}

}  // namespace
}  // namespace censo::desk
