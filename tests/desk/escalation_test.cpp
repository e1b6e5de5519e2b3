// Steps that move a ticket (service-desk rules 62 and 63), and what is refused in "targets".
#include "desk/ticket_target.h"
#include "tests/desk/desk_fixture.h"

#include <array>

namespace censo::desk {
namespace {

using base::EmbeddedFile;

const std::string kind_text =
    "ticket: task\nprefix: TSK\nlabel: {en: Task, es: Tarea}\ninitial: new\n"
    "priority: [\"123\", \"234\", \"345\"]\nfields:\n"
    "  impact: {type: integer, min: 1, max: 3, edit: true, label: {en: Impact, es: Impacto}}\n"
    "  urgency: {type: integer, min: 1, max: 3, edit: true, label: {en: Urgency, es: Urgencia}}\n"
    "  priority: {type: integer, min: 1, max: 5, label: {en: Priority, es: Prioridad}}\n"
    "  priority_by: {type: text, label: {en: By, es: Por}}\n"
    "  group: {type: text, edit: true, label: {en: Group, es: Grupo}}\n"
    "  assignee: {type: text, edit: true, label: {en: Assignee, es: Asignada a}}\n"
    "  hops: {type: integer, min: 0, max: 1000000, label: {en: Hops, es: Saltos}}\n"
    "states:\n  new: {label: {en: New, es: Nueva}}\n  done: {final: true, label: {en: Done, es: Hecha}}\n"
    "transitions:\n  - {event: finish, label: {en: Finish, es: Acabar}, from: [new], to: done, roles: "
    "[desk_agent]}\n";
const std::string calendar_text = "calendar: mondays\nzone: Etc/UTC\nweek: {monday: [\"00:00-24:00\"]}\n";

base::Result<TicketKinds> loaded(const std::string& targets) {
  const std::string text = kind_text + targets;
  const std::array files{EmbeddedFile{"tickets/task.yaml", text},
                         EmbeddedFile{"calendars/mondays.yaml", calendar_text}};
  return TicketKinds::load(files);
}
std::string fault(const std::string& target) {
  const auto kinds = loaded("targets:\n  finish: {label: {en: Finish, es: Acabar}, " + target + "}\n");
  return kinds ? "none" : kinds.error().message;
}
const std::string limits = "limits: [{limit: 2h, calendar: mondays}]";

class Escalation : public DeskTest {
 protected:
  Escalation() {
    db.advance_ms(base::parse_iso8601("2026-11-23T08:00Z").value() - db.clock().now());
  }  // a Monday

  const TicketKinds tasks =
      loaded("targets:\n  finish:\n    label: {en: Finish, es: Acabar}\n    stops: [done]\n    " + limits +
             "\n    steps:\n      - {at: 50, reassign: second line}\n      - {at: 100, raise: true}\n")
          .value();

