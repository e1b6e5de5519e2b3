#include "desk/change_calendar.h"
#include "desk/desk_window.h"
#include "tests/desk/change_fixture.h"

namespace censo::desk {
namespace {

class ChangeCalendarTest : public ChangeTest {
 protected:
  std::vector<CalendarEntry> entries(base::TimeMs from_ms, base::TimeMs to_ms) {
    const auto at = db.clock().now();
    return as<std::vector<CalendarEntry>>("ana", {}, [&](const Operation& operation) {
      return change_calendar(operation, {at + from_ms, at + to_ms});
    });
  }
};

TEST_F(ChangeCalendarTest, ChangesThatAreAskedForWithinTheTime) {
  const auto change = submitted();
  draft();
  ASSERT_EQ(entries(0, day_ms).size(), 1U);
  const auto entry = entries(0, day_ms).front();
  EXPECT_EQ(entry.name, change.number);
  EXPECT_EQ(entry.person, "eva");
  EXPECT_TRUE(entries(day_ms, 2 * day_ms).empty());
}

TEST_F(ChangeCalendarTest, UidStaysAndVersionRises) {
  const auto change = submitted();
  const auto before = entries(0, day_ms).front();
  act("mia", change, "authorise").value();
  const auto after = entries(0, day_ms).front();
  EXPECT_EQ(after.uid, before.uid);
  EXPECT_GT(after.version, before.version);
}

TEST_F(ChangeCalendarTest, WhatWasDoneStandsAtItsActualTime) {
  const auto change = implementing();
  db.advance_ms(hour_ms);
  const auto done = act("mia", completed(change), "close", {{"explanation", "seen"}}).value();
  const auto entry = entries(-day_ms, day_ms).front();
  EXPECT_EQ(entry.state, "closed");
  EXPECT_EQ(base::to_iso8601(entry.when.end), done.field("actual_end"));
}

TEST_F(ChangeCalendarTest, CancelledOnesAreGone) {
  act("luis", submitted(), "cancel", {{"reason", "not now"}}).value();
  EXPECT_TRUE(entries(0, day_ms).empty());
}

TEST_F(ChangeCalendarTest, WindowsStandThereEachTimeThatTheyCome) {
  DeskWindow window;
  window.name = "nights";
  window.kind = maintenance;
  window.title = "Nights";
  window.zone = "Europe/Madrid";
  window.starts = "2024-01-01T22:00";
  window.ends = "2024-01-02T02:00";
  window.repeats = "FREQ=DAILY";
  as<base::Result<DeskWindow>>("mia", {"change_manager"}, [&](const Operation& operation) {
    return put_desk_window(operation, window);
  }).value();
  const auto nights = entries(0, 3 * day_ms);
  ASSERT_GE(nights.size(), 3U);
  EXPECT_EQ(nights[0].kind, "maintenance");
  EXPECT_NE(nights[0].uid, nights[1].uid);
}

}  // namespace
}  // namespace censo::desk
