// Service levels of the built-in incident: service-desk rules 54 to 63. It is Tuesday morning in Madrid.
#include "desk/ticket_target.h"
#include "tests/desk/desk_fixture.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::TimeMs;
constexpr TimeMs minute = 60'000, hour = 60 * minute;

class ServiceLevels : public DeskTest {
 protected:
  ServiceLevels() { db.advance_ms(base::parse_iso8601("2026-11-24T09:00+01:00").value() - db.clock().now()); }

  std::vector<TicketTarget> targets(const Ticket& ticket) {
    return as<std::vector<TicketTarget>>("ana", {}, [&](const Operation& operation) {
      return targets_of(operation.tx, *kinds.find("incident"), ticket, db.clock().now());
    });
  }
  TicketTarget target(const Ticket& ticket, std::string_view name) {
    const auto all = targets(ticket);
    const auto found = std::ranges::find(all, name, &TicketTarget::name);
    return found == all.end() ? TicketTarget{} : *found;
  }
  void escalate() {
    as<bool>("collector", {"rule"}, [&](const Operation& operation) {
      while (escalate_due_targets(operation, 10)) continue;
      return true;
    });
  }
  std::vector<std::string> told(const Ticket& ticket, std::string_view of = "") {
    std::vector<std::string> notices;
    for (const auto& entry : history(ticket))
      if (entry.event == "escalate" && entry.reason.starts_with(of)) notices.push_back(entry.after);
    return notices;
  }
  void comment(const Ticket& ticket, const std::string& person, NoteKind kind = NoteKind::shared) {
    as<base::Result<Ticket>>(person, person == "ana" ? desk_agent : Roles{}, [&](const Operation& operation) {
      return add_note(operation, find_ticket(operation.tx, ticket.number).value(), {kind, "looking", 0});
    }).value();
  }
  base::Result<cmdb::Page<Ticket>> list(const TicketFilter& filter, const cmdb::PageRequest& page = {}) {
    return as<base::Result<cmdb::Page<Ticket>>>(
        "ana", {}, [&](const Operation& operation) { return list_tickets(operation.tx, filter, page); });
  }
  void after(TimeMs time) { db.advance_ms(time); }
  Ticket urgent() { return open({{"impact", "1"}, {"urgency", "1"}}); }  // priority 1
  const FieldValues for_caller{{"hold_reason", "caller"}, {"message", "which browser?"}};
};

TEST_F(ServiceLevels, Rule52AnUrgentIncidentIsAnsweredIn15MinutesAroundTheClock) {
  EXPECT_EQ(target(urgent(), "respond").due_at, db.clock().now() + 15 * minute);
}

TEST_F(ServiceLevels, Rule59TheMostSpecificLimitIsTaken) {
  EXPECT_EQ(target(open({{"impact", "2"}, {"urgency", "1"}}), "resolve").limit, "8h");
}

TEST_F(ServiceLevels, Rule59WithoutAPriorityTheDefaultIsTaken) {
  EXPECT_EQ(target(open(), "resolve").limit, "5d");
}

struct DefaultTarget {
  const char *impact, *urgency, *respond, *resolve, *calendar;
};
class DefaultTargets : public ServiceLevels, public testing::WithParamInterface<DefaultTarget> {};

TEST_P(DefaultTargets, Rule51OfAPriority) {
  const auto& wanted = GetParam();
  const auto ticket = open({{"impact", wanted.impact}, {"urgency", wanted.urgency}});
  EXPECT_EQ(target(ticket, "respond").limit, wanted.respond);
  EXPECT_EQ(target(ticket, "respond").calendar, wanted.calendar);
  EXPECT_EQ(target(ticket, "resolve").limit, wanted.resolve);
  EXPECT_EQ(target(ticket, "resolve").calendar, wanted.calendar);
}
INSTANTIATE_TEST_SUITE_P(Rule51, DefaultTargets,
                         testing::Values(DefaultTarget{"1", "1", "15m", "4h", "always"},
                                         DefaultTarget{"1", "2", "30m", "8h", "office"},
                                         DefaultTarget{"2", "2", "4h", "2d", "office"},
                                         DefaultTarget{"2", "3", "1d", "5d", "office"},
                                         DefaultTarget{"3", "3", "2d", "20d", "office"}));

TEST_F(ServiceLevels, Rule58TwoDaysEndAtCloseOfBusinessInTheCalendarsZone) {
  const auto ticket = open({{"impact", "2"}, {"urgency", "2"}});
  EXPECT_EQ(base::to_iso8601(target(ticket, "resolve").due_at), "2026-11-26T17:00:00.000Z");
}

