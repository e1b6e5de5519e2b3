// Calendars that are edited while targets run: service-desk rule 60. It is Tuesday morning in Madrid.
#include "desk/calendar_change.h"
#include "desk/ticket_target.h"
#include "tests/desk/desk_fixture.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::TimeMs;
constexpr TimeMs hour = 60 * 60 * 1'000;

class CalendarChange : public DeskTest {
 protected:
  CalendarChange() {
    db.advance_ms(base::parse_iso8601("2026-11-24T09:00+01:00").value() - db.clock().now());
    take_up(kinds, files_with(office));
  }
  static std::vector<base::EmbeddedFile> files_with(std::string_view calendar) {
    const auto built_in = cmdb::built_in_schemas();
    std::vector<base::EmbeddedFile> files(built_in.begin(), built_in.end());
    for (auto& file : files)
      if (file.path == "calendars/office.yaml" && !calendar.empty()) file.content = calendar;
    return files;
  }
  std::size_t take_up(const TicketKinds& with, const std::vector<base::EmbeddedFile>& files) {
    std::size_t count = 0;
    db.write([&](store::Transaction& tx) {
      const Act act{"collector", "rule", db.clock(), {"rule"}};
      count = take_up_calendars({tx, with, act}, files);
    });
    return count;
  }
  TicketTarget resolve_of(const Ticket& ticket, const TicketKinds& with) {
    const auto all = as<std::vector<TicketTarget>>("ana", {}, [&](const Operation& operation) {
      return targets_of(operation.tx, *with.find("incident"), ticket, db.clock().now());
    });
    return *std::ranges::find(all, "resolve", &TicketTarget::name);
  }

  static constexpr std::string_view office = "";  // as it is built in: 8 to 18 on Tuesdays
  static constexpr std::string_view mornings =
      "calendar: office\nzone: Europe/Madrid\nweek: {tuesday: [\"08:00-10:00\"], wednesday: "
      "[\"08:00-18:00\"]}\n";
};

TEST_F(CalendarChange, Rule60TheTimeUntilTheEditIsNotRecounted) {
  const auto ticket = started({{"impact", "1"}, {"urgency", "2"}});  // 8 h of the office
  db.advance_ms(3 * hour);
  const auto edited = TicketKinds::load(files_with(mornings)).value();
  EXPECT_EQ(take_up(edited, files_with(mornings)), 1U);
  const auto resolve = resolve_of(ticket, edited);
  EXPECT_EQ(resolve.elapsed_ms, 3 * hour) << "from 9 to 12, though it closes at 10 now";
  EXPECT_EQ(base::to_iso8601(resolve.due_at), "2026-11-25T12:00:00.000Z") << "5 h of Wednesday";
  ASSERT_EQ(resolve.intervals.size(), 2U);
  EXPECT_EQ(resolve.intervals[0].open_ms, 3 * hour);
  EXPECT_EQ(now(ticket).due_at, resolve.due_at);
}

TEST_F(CalendarChange, Rule60WhatComesAfterCountsByTheEditedOne) {
  const auto ticket = started({{"impact", "1"}, {"urgency", "2"}});
  db.advance_ms(3 * hour);
  const auto edited = TicketKinds::load(files_with(mornings)).value();
  take_up(edited, files_with(mornings));
  db.advance_ms(22 * hour);  // 10 o'clock on Wednesday
  EXPECT_EQ(resolve_of(ticket, edited).elapsed_ms, 5 * hour);
}

TEST_F(CalendarChange, Rule60ARecountIsALoggedAct) {
  const auto ticket = started({{"impact", "1"}, {"urgency", "2"}});
  db.advance_ms(hour);
  take_up(TicketKinds::load(files_with(mornings)).value(), files_with(mornings));
  const auto last = history(ticket).back();
  EXPECT_EQ(last.event, "recount");
  EXPECT_EQ(last.actor, "collector");
  EXPECT_EQ(last.reason, "resolve: the calendar office was edited");
}

TEST_F(CalendarChange, Rule60WhatWasOverdueByTheOldOneStaysBreached) {
  const auto ticket = started({{"impact", "1"}, {"urgency", "2"}});
  const auto due = resolve_of(ticket, kinds).due_at;
  db.advance_ms(9 * hour);
  const auto edited = TicketKinds::load(files_with(mornings)).value();
  take_up(edited, files_with(mornings));
  EXPECT_EQ(resolve_of(ticket, edited).breached_at, due);
}

TEST_F(CalendarChange, TheSameCalendarChangesNothing) {
  const auto ticket = started({{"impact", "1"}, {"urgency", "2"}});
  db.advance_ms(hour);
  EXPECT_EQ(take_up(kinds, files_with(office)), 0U);
  EXPECT_NE(history(ticket).back().event, "recount");
}

TEST_F(CalendarChange, WhatDoesNotRunOrGoesByAnotherCalendarIsLeftAlone) {
  started({{"impact", "1"}, {"urgency", "1"}});
  move(started(), "hold", {{"hold_reason", "caller"}, {"message", "which browser?"}}).value();
  const auto edited = TicketKinds::load(files_with(mornings)).value();
  EXPECT_EQ(take_up(edited, files_with(mornings)), 0U);
}

}  // namespace
}  // namespace censo::desk
