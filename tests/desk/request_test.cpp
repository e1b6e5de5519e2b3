// Service-desk rules 19 to 23 on requests.
#include "tests/desk/desk_fixture.h"

namespace censo::desk {
namespace {

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1000;

class RequestTest : public DeskTest {
 protected:
  Ticket asked_for(const FieldValues& fields = {}) {
    NewTicket wanted;
    wanted.kind = "request";
    wanted.title = "A laptop";
    wanted.requester = "luis";
    wanted.fields = fields;
    return open_with(wanted).value();
  }
  Ticket submitted(const FieldValues& fields) { return move(asked_for(fields), "submit").value(); }
  base::Result<Ticket> decide(const std::string& person, const Ticket& request,
                              const std::string& event = "approve", const FieldValues& fields = {}) {
    return move_as(person, {}, request, {event, fields, 0});
  }
  Ticket in_fulfilment() {
    const auto request = move(asked_for(), "accept").value();
    return move(request, "start", {{"group", "desk"}, {"assignee", "ana"}}).value();
  }
};

TEST_F(RequestTest, IsNumberedReq) {
  EXPECT_EQ(asked_for().number, "REQ-1");
}

TEST_F(RequestTest, Rule19ApprovalWhenSomebodyIsNamed) {
  EXPECT_EQ(refusal(move(asked_for(), "submit")), "conflict NO_APPROVAL_NEEDED");
  EXPECT_EQ(refusal(move(asked_for({{"manager", "mia"}}), "accept")), "conflict APPROVAL_NEEDED");
  EXPECT_EQ(submitted({{"manager", "mia"}}).state, "awaiting_approval");
}

TEST_F(RequestTest, Rule19StepsAreAskedInOrder) {
  const auto request = submitted({{"manager", "mia"}, {"service_owner", "pau"}});
  EXPECT_EQ(refusal(decide("pau", request)), "permission_denied ROLE_NEEDED");
  EXPECT_EQ(decide("mia", request).value().field("approval_step"), "service_owner");
  EXPECT_EQ(decide("pau", request).value().state, "approved");
}

TEST_F(RequestTest, Rule19AnyOfAStepIsEnough) {
  EXPECT_EQ(decide("eva", submitted({{"manager", "mia, eva"}})).value().state, "approved");
}

TEST_F(RequestTest, Rule19OrAllOfThem) {
  const auto request = submitted({{"manager", "mia, eva"}, {"agreement", "all"}});
  EXPECT_EQ(decide("eva", request).value().state, "awaiting_approval");
  EXPECT_EQ(refusal(decide("eva", request)), "conflict VOTED");
  EXPECT_EQ(decide("mia", request).value().state, "approved");
}

TEST_F(RequestTest, Rule20NobodyApprovesHisOwn) {
  EXPECT_EQ(refusal(move(asked_for({{"manager", "luis"}}), "submit")), "conflict OWN_REQUEST");
  const auto request = submitted({{"manager", "luis, mia"}, {"agreement", "all"}});
  EXPECT_EQ(refusal(decide("luis", request)), "permission_denied OWN_REQUEST");
  EXPECT_EQ(decide("mia", request).value().state, "approved");
}

TEST_F(RequestTest, Rule20RejectionNeedsAComment) {
  const auto request = submitted({{"manager", "mia"}});
  EXPECT_EQ(refusal(decide("mia", request, "reject")), "invalid_argument MISSING_FIELD");
  EXPECT_EQ(decide("mia", request, "reject", {{"reason", "too dear"}}).value().state, "rejected");
}

TEST_F(RequestTest, Rule23RejectedIsAmendedAndAskedAnew) {
  const auto request = submitted({{"manager", "mia, eva"}, {"agreement", "all"}});
  decide("eva", request).value();
  decide("mia", request, "reject", {{"reason", "too dear"}}).value();
  move_as("luis", {}, request, {"amend", {}, 0}).value();
  move_as("luis", {}, request, {"submit", {}, 0}).value();
  EXPECT_EQ(decide("mia", request).value().state, "awaiting_approval");  // eva's earlier vote counts no more
  EXPECT_EQ(decide("eva", request).value().state, "approved");
}

TEST_F(RequestTest, Rule22FulfilledWhenAllThatHangsOnItIsDone) {
  const auto request = in_fulfilment();
  const auto task = open({{"parent", request.number}});
  EXPECT_EQ(refusal(move(request, "fulfil", {{"fulfilment", "done"}})), "conflict TASKS_OPEN");
  move(task, "cancel", {{"cancel_reason", "mistaken"}}).value();
  EXPECT_EQ(move(request, "fulfil", {{"fulfilment", "done"}}).value().state, "fulfilled");
}

TEST_F(RequestTest, Rule22HandedOverNeedsTheReceiversAcceptance) {
  db.add_ci("server", "lap01");
  const auto request = in_fulfilment();
  move(request, "hand_over", {{"handed_over", "lap01"}}).value();
  EXPECT_EQ(refusal(move(request, "fulfil", {{"fulfilment", "done"}})), "conflict NOT_ACCEPTED");
  EXPECT_EQ(refusal(move(request, "take_over")), "permission_denied ROLE_NEEDED");
  EXPECT_EQ(decide("luis", request, "take_over").value().field("accepted_by"), "luis");
  EXPECT_EQ(move(request, "fulfil", {{"fulfilment", "done"}}).value().state, "fulfilled");
}

TEST_F(RequestTest, Rule23FulfilledClosesByItselfOrIsReopened) {
  const auto request = move(in_fulfilment(), "fulfil", {{"fulfilment", "done"}}).value();
  EXPECT_EQ(decide("luis", request, "reopen", {{"reason", "no charger"}}).value().state, "in_fulfilment");
  move(request, "fulfil", {{"fulfilment", "done"}}).value();
  db.advance_ms(6 * day_ms);
  as<bool>("collector", {"rule"}, [](const Operation& operation) { return end_due_states(operation, 10); });
  EXPECT_EQ(now(request).state, "closed");
}

TEST_F(RequestTest, Rule23CancelledByItsRequesterBeforeFulfilment) {
  const auto request = asked_for();
  EXPECT_EQ(decide("luis", request, "cancel", {{"reason", "found one"}}).value().state, "cancelled");
  EXPECT_EQ(refusal(decide("luis", in_fulfilment(), "cancel", {{"reason", "x"}})),
            "conflict NOT_ALLOWED_NOW");
}

TEST_F(RequestTest, Rule23HeldAndResumedAsAnIncident) {
  const auto request = in_fulfilment();
  move(request, "hold", {{"hold_reason", "parts"}}).value();
  EXPECT_EQ(move(request, "resume").value().state, "in_fulfilment");
}

TEST_F(RequestTest, Rule52ApprovalHasATargetOfItsOwn) {
  const auto request = submitted({{"manager", "mia"}});
  EXPECT_GT(request.due_at, db.clock().now());
}

}  // namespace
}  // namespace censo::desk