TEST_F(ServiceLevels, Rule55APublicCommentOfTheDeskAnswers) {
  const auto ticket = urgent();
  after(10 * minute);
  comment(ticket, "ana");
  EXPECT_EQ(target(ticket, "respond").state, "met");
}

TEST_F(ServiceLevels, Rule55AnInternalNoteDoesNotAnswer) {
  const auto ticket = urgent();
  comment(ticket, "ana", NoteKind::internal);
  EXPECT_EQ(target(ticket, "respond").state, "running");
}

TEST_F(ServiceLevels, Rule55TheRequestersOwnCommentDoesNotAnswer) {
  const auto ticket = urgent();
  comment(ticket, "luis");
  EXPECT_EQ(target(ticket, "respond").state, "running");
}

TEST_F(ServiceLevels, Rule55BeingAnsweredOnceIsEnough) {
  const auto ticket = started();
  move(ticket, "reassign", {{"group", "db"}, {"reason", "it is theirs"}}).value();
  EXPECT_EQ(target(ticket, "respond").state, "met");
}

TEST_F(ServiceLevels, Rule56WaitingForTheCallerPausesAndSaysWhy) {
  const auto ticket = move(started(), "hold", for_caller).value();
  EXPECT_EQ(target(ticket, "resolve").state, "paused");
  EXPECT_EQ(target(ticket, "resolve").reason, "on_hold: caller");
}

TEST_F(ServiceLevels, Rule56TimeOnHoldForTheCallerIsNotUsedUp) {
  const auto ticket = started({{"impact", "1"}, {"urgency", "1"}});
  after(hour);
  move(ticket, "hold", for_caller).value();
  after(10 * hour);
  move(ticket, "resume").value();
  after(hour);
  const auto resolve = target(ticket, "resolve");
  EXPECT_EQ(resolve.elapsed_ms, 2 * hour);
  EXPECT_EQ(resolve.wall_ms, 12 * hour);
  EXPECT_EQ(resolve.due_at, db.clock().now() + 2 * hour);
}

TEST_F(ServiceLevels, Rule56ASupplierRunsAClockOfItsOwnAndOursGoesOn) {
  const auto ticket = started({{"impact", "1"}, {"urgency", "1"}});
  move(ticket, "hold", {{"hold_reason", "supplier"}, {"supplier", "Acme"}, {"supplier_reference", "7"}})
      .value();
  after(hour);
  EXPECT_EQ(target(ticket, "supplier").elapsed_ms, hour);
  EXPECT_EQ(target(ticket, "resolve").elapsed_ms, hour);
}

TEST_F(ServiceLevels, Rule56TheSuppliersClockStopsWhenItIsOursAgain) {
  const auto ticket = started();
  move(ticket, "hold", {{"hold_reason", "supplier"}, {"supplier", "Acme"}, {"supplier_reference", "7"}})
      .value();
  move(ticket, "resume").value();
  EXPECT_EQ(target(ticket, "supplier").state, "paused");
}

TEST_F(ServiceLevels, Rule57ReopeningResumesTheSameClock) {
  const auto ticket = started({{"impact", "1"}, {"urgency", "1"}});
  after(hour);
  resolved(ticket);
  EXPECT_EQ(target(ticket, "resolve").state, "met");
  after(hour);
  move(ticket, "reopen", {{"reason", "it is back"}}).value();
  after(hour);
  EXPECT_EQ(target(ticket, "resolve").elapsed_ms, 2 * hour);
  EXPECT_EQ(target(ticket, "resolve").state, "running");
}

TEST_F(ServiceLevels, Rule57AnotherPriorityPicksAnotherLimitAndKeepsTheTimeUsedUp) {
  const auto ticket = started({{"impact", "2"}, {"urgency", "1"}});
  const auto start = target(ticket, "resolve").started_at;
  after(hour);
  move_as("eva", {"desk_manager"}, ticket, {"prioritise", {{"priority", "1"}, {"reason", "the board"}}, 0})
      .value();
  const auto resolve = target(ticket, "resolve");
  EXPECT_EQ(resolve.limit, "4h");
  EXPECT_EQ(resolve.elapsed_ms, hour);
  EXPECT_EQ(resolve.started_at, start);
  EXPECT_EQ(resolve.due_at, db.clock().now() + 3 * hour);
}

