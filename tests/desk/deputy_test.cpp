// Service-desk rules 19, 20, 34 and 74 where somebody decides in another's stead.
#include "desk/deputy.h"
#include "desk/desk_role.h"
#include "desk/sight.h"
#include "desk/ticket_note.h"
#include "tests/desk/change_fixture.h"

namespace censo::desk {
namespace {

class DeputyTest : public ChangeTest {
 protected:
  base::Result<Deputy> name_as(const std::string& who, const Roles& roles, const Deputy& wanted) {
    return as<base::Result<Deputy>>(
        who, roles, [&](const Operation& operation) { return name_deputy(operation, wanted); });
  }
  // For a day, from now.
  void name(const std::string& person, const std::string& deputy) {
    const auto at = db.clock().now();
    name_as(person, {}, {person, deputy, at, at + day_ms, "", 0}).value();
  }
  // Asked where the person does not answer.
  void name_for_silence(const std::string& person, const std::string& deputy) {
    name_as(person, {}, {person, deputy, 0, 0, "", 0}).value();
  }
  Ticket asked_for(const FieldValues& fields) {
    NewTicket wanted;
    wanted.kind = "request";
    wanted.title = "A laptop";
    wanted.requester = "luis";
    wanted.fields = fields;
    return move(open_with(wanted).value(), "submit").value();
  }
  base::Result<Ticket> decide(const std::string& person, const Ticket& request,
                              const std::string& event = "approve", const FieldValues& fields = {}) {
    return move_as(person, {}, request, {event, fields, 0});
  }
  void two_days_pass() {
    db.advance_ms(2 * day_ms + 1);
    as<bool>("collector", {"rule"}, [](const Operation& operation) { return end_due_states(operation, 10); });
  }
  void grant(const std::string& person, const std::string& role) {
    db.write([&](store::Transaction& tx) { grant_role(tx, {person, role}).value(); });
  }
  Ticket in_authorise() { return act("mia", submitted(), "authorise").value(); }
};

TEST_F(DeputyTest, EachNamesHisOwnAndADeskManagerAnybodys) {
  const Deputy wanted{"mia", "eva", 0, 0, "", 0};
  EXPECT_EQ(refusal(name_as("luis", desk_agent, wanted)), "permission_denied ROLE_NEEDED");
  EXPECT_TRUE(name_as("mia", {}, wanted));
  EXPECT_TRUE(name_as("boss", {"desk_manager"}, wanted));
}

TEST_F(DeputyTest, UnfitOnesAreRefused) {
  const auto at = db.clock().now();
  const auto where = [&](const Deputy& wanted) {
    const auto made = name_as("mia", {}, wanted);
    return made ? std::string("taken") : made.error().where;
  };
  EXPECT_EQ(where({"mia", "mia", 0, 0, "", 0}), "deputy");
  EXPECT_EQ(where({"mia", "", 0, 0, "", 0}), "deputy");
  EXPECT_EQ(where({"mia", "eva, pau", 0, 0, "", 0}), "deputy");
  EXPECT_EQ(where({"mia", "eva", at - 2 * day_ms, at - day_ms, "", 0}), "until");
  EXPECT_EQ(where({"mia", "eva", at, 0, "", 0}), "until");
  EXPECT_EQ(where({"mia", "eva", at, at + 400 * day_ms, "", 0}), "until");
}

TEST_F(DeputyTest, Rule19DeputyDecidesInHisTime) {
  name("mia", "eva");
  const auto request = asked_for({{"manager", "mia"}});
  EXPECT_EQ(decide("eva", request).value().state, "approved");
}

TEST_F(DeputyTest, Rule19DeputyDecidesNoLongerAfterIt) {
  name("mia", "eva");
  db.advance_ms(day_ms);
  EXPECT_EQ(refusal(decide("eva", asked_for({{"manager", "mia"}}))), "permission_denied ROLE_NEEDED");
}

TEST_F(DeputyTest, Rule19VoteOfADeputyIsThePersons) {
  name("mia", "eva");
  const auto request = asked_for({{"manager", "mia, pau"}, {"agreement", "all"}});
  decide("eva", request).value();
  EXPECT_EQ(refusal(decide("eva", request)), "conflict VOTED");
  EXPECT_EQ(refusal(decide("mia", request)), "conflict VOTED");
  EXPECT_EQ(decide("pau", request).value().state, "approved");
}

TEST_F(DeputyTest, Rule19DeputyRejectsToo) {
  name("mia", "eva");
  EXPECT_EQ(decide("eva", asked_for({{"manager", "mia"}}), "reject", {{"reason", "no"}}).value().state,
            "rejected");
}

TEST_F(DeputyTest, Rule19StepThatWaitsForTwoDaysAsksTheDeputies) {
  name_for_silence("mia", "eva");
  const auto request = asked_for({{"manager", "mia"}});
  EXPECT_EQ(refusal(decide("eva", request)), "permission_denied ROLE_NEEDED");
  two_days_pass();
  EXPECT_EQ(now(request).state, "awaiting_approval");
  EXPECT_EQ(now(request).field("deputies_asked"), "eva");
  EXPECT_EQ(decide("eva", request).value().state, "approved");
}

TEST_F(DeputyTest, Rule19PersonStillDecidesAfterHisDeputyWasAsked) {
  name_for_silence("mia", "eva");
  const auto request = asked_for({{"manager", "mia"}});
  two_days_pass();
  EXPECT_EQ(decide("mia", request).value().state, "approved");
}

TEST_F(DeputyTest, Rule19NextStepWaitsForItsOwnTwoDays) {
  name_for_silence("pau", "eva");
  const auto request = asked_for({{"manager", "mia"}, {"service_owner", "pau"}});
  two_days_pass();
  EXPECT_EQ(now(request).field("deputies_asked"), "");
  decide("mia", request).value();
  EXPECT_EQ(refusal(decide("eva", request)), "permission_denied ROLE_NEEDED");
  two_days_pass();
  EXPECT_EQ(decide("eva", request).value().state, "approved");
}

// Rule 73.
TEST_F(DeputyTest, OfSomebodyWhoApprovesNothingSeesNoChanges) {
  name("luis", "zoe");
  const auto change = in_authorise();
  const auto told = [&] {
    return as<std::string>("zoe", {}, [&](const Operation& operation) {
      const auto fresh = find_ticket(operation.tx, change.number).value();
      const auto listed = list_tickets(operation.tx, {}, {}, sight_of(operation)).value().rows.size();
      return std::to_string(listed) + (sees(operation, fresh) ? " seen" : " unseen") +
             (is_of_the_desk(operation, fresh) ? " desk" : "");
    });
  };
  EXPECT_EQ(told(), "0 unseen");
  name("mia", "zoe");
  grant("mia", "change_manager");
  grant("mia", "approver");
  grant("mia", "change_authority");
  EXPECT_EQ(told(), "1 seen");
}

TEST_F(DeputyTest, Rule20NobodyApprovesHisOwnAsADeputy) {
  name("mia", "luis");
  EXPECT_EQ(refusal(decide("luis", asked_for({{"manager", "mia"}}))), "permission_denied OWN_REQUEST");
}

TEST_F(DeputyTest, Rule20NobodyApprovesHisOwnThroughHisDeputy) {
  name("luis", "eva");
  const auto request = asked_for({{"manager", "luis, mia"}});
  EXPECT_EQ(refusal(decide("eva", request)), "permission_denied ROLE_NEEDED");
}

TEST_F(DeputyTest, Rule34DeputyVotesOnAChange) {
  grant("mia", "change_manager");
  name("mia", "dan");
  const auto change = in_authorise();
  EXPECT_EQ(move_as("dan", {}, change, {"approve", {}, 0}).value().state, "scheduled");
}

TEST_F(DeputyTest, Rule34DeputyHasTheRolesThatWereGrantedAlone) {
  name("mia", "dan");
  EXPECT_EQ(refusal(move_as("dan", {}, in_authorise(), {"approve", {}, 0})), "permission_denied ROLE_NEEDED");
}

TEST_F(DeputyTest, Rule34OneHumanVotesOnce) {
  for (const auto* person : {"mia", "pau"}) {
    grant(person, "change_manager");
    name(person, "dan");
  }
  const auto change = act("mia", submitted({{"type", "emergency"}}), "authorise").value();
  EXPECT_EQ(move_as("dan", {}, change, {"approve", {}, 0}).value().state, "authorise");  // one of two
  EXPECT_EQ(refusal(move_as("dan", {}, change, {"approve", {}, 0})), "conflict VOTED");
}

TEST_F(DeputyTest, Rule74NobodyApprovesHisOwnChangeThroughHisDeputy) {
  const auto change = in_authorise();
  for (const auto* person : {"luis", "eva"}) {  // who asked for it, who will carry it out
    grant(person, "change_manager");
    name(person, "dan");
    EXPECT_EQ(refusal(move_as("dan", {}, change, {"approve", {}, 0})), "permission_denied ROLE_NEEDED");
  }
}

TEST_F(DeputyTest, Rule74DeputyDoesNotApproveWhatHeAskedForHimself) {
  grant("mia", "change_manager");
  name("mia", "luis");
  EXPECT_EQ(refusal(move_as("luis", {}, in_authorise(), {"approve", {}, 0})), "permission_denied OWN_CHANGE");
}

}  // namespace
}  // namespace censo::desk
