// Service-desk rule 72.
#include "collector/jobs/recurring_tickets.h"
#include "cmdb/class_catalog.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_template.h"
#include "tests/cmdb/seeded_database.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>

namespace censo::collector::jobs {
namespace {

constexpr base::TimeMs minute_ms = 60'000, hour_ms = 60 * minute_ms, day_ms = 24 * hour_ms;

class RecurringTickets : public testing::Test {
 protected:
  void SetUp() override {
    as<base::Result<desk::TicketTemplate>>([](const desk::Operation& operation) {
      desk::TicketTemplate model;
      model.name = "backup_test";
      model.kind = "request";
      model.title = "Restore a backup";
      model.fields = {{"category", "backup"}};
      return desk::put_template(operation, model);
    }).value();
  }
  template <class Answer>
  Answer as(const std::function<Answer(const desk::Operation&)>& work,
            const std::vector<std::string>& roles = {"desk_manager"}) {
    std::optional<Answer> answer;
    db.write([&](store::Transaction& tx) {
      const desk::Act act{"mia", "api", db.clock(), roles};
      answer.emplace(work({tx, kinds, act}));
    });
    return *answer;
  }
  base::Result<RecurringTicket> put(const std::string& schedule, const std::string& zone = "Europe/Madrid",
                                    const std::vector<std::string>& roles = {"desk_manager"}) {
    RecurringTicket wanted;
    wanted.name = "monthly";
    wanted.template_name = "backup_test";
    wanted.schedule = schedule;
    wanted.zone = zone;
    return as<base::Result<RecurringTicket>>(
        [&](const desk::Operation& operation) { return put_recurring_ticket(operation, wanted); }, roles);
  }
  RecurringTicket kept() {
    return as<RecurringTicket>(
        [](const desk::Operation& operation) { return recurring_tickets(operation.tx).at(0); });
  }
  void run() {
    as<bool>([](const desk::Operation& operation) { return open_recurring_tickets(operation, 10); });
  }
  std::vector<desk::Ticket> tickets() {
    return as<std::vector<desk::Ticket>>([](const desk::Operation& operation) {
      return desk::list_tickets(operation.tx, {}, {}).value().rows;
    });
  }

  SeededDatabase db;
  const desk::TicketKinds kinds = desk::TicketKinds::load(cmdb::built_in_schemas()).value();
};

TEST_F(RecurringTickets, Rule72DueOneOpensATicketFromItsTemplate) {
  put("every 24h").value();
  run();
  EXPECT_TRUE(tickets().empty());
  db.advance_ms(day_ms);
  run();
  ASSERT_EQ(tickets().size(), 1U);
  const auto ticket = tickets().front();
  EXPECT_EQ(ticket.title, "Restore a backup");
  EXPECT_EQ(ticket.field("category"), "backup");
  EXPECT_EQ(ticket.requester, "mia");
  EXPECT_EQ(kept().last_ticket, ticket.number);
}

TEST_F(RecurringTickets, Rule72WhatWasMissedIsMadeOnce) {
  put("0 8 * * *").value();
  db.advance_ms(10 * day_ms);
  run();
  run();
  EXPECT_EQ(tickets().size(), 1U);
  EXPECT_GT(kept().next_at, db.clock().now());
  EXPECT_LE(kept().next_at, db.clock().now() + day_ms + hour_ms);
}

TEST_F(RecurringTickets, Rule72TimesAreThoseOfItsZone) {
  const auto madrid = put("0 8 * * *").value().next_at;
  const auto tokyo = put("0 8 * * *", "Asia/Tokyo").value().next_at;
  const auto of_day = [](base::TimeMs at) { return at % day_ms / hour_ms; };
  EXPECT_EQ(of_day(tokyo), 23);
  EXPECT_TRUE(of_day(madrid) == 6 || of_day(madrid) == 7);
}

TEST_F(RecurringTickets, Rule72TemplateThatIsGoneIsSaidAndTheNextTimeStays) {
  put("every 24h").value();
  as<base::Result<void>>([](const desk::Operation& operation) {
    return desk::remove_template(operation, "backup_test");
  }).value();
  db.advance_ms(day_ms);
  run();
  EXPECT_TRUE(tickets().empty());
  EXPECT_NE(kept().problem.find("no template"), std::string::npos);
  EXPECT_GT(kept().next_at, db.clock().now());
}

TEST_F(RecurringTickets, UnfitOnesAreRefused) {
  EXPECT_EQ(put("every 24h", "Mars/Olympus").error().where, "zone");
  EXPECT_FALSE(put("now and then"));
  EXPECT_EQ(put("").error().where, "schedule");
  EXPECT_EQ(put("0 0 30 2 *").error().where, "schedule");
  EXPECT_EQ(put("every 24h", "Europe/Madrid", {}).error().reason, "ROLE_NEEDED");
}

TEST_F(RecurringTickets, RemovedOneOpensNothing) {
  put("every 24h").value();
  as<base::Result<void>>([](const desk::Operation& operation) {
    return remove_recurring_ticket(operation, "monthly");
  }).value();
  db.advance_ms(2 * day_ms);
  run();
  EXPECT_TRUE(tickets().empty());
}

}  // namespace
}  // namespace censo::collector::jobs