TEST_F(ServiceLevels, Rule54TheElapsedTimeIsTheSumOfTheLedger) {
  const auto ticket = started({{"impact", "2"}, {"urgency", "1"}});
  after(26 * hour);
  move(ticket, "hold", for_caller).value();
  after(5 * hour);
  move(ticket, "resume").value();
  after(3 * hour);
  resolved(ticket);
  const auto resolve = target(ticket, "resolve");
  TimeMs sum = 0;
  for (const auto& interval : resolve.intervals) sum += interval.open_ms;
  EXPECT_EQ(resolve.elapsed_ms, sum);
  EXPECT_EQ(resolve.intervals.size(), 4U);
}

// The office opens on Sundays alone from now on.
TEST_F(ServiceLevels, Rule60EditedCalendarDoesNotRewriteIntervalsThatHaveEnded) {
  const auto ticket = started({{"impact", "2"}, {"urgency", "2"}});
  after(hour);
  move(ticket, "hold", for_caller).value();
  move(ticket, "resume").value();
  auto files =
      std::vector<base::EmbeddedFile>(cmdb::built_in_schemas().begin(), cmdb::built_in_schemas().end());
  for (auto& file : files)
    if (file.path == "calendars/office.yaml")
      file.content = "calendar: office\nzone: Europe/Madrid\nweek: {sunday: [\"08:00-18:00\"]}\n";
  const auto edited = TicketKinds::load(files).value();
  after(3 * hour);
  const auto all = as<std::vector<TicketTarget>>("ana", {}, [&](const Operation& operation) {
    return targets_of(operation.tx, *edited.find("incident"), ticket, db.clock().now());
  });
  const auto found = std::ranges::find(all, "resolve", &TicketTarget::name);
  ASSERT_NE(found, all.end());
  EXPECT_EQ(found->elapsed_ms, hour);
}

TEST_F(ServiceLevels, Rule64AnUrgentIncidentWantsAMessageEvery30Minutes) {
  const auto ticket = urgent();
  EXPECT_EQ(target(ticket, "update").due_at, db.clock().now() + 30 * minute);
  after(20 * minute);
  comment(ticket, "ana", NoteKind::internal);
  EXPECT_EQ(target(ticket, "update").due_at, db.clock().now() + 30 * minute) << "it begins anew";
  EXPECT_EQ(target(ticket, "update").breached_at, 0);
}

TEST_F(ServiceLevels, Rule64TheRequestersOwnWordIsNoMessage) {
  const auto ticket = urgent();
  const auto due = target(ticket, "update").due_at;
  after(20 * minute);
  comment(ticket, "luis");
  EXPECT_EQ(target(ticket, "update").due_at, due);
}

TEST_F(ServiceLevels, Rule64AMissedMessageIsABreachOfItsOwnAndTheCommanderIsTold) {
  const auto ticket = urgent();
  const auto due = target(ticket, "update").due_at;
  after(31 * minute);
  escalate();
  EXPECT_EQ(target(ticket, "update").state, "breached_running");
  EXPECT_TRUE(std::ranges::count(told(ticket), R"({"notify":"commander"})") == 1);
  comment(ticket, "ana");
  EXPECT_EQ(target(ticket, "update").breached_at, due) << "said later, it stays breached";
  after(31 * minute);
  escalate();
  EXPECT_TRUE(std::ranges::count(told(ticket), R"({"notify":"commander"})") == 2) << "missed once more";
}

TEST_F(ServiceLevels, Rule64AMajorIncidentHasAnIntervalOfItsOwn) {
  const auto ticket = urgent();
  move_as("mia", all_desk_roles(), ticket,
          {"declare_major", {{"commander", "eva"}, {"message_interval_min", "10"}}, 0})
      .value();
  EXPECT_EQ(target(ticket, "update").limit, "10m");
  EXPECT_EQ(target(ticket, "update").due_at, db.clock().now() + 10 * minute);
}

TEST_F(ServiceLevels, Rule64OtherPrioritiesNeedNoMessages) {
  EXPECT_EQ(target(open({{"impact", "2"}, {"urgency", "1"}}), "update").state, "");
}

TEST_F(ServiceLevels, Rule61ABreachIsSeenBeforeItIsWrittenDown) {
  const auto ticket = urgent();
  after(16 * minute);
  EXPECT_EQ(target(ticket, "respond").state, "breached_running");
  EXPECT_EQ(target(ticket, "respond").remaining_ms, -minute);
}

TEST_F(ServiceLevels, Rule61WhatIsMetTooLateStaysBreached) {
  const auto ticket = urgent();
  after(16 * minute);
  comment(ticket, "ana");
  EXPECT_EQ(target(ticket, "respond").state, "breached_met");
}

