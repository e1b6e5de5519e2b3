// What people are to the desk: suppliers (service-desk rule 73), VIPs (50), commanders (18), who is given a
// ticket (07).
#include "desk/desk_role.h"
#include "desk/sight.h"
#include "desk/ticket_target.h"
#include "tests/desk/desk_fixture.h"

namespace censo::desk {
namespace {

using Names = std::vector<std::string>;

class PeopleRules : public DeskTest {
 protected:
  void person(const std::string& name, const std::string& department, bool vip = false) {
    as<bool>("mia", {"desk_manager"}, [&](const Operation& operation) {
      return put_desk_person(operation, {name, department, false, vip, ""}).has_value();
    });
  }
  Ticket handed_to(const std::string& company) {
    return move(started(), "hold",
                {{"hold_reason", "supplier"}, {"supplier", company}, {"supplier_reference", "42"}})
        .value();
  }
  Names list(const std::string& who, const Roles& roles) {
    return as<Names>(who, roles, [&](const Operation& operation) {
      Names numbers;
      const auto page = list_tickets(operation.tx, {}, {}, sight_of(operation.tx, operation.act)).value();
      for (const auto& ticket : page.rows) numbers.push_back(ticket.number);
      return numbers;
    });
  }
  bool seen(const std::string& who, const Roles& roles, const Ticket& ticket) {
    return as<bool>(who, roles, [&](const Operation& operation) {
      return sees(operation, find_ticket(operation.tx, ticket.number).value());
    });
  }
  std::string respond(const Ticket& ticket) {
    return as<std::string>("ana", {}, [&](const Operation& operation) {
      const auto fresh = find_ticket(operation.tx, ticket.number).value();
      for (const auto& one :
           targets_of(operation.tx, *kinds.find("incident"), fresh, operation.act.clock.now()))
        if (one.name == "respond") return one.state;
      return std::string("none");
    });
  }
  const Roles supplier{"supplier"};
};

TEST_F(PeopleRules, Rule73ASupplierSeesOnlyWhatWasHandedToIt) {
  const auto theirs = handed_to("Acme"), others = handed_to("Bolt"), nobodys = open();
  person("max", "Acme");
  EXPECT_EQ(list("max", supplier), Names{theirs.number});
  EXPECT_TRUE(seen("max", supplier, theirs));
  EXPECT_FALSE(seen("max", supplier, others));
  EXPECT_FALSE(seen("max", supplier, nobodys));
  EXPECT_EQ(list("Bolt", supplier), Names{others.number});
  EXPECT_EQ(list("max", {"supplier", "specialist"}).size(), 3U);
}

TEST_F(PeopleRules, Rule73ASupplierReadsAndWritesPublicCommentsAlone) {
  const auto ticket = handed_to("Acme");
  person("max", "Acme");
  const auto said = [&](NoteKind kind) {
    return as<std::string>("max", supplier, [&](const Operation& operation) {
      const auto fresh = find_ticket(operation.tx, ticket.number).value();
      return refusal(add_note(operation, fresh, {kind, "sent a part", 0}));
    });
  };
  EXPECT_EQ(said(NoteKind::internal), "permission_denied ROLE_NEEDED");
  EXPECT_EQ(said(NoteKind::shared), "done");
  const auto read = as<std::size_t>("max", supplier, [&](const Operation& operation) {
    keep_note(operation, ticket, {NoteKind::internal, "they are late", 0});
    return notes_of(operation, ticket).size();
  });
  EXPECT_EQ(read, 1U);
}

TEST_F(PeopleRules, Rule50AVipRaisesTheUrgencyByOneOnce) {
  person("luis", "board", true);
  const auto ticket = open({{"impact", "2"}, {"urgency", "3"}});
  ASSERT_EQ(ticket.field("priority"), "4");
  EXPECT_EQ(refusal(move_as("ana", desk_agent, ticket, {"raise_urgency", {}, 0})),
            "permission_denied ROLE_NEEDED");
  const auto raised = move_as("luis", {}, ticket, {"raise_urgency", {}, 0}).value();
  EXPECT_EQ(raised.field("urgency"), "2");
  EXPECT_EQ(raised.field("priority"), "3");
  EXPECT_EQ(refusal(move_as("luis", {}, raised, {"raise_urgency", {}, 0})), "conflict RAISED");
}

TEST_F(PeopleRules, Rule50WhoIsNoVipDoesNotNorAboveTheHighest) {
  EXPECT_EQ(refusal(move_as("luis", {}, open({{"urgency", "3"}}), {"raise_urgency", {}, 0})),
            "permission_denied ROLE_NEEDED");
  person("luis", "board", true);
  EXPECT_EQ(refusal(move_as("luis", {}, open({{"urgency", "1"}}), {"raise_urgency", {}, 0})),
            "conflict HIGHEST");
}

TEST_F(PeopleRules, Rule18AMajorIncidentIsReviewedOnce) {
  auto ticket = started({{"impact", "1"}, {"urgency", "1"}});
  const Roles major{"major_incident_manager"};
  ticket = move_as("mia", major, ticket,
                   {"declare_major", {{"commander", "eva"}, {"message_interval_min", "30"}}, 0})
               .value();
  ticket = resolved(ticket);
  resolved(move(ticket, "reopen", {{"reason", "again"}}).value());
  std::vector<std::string> reviews;
  db.write([&](store::Transaction& tx) {
    for (const auto& row :
         tx.query("select title, assignee from ticket where kind = 'task' and parent = $1", ticket.number))
      reviews.push_back(row.text(0) + ": " + row.text(1));
  });
  EXPECT_EQ(reviews, Names{"Review of " + ticket.number + ": eva"});
}

TEST_F(PeopleRules, Rule07AssigningStopsTheResponseOnlyWithAPerson) {
  const auto ticket = open({{"impact", "2"}});
  EXPECT_EQ(respond(move(ticket, "assign", {{"group", "web"}}).value()), "running");
  const auto other = open({{"impact", "2"}});
  EXPECT_EQ(respond(move(other, "assign", {{"group", "web"}, {"assignee", "ana"}}).value()), "met");
}

TEST_F(PeopleRules, Rule55WhomARulePickedDoesNotAnswer) {
  const auto ticket = open({{"impact", "2"}});
  ASSERT_TRUE(
      move_as("collector", {"rule"}, ticket,
              {"assign", {{"group", "web"}, {"assignee", "ana"}, {"assigned_because", "rule web"}}, 0}));
  EXPECT_EQ(respond(ticket), "running");
}

}  // namespace
}  // namespace censo::desk
