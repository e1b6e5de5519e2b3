// Service-desk rule 33 (freezes, maintenance), and what maintenance makes of events and differences.
#include "desk/desk_window.h"
#include "cmdb/saved_search.h"
#include "desk/zone.h"
#include "tests/desk/event_fixture.h"

namespace censo::desk {
namespace {

class DeskWindowTest : public EventTest {
 protected:
  // From an hour ago for a day, of everything.
  DeskWindow one(std::string_view kind) {
    DeskWindow window;
    window.name = "year_end";
    window.kind = kind;
    window.title = "Year's end";
    window.zone = "Europe/Madrid";
    const auto wall = wall_time(*find_zone(window.zone), db.clock().now());
    window.starts = wall_text(wall - hour_ms);
    window.ends = wall_text(wall + 23 * hour_ms);
    return window;
  }
  base::Result<DeskWindow> put(const DeskWindow& window, const Roles& roles = {"change_manager"}) {
    return as<base::Result<DeskWindow>>(
        "mia", roles, [&](const Operation& operation) { return put_desk_window(operation, window); });
  }
  void save_search(const std::string& name, const std::string& query) {
    db.write([&](store::Transaction& tx) {
      cmdb::save_search(tx, catalog, {name, "mia", query, 0, db.clock().now()}, true).value();
    });
  }
  static std::vector<Window> times(DeskWindow window, const std::string& from, const std::string& to) {
    window.zone = "Europe/Madrid";
    return occurrences(window, {base::parse_iso8601(from).value(), base::parse_iso8601(to).value()});
  }
  static DeskWindow weekly_night() {
    DeskWindow window;
    window.starts = "2026-10-18T22:00";
    window.ends = "2026-10-19T02:00";
    window.repeats = "FREQ=WEEKLY";
    return window;
  }
};

TEST_F(DeskWindowTest, ComesAtTheSameTimeOnTheWallWhenDaylightSavingEnds) {
  const auto nights = times(weekly_night(), "2026-10-17T00:00:00Z", "2026-10-31T00:00:00Z");
  ASSERT_EQ(nights.size(), 2U);
  EXPECT_EQ(base::to_iso8601(nights[0].start), "2026-10-18T20:00:00.000Z");
  EXPECT_EQ(base::to_iso8601(nights[1].start), "2026-10-25T21:00:00.000Z");
  EXPECT_EQ(base::to_iso8601(nights[1].end), "2026-10-26T01:00:00.000Z");
}

TEST_F(DeskWindowTest, NightThatBeganTheDayBeforeIsStillThere) {
  EXPECT_EQ(times(weekly_night(), "2026-10-18T23:30:00Z", "2026-10-18T23:31:00Z").size(), 1U);
  EXPECT_TRUE(times(weekly_night(), "2026-10-19T00:00:00Z", "2026-10-19T00:01:00Z").empty());
}

TEST_F(DeskWindowTest, OneThatComesOftenIsToldAThousandTimes) {
  auto daily = weekly_night();
  daily.repeats = "FREQ=DAILY";
  EXPECT_EQ(times(daily, "2026-10-17T00:00:00Z", "2036-10-17T00:00:00Z").size(), 1'000U);
}

TEST_F(DeskWindowTest, ThereAreNoMoreThanFiveHundred) {
  auto window = one(maintenance);
  for (int i = 0; i < 500; ++i) {
    window.name = "w" + std::to_string(i);
    ASSERT_TRUE(put(window)) << i;
  }
  EXPECT_TRUE(put(window)) << "replaced, not one more";
  window.name = "one_more";
  EXPECT_EQ(refusal(put(window)), "limit_exceeded ");
}

TEST_F(DeskWindowTest, OneThatIsUnfitIsRefusedWithItsField) {
  const auto where = [&](auto spoil) {
    auto window = one(freeze);
    spoil(window);
    const auto made = put(window);
    return made ? std::string("taken") : made.error().where;
  };
  EXPECT_EQ(where([](DeskWindow&) {}), "taken");
  EXPECT_EQ(where([](DeskWindow& w) { w.name = "Year end"; }), "name");
  EXPECT_EQ(where([](DeskWindow& w) { w.kind = "thaw"; }), "kind");
  EXPECT_EQ(where([](DeskWindow& w) { w.zone = "Mars/Olympus"; }), "zone");
  EXPECT_EQ(where([](DeskWindow& w) { w.starts = "yesterday"; }), "starts");
  EXPECT_EQ(where([](DeskWindow& w) { w.ends = w.starts; }), "ends");
  EXPECT_EQ(where([](DeskWindow& w) { w.repeats = "FREQ=HOURLY"; }), "repeats");
  EXPECT_EQ(where([](DeskWindow& w) { w.overriders = {"king"}; }), "overriders");
  EXPECT_EQ(where([](DeskWindow& w) { w.conditions = {"DiskFull"}; }), "kind");
  EXPECT_EQ(where([](DeskWindow& w) { w.query = "class:servr"; }), "q:1");
  EXPECT_EQ(where([](DeskWindow& w) { w.query = "software:openssl"; }), "q:1");  // not the item's own
  EXPECT_EQ(refusal(put(one(freeze), desk_agent)), "permission_denied ROLE_NEEDED");
}

TEST_F(DeskWindowTest, ItRepeatsOnTheDayOfItsStart) {
  auto window = weekly_night();
  window.name = "nights";
  window.kind = maintenance;
  window.title = "Nights";
  window.zone = "Europe/Madrid";
  window.repeats = "FREQ=WEEKLY;BYDAY=TU";  // it begins on a Sunday
  EXPECT_EQ(put(window).error().where, "repeats");
}

TEST_F(DeskWindowTest, Rule33FreezeStopsAChangeUntilItIsOverridden) {
  put(one(freeze)).value();
  const auto change = submitted();
  const auto refused = act("mia", change, "authorise");
  EXPECT_EQ(refusal(refused), "conflict FREEZE");
  EXPECT_NE(refused.error().message.find("year_end"), std::string::npos);
  const auto through = act("mia", change, "authorise", {{"freeze_override", "CVE is being used"}}).value();
  EXPECT_EQ(through.field("freezes_overridden"), "year_end");
  EXPECT_EQ(through.field("freeze_overridden_by"), "mia");
  EXPECT_EQ(act("max", through, "approve").value().state, "scheduled");
  EXPECT_TRUE(act("eva", through, "implement"));  // said once it is enough
}

TEST_F(DeskWindowTest, Rule33FreezeIsOverriddenByWhoMayAlone) {
  auto window = one(freeze);
  window.overriders = {"change_authority"};
  put(window).value();
  const auto change = submitted();
  const WantedTransition wanted{"authorise", {{"freeze_override", "CVE"}}, 0};
  EXPECT_EQ(refusal(move_as("mia", {"change_manager"}, change, wanted)), "permission_denied ROLE_NEEDED");
  EXPECT_TRUE(move_as("mia", {"change_manager", "change_authority"}, change, wanted));
}

TEST_F(DeskWindowTest, Rule33FreezeThatCameAfterThePlanStopsTheStart) {
  const auto change = scheduled();
  put(one(freeze)).value();
  EXPECT_EQ(refusal(act("eva", change, "implement")), "conflict FREEZE");
  EXPECT_EQ(
      act("eva", change, "implement", {{"freeze_override", "urgent"}}).value().field("freezes_overridden"),
      "year_end");
}

TEST_F(DeskWindowTest, Rule33FreezeOfOtherItemsIsInNobodysWay) {
  auto window = one(freeze);
  window.query = "name:web02";
  put(window).value();
  EXPECT_TRUE(act("mia", submitted(), "authorise"));
}

TEST_F(DeskWindowTest, Rule33FreezeFollowsItsSavedSearch) {
  save_search("shop", "class:workstation");
  auto window = one(freeze);
  window.search = "shop";
  put(window).value();
  EXPECT_TRUE(act("mia", submitted(), "authorise"));
  save_search("shop", "class:server");
  EXPECT_EQ(refusal(act("mia", submitted(), "authorise", {{"conflicts_accepted", "yes"}})),
            "conflict FREEZE");
  db.write([&](store::Transaction& tx) { cmdb::delete_saved_search(tx, "shop", "mia", true).value(); });
  EXPECT_EQ(refusal(act("mia", submitted(), "authorise", {{"conflicts_accepted", "yes"}})),
            "conflict FREEZE");
}

TEST_F(DeskWindowTest, Rule33StandardChangeIsNotScheduledIntoAFreeze) {
  const auto model = completed(implementing("software"));
  act("mia", model, "close", {{"explanation", "seen"}}).value();
  put(one(freeze)).value();
  const auto change = draft({{"type", "standard"}, {"template", model.number}});
  modify(change, "software").value();
  EXPECT_EQ(refusal(act("luis", change, "submit")), "conflict FREEZE");
}

TEST_F(DeskWindowTest, Rule33FreezeAndMaintenanceAreListedAmongTheConflicts) {
  put(one(freeze)).value();
  auto window = one(maintenance);
  window.name = "patch_day";
  put(window).value();
  const auto change = submitted();
  const auto planned = now(change);
  const auto conflicts = as<std::vector<ChangeConflict>>(
      "ana", {}, [&](const Operation& operation) { return conflicts_of(operation, planned); });
  ASSERT_EQ(conflicts.size(), 2U);
  EXPECT_EQ(conflicts[0].kind, "freeze");
  EXPECT_EQ(conflicts[1].number, "patch_day");
  EXPECT_EQ(conflicts[1].reason, "is a maintenance window of web01");
  EXPECT_EQ(refusal(act("mia", change, "authorise", {{"freeze_override", "CVE"}})), "conflict CONFLICTS");
}

TEST_F(DeskWindowTest, MaintenanceSilencesTheEventsThatItExpects) {
  auto window = one(maintenance);
  window.query = "class:server";
  window.conditions = {"DiskFull*"};
  put(window).value();
  const auto event = send(message());
  EXPECT_EQ(event.handling, "silenced");
  EXPECT_EQ(event.reason, "maintenance year_end");
  EXPECT_EQ(send(message("web01", "HostDown")).handling, "incident");
}

TEST_F(DeskWindowTest, WhatStillFiresAfterMaintenanceGetsItsIncident) {
  put(one(maintenance)).value();
  const auto event = send(message());
  db.advance_ms(25 * hour_ms);
  look();
  EXPECT_EQ(again(event).handling, "incident");
}

TEST_F(DeskWindowTest, Rule42DifferencesInMaintenanceAreExpected) {
  auto window = one(maintenance);
  window.subjects = {"software"};
  put(window).value();
  const auto patched = becomes(web01, {});
  EXPECT_EQ(patched.state, "expected");
  EXPECT_EQ(patched.rule, "maintenance year_end");
  EXPECT_EQ(becomes(web01, {"attribute", "model", "R740", "R750"}).state, "unauthorised");
}

TEST_F(DeskWindowTest, Rule42ChangeExplainsMoreThanMaintenance) {
  put(one(maintenance)).value();
  const auto model = act("mia", submitted(), "authorise", {{"conflicts_accepted", "planned so"}}).value();
  act("max", model, "approve").value();
  act("eva", model, "implement").value();
  db.advance_ms(minute_ms);
  const auto patched = becomes(web01, {});
  EXPECT_EQ(patched.state, "matched");
  EXPECT_EQ(patched.ticket, model.number);
}

}  // namespace
}  // namespace censo::desk
