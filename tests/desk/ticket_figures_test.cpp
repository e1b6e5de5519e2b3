// Figures of the desk: service-desk rules 76 and 79. It is Tuesday morning in Madrid.
#include "desk/ticket_figures.h"
#include "tests/desk/desk_fixture.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::TimeMs;
constexpr TimeMs minute = 60'000, hour = 60 * minute, day = 24 * hour;
using Names = std::vector<std::string>;

class TicketFigures : public DeskTest {
 protected:
  TicketFigures() {
    db.advance_ms(base::parse_iso8601("2026-11-24T09:00+01:00").value() - db.clock().now());
    begun = db.clock().now();
  }
  void after(TimeMs time) { db.advance_ms(time); }
  FigureScope scope() { return {{begun, db.clock().now() + 1}}; }
  cmdb::Figure figure(std::string_view name, const FigureScope& of) {
    const auto all = as<std::vector<cmdb::Figure>>(
        "ana", {}, [&](const Operation& operation) { return ticket_figures(operation, of); });
    const auto found = std::ranges::find(all, name, &cmdb::Figure::name);
    return found == all.end() ? cmdb::Figure{} : *found;
  }
  cmdb::Figure figure(std::string_view name) { return figure(name, scope()); }
  double value(std::string_view name, std::string_view of) {
    for (const auto& [key, number] : figure(name).values)
      if (key == of) return number;
    return -1;
  }
  base::Result<cmdb::Page<CountedTicket>> behind(std::string_view name, const FigureScope& of,
                                                 const cmdb::PageRequest& page = {}) {
    return as<base::Result<cmdb::Page<CountedTicket>>>(
        "ana", {}, [&](const Operation& operation) { return tickets_of_figure(operation, name, of, page); });
  }
  Names numbers(std::string_view name) {
    Names names;
    for (const auto& row : behind(name, scope()).value().rows) names.push_back(row.number);
    return names;
  }
  // Every figure has as many tickets behind it as it says.
  void expect_lists() {
    for (const auto& one : as<std::vector<cmdb::Figure>>(
             "ana", {}, [&](const Operation& operation) { return ticket_figures(operation, scope()); }))
      EXPECT_EQ(behind(one.name, scope()).value().rows.size(), one.items) << one.name;
  }
  Ticket urgent() { return started({{"impact", "1"}, {"urgency", "1"}}); }

  TimeMs begun = 0;
};

TEST_F(TicketFigures, Rule76SolvedInTheHourOfTheFirstAnswerIsAFirstContact) {
  after(2 * hour);
  const auto ticket = started();
  after(30 * minute);
  resolved(ticket);
  const auto figures = figure("first_contact");
  EXPECT_EQ(figures.items, 1U);
  EXPECT_EQ(figures.of, 1U);
  EXPECT_EQ(value("first_contact", "percent"), 100.0);
}

TEST_F(TicketFigures, Rule76SolvedLaterOrBySomebodyElseIsNone) {
  const auto late = started(), passed_on = started();
  move(passed_on, "reassign", {{"group", "db"}, {"assignee", "eva"}, {"reason", "theirs"}}).value();
  resolved(passed_on);
  after(61 * minute);
  resolved(late);
  EXPECT_EQ(figure("first_contact").items, 0U);
  EXPECT_EQ(figure("first_contact").of, 2U);
}

TEST_F(TicketFigures, Rule76WhatCameBackIsNoFirstContact) {
  const auto ticket = resolved(started());
  move(ticket, "reopen", {{"reason", "still"}}).value();
  resolved(ticket);
  EXPECT_EQ(figure("first_contact").items, 0U);
}

TEST_F(TicketFigures, Rule76WhatAnEventOpenedIsNoContact) {
  as<bool>("prometheus", {"rule"}, [&](const Operation& operation) {
    const Act act{"prometheus", "event", db.clock(), {"rule"}};
    return open_ticket(operation.tx, kinds, {"incident", "Disk full", "", "prometheus", {}}, act).has_value();
  });
  resolved(move(now(as<Ticket>(
                    "ana", {},
                    [](const Operation& operation) { return find_ticket(operation.tx, "INC-1").value(); })),
                "assign", {{"group", "web"}, {"assignee", "ana"}})
               .value());
  EXPECT_EQ(figure("first_contact").of, 0U);
  EXPECT_EQ(value("first_contact", "percent"), -1) << "of nothing there is no share";
}

TEST_F(TicketFigures, Rule76TimesToResolveByPercentileInOpenTime) {
  for (int i = 1; i <= 10; ++i) {
    const auto ticket = urgent();
    after(i * minute);
    resolved(ticket);
  }
  EXPECT_EQ(figure("resolve").items, 10U);
  EXPECT_EQ(value("resolve", "p50_s"), 5 * 60);
  EXPECT_EQ(value("resolve", "p90_s"), 9 * 60);
  EXPECT_EQ(value("resolve", "p95_s"), 10 * 60);
  EXPECT_EQ(behind("resolve", scope()).value().rows.front().length_ms, 10 * minute);
}

