// Rosters and who is called: service-desk rule 65. It is Tuesday, nine in the morning in Madrid.
#include "desk/on_call.h"
#include "tests/desk/desk_fixture.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;
using base::TimeMs;
constexpr TimeMs minute = 60'000, hour = 60 * minute;
using Names = std::vector<std::string>;

class OnCall : public DeskTest {
 protected:
  OnCall() { db.advance_ms(base::parse_iso8601("2026-11-24T09:00+01:00").value() - db.clock().now()); }

  base::Result<Roster> roster(const std::string& group = "web", const Roles& roles = {"desk_manager"}) {
    return as<base::Result<Roster>>("mia", roles, [&](const Operation& operation) {
      return put_roster(operation, {group, 15, 10, "", 0, {}});
    });
  }
  base::Result<Roster> shift(const Shift& wanted, const Roles& roles = {"desk_manager"}) {
    return as<base::Result<Roster>>("mia", roles,
                                    [&](const Operation& operation) { return put_shift(operation, wanted); });
  }
  static Shift daily(const std::string& person, std::int64_t place) {
    return {"web",       person, person, place, "Europe/Madrid", "2026-11-01T08:00", "2026-11-01T20:00",
            "FREQ=DAILY"};
  }
  // eva is called first, bob next.
  void with_two() {
    roster().value();
    shift(daily("bob", 2)).value();
    shift(daily("eva", 1)).value();
  }
  Names on_call(const std::string& at) {
    Names people;
    for (const auto& one : as<base::Result<std::vector<Shift>>>("ana", {}, [&](const Operation& operation) {
                             return on_call_at(operation.tx, "web", base::parse_iso8601(at).value());
                           }).value())
      people.push_back(one.person);
    return people;
  }
  void look() {
    as<bool>("collector", {"rule"}, [](const Operation& operation) { return call_on_call(operation, 10); });
  }
  void after(TimeMs time) {
    db.advance_ms(time);
    look();
  }
  // In the group web, with nobody.
  Ticket waiting() {
    const auto ticket = move(open(), "assign", {{"group", "web"}}).value();
    look();
    return ticket;
  }
  std::string assignee(const Ticket& ticket) { return now(ticket).field("assignee"); }
};

TEST_F(OnCall, WhoIsOnCallAtAMomentInTheShiftsZone) {
  with_two();
  EXPECT_EQ(on_call("2026-11-24T08:00+01:00"), (Names{"eva", "bob"}));
  EXPECT_EQ(on_call("2026-11-24T20:00+01:00"), Names{});
  EXPECT_EQ(on_call("2027-06-01T08:00+02:00"), (Names{"eva", "bob"})) << "eight on the wall in summer too";
  EXPECT_EQ(on_call("2027-06-01T07:30+02:00"), Names{});
}

TEST_F(OnCall, WhoHasTwoShiftsAtATimeIsCalledOnce) {
  with_two();
  auto again = daily("eva", 3);
  again.name = "weekdays";
  shift(again).value();
  EXPECT_EQ(on_call("2026-11-24T08:00+01:00"), (Names{"eva", "bob"}));
}

TEST_F(OnCall, Rule65UnassignedForTheTimeGoesToWhoIsOnCall) {
  with_two();
  const auto ticket = waiting();
  after(14 * minute);
  EXPECT_EQ(assignee(ticket), "");
  after(minute);
  EXPECT_EQ(assignee(ticket), "eva");
  const auto last = history(ticket).back();
  EXPECT_EQ(last.event, "call");
  EXPECT_EQ(last.reason, "nobody took it within 15 min; on call: eva");
}

TEST_F(OnCall, Rule65WithoutAcknowledgementTheNextOneIsCalled) {
  with_two();
  const auto ticket = waiting();
  after(15 * minute);
  after(9 * minute);
  EXPECT_EQ(assignee(ticket), "eva");
  after(minute);
  EXPECT_EQ(assignee(ticket), "bob");
  EXPECT_EQ(history(ticket).back().reason, "eva has not acknowledged within 10 min; on call: bob");
}

TEST_F(OnCall, Rule65WhoAcknowledgesKeepsIt) {
  with_two();
  const auto ticket = waiting();
  after(15 * minute);
  move_as("eva", {}, ticket, {"acknowledge", {}, 0}).value();
  after(hour);
  EXPECT_EQ(assignee(ticket), "eva");
}