TEST_F(ServiceLevels, Rule61ALongerLimitDoesNotClearABreach) {
  const auto ticket = urgent();
  after(5 * hour);
  escalate();
  move_as("eva", {"desk_manager"}, ticket, {"prioritise", {{"priority", "5"}, {"reason", "a mistake"}}, 0})
      .value();
  EXPECT_EQ(target(ticket, "resolve").state, "breached_running");
}

TEST_F(ServiceLevels, Rule61CancellingCancels) {
  const auto ticket = open();
  move(ticket, "cancel", {{"cancel_reason", "mistaken"}}).value();
  EXPECT_EQ(target(ticket, "resolve").state, "cancelled");
}

TEST_F(ServiceLevels, Rule63NobodyIsToldBeforeItIsTime) {
  const auto ticket = urgent();
  after(11 * minute);
  escalate();
  EXPECT_TRUE(told(ticket).empty());
}

TEST_F(ServiceLevels, Rule63EachStepIsTakenOnce) {
  const auto ticket = urgent();
  after(12 * minute);
  escalate();
  escalate();
  EXPECT_EQ(told(ticket), std::vector<std::string>{R"({"notify":"desk_agent"})"});
}

TEST_F(ServiceLevels, Rule63StepsThatWereMissedAreTakenInOrder) {
  const auto ticket = urgent();
  comment(ticket, "ana");
  after(5 * hour);
  escalate();
  EXPECT_EQ(told(ticket, "resolve"),
            (std::vector<std::string>{R"({"notify":"assignee"})", R"({"notify":"desk_agent"})",
                                      R"({"notify":"specialist"})", R"({"notify":"desk_manager"})"}));
}

TEST_F(ServiceLevels, Rule63StepsArePausedWithTheirTarget) {
  const auto ticket = move(started({{"impact", "1"}, {"urgency", "1"}}), "hold", for_caller).value();
  after(48 * hour);
  escalate();
  EXPECT_TRUE(told(ticket, "resolve").empty());
}

TEST_F(ServiceLevels, ANoticeLeavesTheVersionAsItIs) {
  const auto ticket = urgent();
  after(hour);
  escalate();
  EXPECT_EQ(now(ticket).version, ticket.version);
}

TEST_F(ServiceLevels, TheTicketHasItsEarliestDueTime) {
  EXPECT_EQ(urgent().due_at, db.clock().now() + 15 * minute);
}

TEST_F(ServiceLevels, AListByDueTimeHasTheEarliestFirst) {
  const auto later = open(), sooner = urgent();
  TicketFilter filter;
  filter.by_due = true;
  const auto page = list(filter).value();
  ASSERT_EQ(page.rows.size(), 2U);
  EXPECT_EQ(page.rows[0].number, sooner.number);
  EXPECT_EQ(page.rows[1].number, later.number);
}

TEST_F(ServiceLevels, AListByDueTimeGoesOnWhereItsPageEnded) {
  const auto later = open();
  urgent();
  TicketFilter filter;
  filter.by_due = true;
  const auto first = list(filter, {.limit = 1, .after = ""}).value();
  const auto second = list(filter, {.limit = 1, .after = first.next}).value();
  ASSERT_EQ(second.rows.size(), 1U);
  EXPECT_EQ(second.rows[0].number, later.number);
  EXPECT_EQ(second.next, "");
}

TEST_F(ServiceLevels, ABadCursorOfAListByDueTimeIsRefused) {
  TicketFilter filter;
  filter.by_due = true;
  EXPECT_FALSE(list(filter, {.limit = 1, .after = "x"}));
}

TEST_F(ServiceLevels, OnlyBreachedTicketsAreListed) {
  open();
  const auto late = urgent();
  after(16 * minute);
  escalate();
  TicketFilter filter;
  filter.breached = true;
  const auto page = list(filter).value();
  ASSERT_EQ(page.rows.size(), 1U);
  EXPECT_EQ(page.rows[0].number, late.number);
}

TEST_F(ServiceLevels, OnlyWhatIsDueBeforeATimeIsListed) {
  open();
  const auto soon = urgent();
  TicketFilter filter;
  filter.due_before = db.clock().now() + hour;
  const auto page = list(filter).value();
  ASSERT_EQ(page.rows.size(), 1U);
  EXPECT_EQ(page.rows[0].number, soon.number);
}

}  // namespace
}  // namespace censo::desk