TEST_F(TicketFigures, Rule76TimeToRespondIsThatToTheFirstAnswer) {
  const auto ticket = open({{"impact", "1"}, {"urgency", "1"}});
  after(7 * minute);
  move(move(ticket, "assign", {{"group", "web"}, {"assignee", "ana"}}).value(), "start").value();
  after(hour);
  EXPECT_EQ(value("respond", "p50_s"), 7 * 60);
}

TEST_F(TicketFigures, Rule76HopsAndReopenings) {
  const auto moved = started();
  move(moved, "reassign", {{"group", "db"}, {"reason", "theirs"}}).value();
  move(moved, "reassign", {{"group", "web"}, {"reason", "no"}}).value();
  const auto back = resolved(started());
  move(back, "reopen", {{"reason", "still"}}).value();
  resolved(started());
  EXPECT_EQ(figure("hops").items, 1U);
  EXPECT_EQ(figure("hops").of, 3U);
  EXPECT_DOUBLE_EQ(value("hops", "mean"), 2.0 / 3);
  EXPECT_EQ(figure("reopened").items, 1U);
  EXPECT_EQ(figure("reopened").of, 2U);
  EXPECT_EQ(numbers("reopened"), Names{back.number});
}

TEST_F(TicketFigures, Rule76TheBacklogByAge) {
  open();
  after(8 * day);
  const auto younger = open();
  resolved(started());
  EXPECT_EQ(figure("backlog").items, 2U);
  EXPECT_EQ(figure("backlog.month").items, 1U);
  EXPECT_EQ(figure("backlog.month").of, 2U);
  EXPECT_EQ(numbers("backlog.day"), Names{younger.number});
}

TEST_F(TicketFigures, Rule76TheBacklogOfAnEarlierMoment) {
  const auto ticket = started();
  after(day);
  const auto then = db.clock().now();
  after(day);
  move(resolved(ticket), "close", {{"consent", "by phone"}}).value();
  EXPECT_EQ(figure("backlog").items, 0U);
  EXPECT_EQ(figure("backlog", {{begun, then}}).items, 1U);
}

TEST_F(TicketFigures, Rule76ABreachTellsWhichStateTookTheTime) {
  const auto waited = open({{"impact", "1"}, {"urgency", "1"}});
  after(20 * minute);  // of 15 to respond
  move(waited, "assign", {{"group", "web"}, {"assignee", "ana"}}).value();
  move(waited, "start").value();
  after(hour);
  move(waited, "hold", {{"hold_reason", "parts"}}).value();
  after(3 * hour);  // of 4 hours to resolve
  EXPECT_EQ(figure("breaches").items, 3U) << "to respond, to resolve, and messages that were missed";
  EXPECT_EQ(figure("breaches").of, 3U);
  EXPECT_EQ(figure("breaches.new").items, 2U);
  EXPECT_EQ(figure("breaches.on_hold.parts").items, 1U);
  const auto parts = behind("breaches.on_hold.parts", scope()).value().rows.at(0);
  EXPECT_EQ(parts.target, "resolve");
  EXPECT_EQ(parts.length_ms, 2 * hour + 40 * minute);
}

TEST_F(TicketFigures, Rule76WhatIsPausedIsNoCause) {
  const auto ticket = urgent();
  move(ticket, "hold", {{"hold_reason", "caller"}, {"message", "which browser?"}}).value();
  after(10 * hour);
  move(ticket, "resume").value();
  after(5 * hour);
  EXPECT_EQ(behind("breaches", scope()).value().rows.at(0).cause, "in_progress");
}

TEST_F(TicketFigures, ByGroupAndPriority) {
  urgent();
  open();
  auto of = scope();
  of.priority = 1;
  EXPECT_EQ(figure("hops", of).of, 1U);
  of.group = "db";
  EXPECT_EQ(figure("hops", of).of, 0U);
}

TEST_F(TicketFigures, WhatWasOpenedBeforeIsLeftOut) {
  resolved(started());
  after(hour);
  begun = db.clock().now();
  resolved(started());
  EXPECT_EQ(figure("resolve").items, 1U);
}

TEST_F(TicketFigures, Rule79EveryFigureHasItsList) {
  const auto moved = urgent();
  move(moved, "reassign", {{"group", "db"}, {"reason", "theirs"}}).value();
  after(5 * hour);
  resolved(started());
  move(resolved(started()), "reopen", {{"reason", "still"}}).value();
  open();
  expect_lists();
}

TEST_F(TicketFigures, Rule79ListsGoPageByPageAndNeverPartATicket) {
  open({{"impact", "1"}, {"urgency", "1"}});
  open({{"impact", "1"}, {"urgency", "1"}});
  after(5 * hour);
  const auto first = behind("breaches", scope(), {1, ""}).value();
  ASSERT_EQ(first.rows.size(), 3U);
  EXPECT_EQ(first.rows[0].number, "INC-2");
  const auto rest = behind("breaches", scope(), {1, first.next}).value();
  ASSERT_EQ(rest.rows.size(), 3U);
  EXPECT_EQ(rest.rows[0].number, "INC-1");
  EXPECT_EQ(rest.next, "");
}

TEST_F(TicketFigures, AnUnknownFigureIsNotFound) {
  EXPECT_EQ(behind("beauty", scope()).error().code, base::Errc::not_found);
}

}  // namespace
}  // namespace censo::desk