TEST_F(OnCall, Rule65ACommentAcknowledgesAsWell) {
  with_two();
  const auto ticket = waiting();
  after(15 * minute);
  as<base::Result<Ticket>>("eva", {}, [&](const Operation& operation) {
    return add_note(operation, find_ticket(operation.tx, ticket.number).value(),
                    {NoteKind::shared, "on it", 0});
  }).value();
  after(hour);
  EXPECT_EQ(assignee(ticket), "eva");
}

TEST_F(OnCall, Rule65WhenNobodyElseIsOnCallTheManagerIsToldOnce) {
  roster().value();
  shift(daily("eva", 1)).value();
  const auto ticket = waiting();
  after(15 * minute);
  after(10 * minute);
  after(10 * minute);
  EXPECT_EQ(assignee(ticket), "eva");
  const auto all = history(ticket);
  EXPECT_EQ(std::ranges::count(all, "escalate", &TicketHistoryEntry::event), 1);
  EXPECT_EQ(all.back().reason, "nobody else is on call for web");
  EXPECT_EQ(all.back().after, R"({"notify":"desk_manager"})");
}

TEST_F(OnCall, Rule65WhoComesOnCallLaterIsCalledThen) {
  roster().value();
  const auto ticket = waiting();
  after(15 * minute);
  EXPECT_EQ(history(ticket).back().reason, "nobody is on call for web");
  shift(daily("eva", 1)).value();
  after(10 * minute);
  EXPECT_EQ(assignee(ticket), "eva");
}

TEST_F(OnCall, WhoTakesItInTimeIsNotDisturbed) {
  with_two();
  const auto ticket = waiting();
  after(5 * minute);
  move(ticket, "reassign", {{"assignee", "ana"}, {"reason", "mine"}}).value();
  after(hour);
  EXPECT_EQ(assignee(ticket), "ana");
}

TEST_F(OnCall, AnotherGroupBeginsAnew) {
  with_two();
  const auto ticket = waiting();
  after(10 * minute);
  move(ticket, "reassign", {{"group", "db"}, {"reason", "theirs"}}).value();
  after(10 * minute);
  move(ticket, "reassign", {{"group", "web"}, {"reason", "no"}}).value();
  after(0);
  after(14 * minute);
  EXPECT_EQ(assignee(ticket), "");
  after(minute);
  EXPECT_EQ(assignee(ticket), "eva");
}

TEST_F(OnCall, AGroupWithoutARosterCallsNobody) {
  const auto ticket = waiting();
  after(hour);
  EXPECT_EQ(assignee(ticket), "");
}

TEST_F(OnCall, RostersAreTheDeskManagers) {
  EXPECT_EQ(refusal(roster("web", desk_agent)), "permission_denied ROLE_NEEDED");
  EXPECT_EQ(shift(daily("eva", 1), desk_agent).error().code, Errc::not_found) << "before the role";
  roster().value();
  EXPECT_EQ(refusal(shift(daily("eva", 1), desk_agent)), "permission_denied ROLE_NEEDED");
}

TEST_F(OnCall, WhatIsNoShiftIsRefused) {
  roster().value();
  const auto refused = [&](Shift wanted) { return shift(wanted).error().where; };
  auto wanted = daily("eva", 1);
  wanted.zone = "Mars/Olympus";
  EXPECT_EQ(refused(wanted), "zone");
  wanted = daily("eva", 1);
  wanted.ends = "2026-10-31T08:00";
  EXPECT_EQ(refused(wanted), "ends");
  wanted = daily("eva", 1);
  wanted.repeats = "FREQ=HOURLY";
  EXPECT_EQ(refused(wanted), "repeats");
  EXPECT_EQ(refused(daily("", 1)), "shift");
  EXPECT_EQ(refused(daily("eva", 0)), "place");
}

TEST_F(OnCall, ShiftsAndRostersAreRemoved) {
  with_two();
  const auto gone = [&](const std::string& name) {
    return as<base::Result<void>>("mia", {"desk_manager"}, [&](const Operation& operation) {
      return remove_shift(operation, "web", name);
    });
  };
  EXPECT_TRUE(gone("eva"));
  EXPECT_EQ(gone("eva").error().code, Errc::not_found);
  EXPECT_EQ(on_call("2026-11-24T08:00+01:00"), Names{"bob"});
  waiting();
  EXPECT_TRUE((as<base::Result<void>>(
      "mia", {"desk_manager"}, [&](const Operation& operation) { return remove_roster(operation, "web"); })));
  after(hour);
}

}  // namespace
}  // namespace censo::desk