  Ticket open_task() {
    NewTicket wanted;
    wanted.kind = "task";
    wanted.title = "Change the tape";
    wanted.fields = {{"impact", "3"}, {"urgency", "3"}, {"group", "first line"}, {"assignee", "ana"}};
    return as<base::Result<Ticket>>("ana", desk_agent,
                                    [&](const Operation& operation) {
                                      auto ticket = open_ticket(operation.tx, tasks, wanted, operation.act);
                                      return ticket;
                                    })
        .value();
  }
  Ticket escalated(const Ticket& ticket) {
    return as<Ticket>("collector", {"rule"}, [&](const Operation& operation) {
      const Operation of_tasks{operation.tx, tasks, operation.act};
      while (escalate_due_targets(of_tasks, 10)) continue;
      return find_ticket(operation.tx, ticket.number).value();
    });
  }
};

TEST_F(Escalation, Rule62AStepReassignsToAnotherGroupAndCountsAHop) {
  const auto ticket = open_task();
  db.advance_ms(60 * 60'000);
  const auto after = escalated(ticket);
  EXPECT_EQ(after.field("group"), "second line");
  EXPECT_EQ(after.field("assignee"), "");
  EXPECT_EQ(after.field("hops"), "1");
}

TEST_F(Escalation, Rule63ABreachRaisesThePriority) {
  const auto ticket = open_task();
  db.advance_ms(120 * 60'000);
  const auto after = escalated(ticket);
  EXPECT_EQ(after.field("priority"), "4");
  EXPECT_EQ(after.breached, 1);
}

TEST_F(Escalation, Rule66TheFifthHopIsToldToTheDeskManager) {
  const auto ticket = open();
  move(ticket, "assign", {{"group", "g0"}}).value();
  const auto hop = [&](const std::string& group) {
    move(ticket, "reassign", {{"group", group}, {"reason", "not ours"}}).value();
    const auto last = history(ticket).back();
    return last.event == "escalate" ? last.reason + " " + last.after : last.event;
  };
  for (const auto* group : {"g1", "g2", "g3", "g4"}) EXPECT_EQ(hop(group), "reassign");
  EXPECT_EQ(hop("g5"), R"(5 hops {"notify":"desk_manager"})");
  EXPECT_EQ(hop("g6"), "reassign");
}

TEST_F(Escalation, Rule66TheThirdReopeningIsToldToTheDeskManager) {
  const auto ticket = started();
  const auto reopen = [&] {
    resolved(ticket);
    move(ticket, "reopen", {{"reason", "still slow"}}).value();
    return history(ticket).back().event;
  };
  EXPECT_EQ(reopen(), "reopen");
  EXPECT_EQ(reopen(), "reopen");
  EXPECT_EQ(reopen(), "escalate");
  EXPECT_EQ(history(ticket).back().reason, "3 reopenings");
}

TEST_F(Escalation, AStepThatMovesTheTicketRaisesItsVersion) {
  const auto ticket = open_task();
  db.advance_ms(60 * 60'000);
  EXPECT_EQ(escalated(ticket).version, ticket.version + 1);
}

TEST_F(Escalation, TheHistoryTellsTheStepAndWhy) {
  const auto ticket = open_task();
  db.advance_ms(60 * 60'000);
  escalated(ticket);
  const auto last = history(ticket).back();
  EXPECT_EQ(last.event, "escalate");
  EXPECT_EQ(last.actor, "collector");
  EXPECT_EQ(last.reason, "finish at 50 % of 2h, due 2026-11-23T10:00:00.000Z");
}

TEST_F(Escalation, NothingHappensWhileTheCalendarIsClosed) {
  db.advance_ms(base::parse_iso8601("2026-11-24T08:00Z").value() - db.clock().now());
  const auto ticket = open_task();
  db.advance_ms(std::int64_t{5} * 24 * 60 * 60'000);
  EXPECT_EQ(escalated(ticket).version, ticket.version);
}

TEST(ServiceLevelFile, AnUnknownCalendarIsRefused) {
  EXPECT_EQ(fault("stops: [done], limits: [{limit: 2h, calendar: sundays}]"),
            "calendar: no calendar \"sundays\"");
}

TEST(ServiceLevelFile, ATargetThatNeverStopsIsRefused) {
  EXPECT_NE(fault(limits).find("for ever"), std::string::npos);
}

TEST(ServiceLevelFile, ALimitThatIsNeverOverIsRefused) {
  EXPECT_NE(fault("stops: [done], limits: [{limit: 91d, calendar: mondays}]").find("90 days"),
            std::string::npos);
}

TEST(ServiceLevelFile, AnUnknownStateIsRefused) {
  EXPECT_EQ(fault("stops: [gone], " + limits), "stops: no state \"gone\"");
}

TEST(ServiceLevelFile, AnUnknownRoleIsRefused) {
  EXPECT_EQ(fault("stops: [done], steps: [{at: 50, notify: cook}], " + limits),
            "notify: no role or field \"cook\"");
}

TEST(ServiceLevelFile, AStepThatDoesNothingIsRefused) {
  EXPECT_NE(fault("stops: [done], steps: [{at: 50}], " + limits).find("expected notify"), std::string::npos);
}

TEST(ServiceLevelFile, AnUnknownFieldOfAConditionIsRefused) {
  EXPECT_EQ(fault("stops: [done], limits: [{when: {colour: [red]}, limit: 2h, calendar: mondays}]"),
            "no field \"colour\"");
}

}  // namespace
}  // namespace censo::desk
