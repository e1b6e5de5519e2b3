// Service-desk rule 61: a breach is excused only by a desk manager, with a reason, and stays a breach.
#include "desk/breach_excuse.h"
#include "desk/ticket_figures.h"
#include "desk/ticket_target.h"
#include "tests/desk/desk_fixture.h"

#include <algorithm>

namespace censo::desk {
namespace {

class Excuses : public DeskTest {
 protected:
  std::string excused(const Ticket& ticket, const Roles& roles, const std::string& target = "respond",
                      const std::string& reason = "power cut") {
    return as<std::string>("mia", roles, [&](const Operation& operation) {
      return refusal(excuse_breach(operation, ticket, target, reason));
    });
  }
  Ticket breached() {
    const auto ticket = open({{"impact", "1"}, {"urgency", "1"}});
    db.advance_ms(base::TimeMs{60} * 60'000);
    return ticket;
  }
  std::string state_of(const Ticket& ticket, const std::string& target) {
    return as<std::string>("ana", {}, [&](const Operation& operation) {
      for (const auto& one : targets_of(operation.tx, *kinds.find("incident"), now_in(operation, ticket),
                                        operation.act.clock.now()))
        if (one.name == target) return one.state;
      return std::string("none");
    });
  }
  static Ticket now_in(const Operation& operation, const Ticket& ticket) {
    return find_ticket(operation.tx, ticket.number).value();
  }
  std::vector<std::string> listed(const std::string& figure) {
    return as<std::vector<std::string>>("ana", {}, [&](const Operation& operation) {
      std::vector<std::string> found;
      const auto now = operation.act.clock.now();
      const auto page =
          tickets_of_figure(operation, figure, {{now - 7 * 86'400'000, now + 1}}, {50, ""}).value();
      for (const auto& row : page.rows) found.push_back(row.number + " " + row.target);
      return found;
    });
  }
  const Roles manager{"desk_manager"};
};

TEST_F(Excuses, Rule61OnlyADeskManagerExcuses) {
  const auto ticket = breached();
  EXPECT_EQ(excused(ticket, desk_agent), "permission_denied ROLE_NEEDED");
  EXPECT_EQ(excused(ticket, manager), "done");
}

TEST_F(Excuses, Rule61ExcuseNeedsAReason) {
  EXPECT_EQ(excused(breached(), manager, "respond", "  "), "invalid_argument ");
}

TEST_F(Excuses, Rule61OnlyABreachIsExcused) {
  const auto ticket = open({{"impact", "1"}, {"urgency", "1"}});
  EXPECT_EQ(excused(ticket, manager), "conflict NOT_BREACHED");
  EXPECT_EQ(excused(ticket, manager, "wishes"), "not_found ");
}

TEST_F(Excuses, Rule61BreachStaysOne) {
  const auto ticket = breached();
  ASSERT_EQ(excused(ticket, manager), "done");
  EXPECT_EQ(state_of(ticket, "respond"), "breached_running");
  const auto last = history(ticket).back();
  EXPECT_EQ(last.event, "excuse");
  EXPECT_EQ(last.actor, "mia");
  EXPECT_EQ(last.reason, "power cut");
}

TEST_F(Excuses, AreToldByTheFigures) {
  const auto ticket = breached();
  EXPECT_EQ(listed("excused_breaches"), std::vector<std::string>{});
  ASSERT_EQ(excused(ticket, manager), "done");
  EXPECT_EQ(listed("excused_breaches"), std::vector<std::string>{ticket.number + " respond"});
  const auto all = listed("breaches");
  EXPECT_NE(std::ranges::find(all, ticket.number + " respond"), all.end());
}

TEST_F(Excuses, AreTakenBack) {
  const auto ticket = breached();
  ASSERT_EQ(excused(ticket, manager), "done");
  const auto withdrawn = [&](const Roles& roles) {
    return as<std::string>("mia", roles, [&](const Operation& operation) {
      return refusal(withdraw_excuse(operation, ticket, "respond"));
    });
  };
  EXPECT_EQ(withdrawn(desk_agent), "permission_denied ROLE_NEEDED");
  EXPECT_EQ(withdrawn(manager), "done");
  EXPECT_EQ(withdrawn(manager), "not_found ");
  EXPECT_EQ(listed("excused_breaches"), std::vector<std::string>{});
}

}  // namespace
}  // namespace censo::desk
