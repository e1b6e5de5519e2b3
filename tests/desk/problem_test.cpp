// Service-desk rules 24 to 29 on problems, 47 on releases, and what tickets say of each other.
#include "desk/event.h"
#include "desk/event_rules.h"
#include "desk/problem_candidate.h"
#include "desk/ticket_relation.h"
#include "tests/desk/change_fixture.h"

namespace censo::desk {
namespace {

class ProblemTest : public ChangeTest {
 protected:
  base::Result<Ticket> relate(const Ticket& ticket, const std::string& relation, const Ticket& other) {
    return relate_as("mia", all_desk_roles(), ticket, relation, other);
  }
  base::Result<Ticket> relate_as(const std::string& person, const Roles& roles, const Ticket& ticket,
                                 const std::string& relation, const Ticket& other) {
    return as<base::Result<Ticket>>(person, roles, [&](const Operation& operation) {
      return relate_tickets(operation, find_ticket(operation.tx, ticket.number).value(), relation,
                            find_ticket(operation.tx, other.number).value());
    });
  }
  Ticket new_of(const std::string& kind) {
    NewTicket wanted;
    wanted.kind = kind;
    wanted.title = "Web stalls every night";
    wanted.requester = "luis";
    return open_with(wanted).value();
  }
  // Accepted, with this incident.
  Ticket accepted(const Ticket& incident) {
    const auto problem = new_of("problem");
    relate(problem, "incident", incident).value();
    return act("mia", problem, "accept", {{"statement", "it stalls"}}).value();
  }
  Ticket investigated(const Ticket& incident) {
    return act("mia", accepted(incident), "investigate", {{"assignee", "eva"}, {"method", "timeline"}})
        .value();
  }
  Ticket fixing(const Ticket& incident, const Ticket& change) {
    const auto problem = investigated(incident);
    relate(problem, "solved_by", change).value();
    return act("eva", problem, "fix").value();
  }
  Ticket closed_change() {
    return act("mia", completed(implementing("software")), "close", {{"explanation", "seen"}}).value();
  }
  std::vector<Note> notes(const Ticket& ticket) {
    return as<std::vector<Note>>("ana", desk_agent,
                                 [&](const Operation& operation) { return notes_of(operation, ticket); });
  }
};

TEST_F(ProblemTest, IsNumberedPrb) {
  EXPECT_EQ(new_of("problem").number, "PRB-1");
}

TEST_F(ProblemTest, Rule24AcceptedWithAStatementAndAnIncident) {
  const auto problem = new_of("problem");
  EXPECT_EQ(refusal(act("mia", problem, "accept")), "invalid_argument MISSING_FIELD");
  EXPECT_EQ(refusal(act("mia", problem, "accept", {{"statement", "x"}})), "conflict NO_EVIDENCE");
  relate(problem, "incident", open()).value();
  EXPECT_EQ(act("mia", problem, "accept", {{"statement", "x"}}).value().state, "assess");
}

TEST_F(ProblemTest, Rule24OrWithADetectedChange) {
  const auto problem = new_of("problem");
  EXPECT_EQ(refusal(act("mia", problem, "accept", {{"statement", "x"}, {"detected_change", "nothing"}})),
            "invalid_argument BAD_VALUE");
  const auto id = base::to_text(becomes(web01, {}).id);
  EXPECT_EQ(act("mia", problem, "accept", {{"statement", "x"}, {"detected_change", id}}).value().state,
            "assess");
}

TEST_F(ProblemTest, Rule24OrWithAnEvent) {
  const auto problem = new_of("problem");
  EXPECT_EQ(refusal(act("mia", problem, "accept", {{"statement", "x"}, {"event", "nothing"}})),
            "invalid_argument BAD_VALUE");
  EXPECT_EQ(
      refusal(act("mia", problem, "accept", {{"statement", "x"}, {"event", base::to_text(problem.id)}})),
      "invalid_argument BAD_VALUE");
  const auto rules = EventRules::load(cmdb::built_in_schemas()).value();
  const auto event = as<Event>("alertmanager", {}, [&](const Operation& operation) {
    EventMessage one;
    one.source = "prometheus";
    one.condition = "DiskFull /var";
    one.item = "web01";
    one.severity = "critical";
    return take_events(operation, rules, std::vector{one}).events.at(0);
  });
  const auto accepted =
      act("mia", problem, "accept", {{"statement", "x"}, {"event", base::to_text(event.id)}}).value();
  EXPECT_EQ(accepted.state, "assess");
  EXPECT_EQ(accepted.field("event"), base::to_text(event.id));
}

TEST_F(ProblemTest, Rule24ProposedByWhatRepeats) {
  for (int i = 0; i < 3; ++i) {
    const auto incident = move(open({}, {web01}), "assign", {{"group", "web"}, {"assignee", "ana"}}).value();
    auto fields = resolution;
    fields["cause"] = "web01";
    move(incident, "resolve", fields).value();
  }
  const auto candidates = as<std::size_t>("mia", all_desk_roles(), [&](const Operation& operation) {
    return problem_candidates(operation).size();
  });
  EXPECT_GE(candidates, 1u);
}

TEST_F(ProblemTest, Rule25NeedsOwnerAndMethodOrAReasonToReject) {
  const auto problem = accepted(open());
  EXPECT_EQ(refusal(act("mia", problem, "investigate", {{"assignee", "eva"}})),
            "invalid_argument MISSING_FIELD");
  EXPECT_EQ(refusal(act("mia", problem, "reject")), "invalid_argument MISSING_FIELD");
  EXPECT_EQ(act("mia", problem, "reject", {{"reason", "one user"}}).value().state, "rejected");
}

TEST_F(ProblemTest, Rule26KnownErrorIsPublishedToItsIncidentsAndThoseOnItsCause) {
  const auto incident = open(), on_its_cause = open({}, {web01}), elsewhere = open({}, {web02});
  const auto problem = investigated(incident);
  EXPECT_EQ(refusal(act("eva", problem, "publish", {{"root_cause", "a leak"}, {"cause", "web01"}})),
            "invalid_argument MISSING_FIELD");
  act("eva", problem, "publish",
      {{"root_cause", "a leak"}, {"cause", "web01"}, {"workaround", "restart it at 6"}})
      .value();
  EXPECT_EQ(notes(incident).at(0).what.text, "known error PRB-1, Web stalls every night: restart it at 6");
  EXPECT_EQ(notes(incident).at(0).what.kind, NoteKind::internal);
  EXPECT_EQ(notes(on_its_cause).size(), 1U);
  EXPECT_EQ(notes(elsewhere).size(), 0U);
}

TEST_F(ProblemTest, Rule26WithoutAnItemTheComponentIsNamed) {
  const auto problem = investigated(open());
  const FieldValues found{{"root_cause", "a leak"}, {"cause", "none"}, {"workaround", "restart"}};
  EXPECT_EQ(refusal(act("eva", problem, "publish", found)), "invalid_argument MISSING_FIELD");
}

TEST_F(ProblemTest, Rule27FixNeedsAChange) {
  const auto problem = investigated(open());
  EXPECT_EQ(refusal(act("eva", problem, "fix")), "conflict NO_CHANGE");
  relate(problem, "solved_by", draft()).value();
  EXPECT_EQ(act("eva", problem, "fix").value().state, "fix_in_progress");
}

TEST_F(ProblemTest, Rule27OrARiskThatIsAcceptedUntilItIsLookedAtAgain) {
  const auto problem = investigated(open());
  EXPECT_EQ(refusal(move_as("eva", {"problem_manager"}, problem, {"accept_risk", {}, 0})),
            "permission_denied ROLE_NEEDED");
  act("pau", problem, "accept_risk", {{"accepted_risk", "rare"}, {"review_at", in(day_ms)}}).value();
  db.advance_ms(2 * day_ms);
  as<bool>("collector", {"rule"}, [](const Operation& operation) { return end_due_states(operation, 10); });
  EXPECT_EQ(now(problem).state, "root_cause");
  EXPECT_EQ(now(problem).field("accepted_risk"), "");
}

TEST_F(ProblemTest, Rule28ResolvedWhenItsChangesSucceededAndNothingHappenedFor14Days) {
  const auto incident = open();
  const auto change = draft();
  const auto problem = fixing(incident, change);
  EXPECT_EQ(refusal(act("eva", problem, "resolve")), "conflict NOT_FIXED");
  const auto done = closed_change();
  relate(problem, "solved_by", done).value();
  as<base::Result<Ticket>>("mia", all_desk_roles(), [&](const Operation& operation) {
    return unrelate_tickets(operation, find_ticket(operation.tx, problem.number).value(), "solved_by",
                            change);
  }).value();
  EXPECT_EQ(refusal(act("eva", problem, "resolve")), "conflict NOT_QUIET");
  db.advance_ms(15 * day_ms);
  EXPECT_EQ(act("eva", problem, "resolve").value().state, "resolved");
}

TEST_F(ProblemTest, Rule11ItsEndWakesIncidentsThatWaitForIt) {
  const auto incident = started();
  const auto problem = new_of("problem");
  move(incident, "hold", {{"hold_reason", "problem"}, {"waits_for", problem.number}}).value();
  act("mia", problem, "reject", {{"reason", "known"}}).value();
  EXPECT_EQ(now(incident).state, "in_progress");
}

TEST_F(ProblemTest, Rule10HoldForAProblemRelatesTheIncidentToIt) {
  const auto incident = started();
  const auto problem = new_of("problem");
  move(incident, "hold", {{"hold_reason", "problem"}, {"waits_for", problem.number}}).value();
  const auto related = as<std::vector<RelatedTicket>>(
      "ana", {}, [&](const Operation& operation) { return related_tickets(operation.tx, incident); });
  ASSERT_EQ(related.size(), 1U);
  EXPECT_EQ(related[0].other.number, problem.number);
  EXPECT_FALSE(related[0].forward);
}

TEST_F(ProblemTest, Rule29ClosedWithReviewNotesAndReopenedByANewIncident) {
  const auto old = open();
  const auto problem = fixing(old, closed_change());
  db.advance_ms(15 * day_ms);
  act("eva", problem, "resolve").value();
  EXPECT_EQ(refusal(act("mia", problem, "close")), "invalid_argument MISSING_FIELD");
  act("mia", problem, "close", {{"review_notes", "well"}}).value();
  db.advance_ms(day_ms);
  relate(problem, "incident", open()).value();
  EXPECT_EQ(now(problem).state, "assess");
}

TEST_F(ProblemTest, Rule29AnOlderIncidentDoesNotReopenIt) {
  const auto old = open(), other = open();
  const auto problem = fixing(old, closed_change());
  db.advance_ms(15 * day_ms);
  act("eva", problem, "resolve").value();
  relate(problem, "incident", other).value();
  EXPECT_EQ(now(problem).state, "resolved");
}

TEST_F(ProblemTest, RelationsAreThoseOfTheKindBetweenTheRightKinds) {
  const auto problem = new_of("problem");
  EXPECT_EQ(refusal(relate(problem, "brother", open())), "invalid_argument UNKNOWN_RELATION");
  EXPECT_EQ(refusal(relate(problem, "incident", draft())), "invalid_argument BAD_VALUE");
  EXPECT_EQ(refusal(relate_as("pau", {"approver"}, problem, "incident", open())),
            "permission_denied ROLE_NEEDED");
}

TEST_F(ProblemTest, Rule02RelationStandsInBothHistoriesOnce) {
  const auto problem = new_of("problem"), incident = open();
  relate(problem, "incident", incident).value();
  relate(problem, "incident", incident).value();
  EXPECT_EQ(history(problem).back().after, R"({"relation":"incident","to":"INC-1"})");
  EXPECT_EQ(history(incident).back().after, R"({"from":"PRB-1","relation":"incident"})");
  EXPECT_EQ(history(incident).size(), 2U);
}

TEST_F(ProblemTest, Rule38AFailedChangeCausedWhatFollowsItUp) {
  const auto incident = open();
  const auto change = implementing("software");
  act("eva", change, "complete",
      {{"result", "failed"}, {"actual_start", now(change).field("actual_start")}, {"actual_end", in(0)}})
      .value();
  act("mia", change, "close", {{"explanation", "seen"}, {"follow_up", incident.number}}).value();
  const auto causes = as<std::vector<Ticket>>("ana", {}, [&](const Operation& operation) {
    return tickets_it_names(operation.tx, incident, "caused_by");
  });
  ASSERT_EQ(causes.size(), 1U);
  EXPECT_EQ(causes[0].number, change.number);
}

class ReleaseTest : public ProblemTest {
 protected:
  Ticket tested(const Ticket& change) {
    const auto release = new_of("release");
    relate(release, "contains", change).value();
    act("rita", release, "build", {{"plan", "all at once"}}).value();
    return act("rita", release, "test").value();
  }
  const FieldValues approval{{"test_report", "well"}, {"start", in(0)}, {"end", in(hour_ms)}};
};

TEST_F(ReleaseTest, Rule47HoldsChanges) {
  const auto release = new_of("release");
  EXPECT_EQ(release.number, "REL-1");
  EXPECT_EQ(refusal(act("rita", release, "build", {{"plan", "x"}})), "conflict NO_CHANGE");
}

TEST_F(ReleaseTest, Rule47ChangeIsInOneReleaseAtATime) {
  const auto change = draft();
  relate(new_of("release"), "contains", change).value();
  EXPECT_EQ(refusal(relate(new_of("release"), "contains", change)), "conflict IN_ANOTHER");
}

TEST_F(ReleaseTest, Rule47ApprovedOnlyWhenEveryChangeIsScheduled) {
  const auto change = submitted();
  const auto release = tested(change);
  EXPECT_EQ(refusal(act("rita", release, "approve", approval)), "conflict CHANGES_BEHIND");
  act("mia", change, "authorise").value();
  act("mia", change, "approve").value();
  EXPECT_EQ(act("rita", release, "approve", approval).value().state, "approved");
  EXPECT_EQ(refusal(relate(release, "contains", draft())), "conflict NOT_ALLOWED_NOW");
}

TEST_F(ReleaseTest, Rule47ClosedWhenEachChangeIsVerified) {
  const auto change = scheduled({}, "software");
  const auto release = tested(change);
  act("rita", release, "approve", approval).value();
  act("rita", release, "deploy").value();
  EXPECT_EQ(refusal(act("rita", release, "verify")), "conflict CHANGES_BEHIND");
  act("eva", change, "implement").value();
  completed(change);
  act("rita", release, "verify").value();
  EXPECT_EQ(refusal(act("rita", release, "close")), "conflict CHANGES_BEHIND");
  act("mia", change, "close", {{"explanation", "seen"}}).value();
  EXPECT_EQ(act("rita", release, "close").value().state, "closed");
}

TEST_F(ReleaseTest, Rule47BackedOutWithACauseAndEachChangesResult) {
  const auto change = scheduled({}, "software");
  const auto release = tested(change);
  act("rita", release, "approve", approval).value();
  act("rita", release, "deploy").value();
  EXPECT_EQ(refusal(act("rita", release, "back_out")), "invalid_argument MISSING_FIELD");
  EXPECT_EQ(refusal(act("rita", release, "back_out", {{"backout_cause", "slow"}})),
            "conflict CHANGES_BEHIND");
  act("eva", change, "implement").value();
  completed(change);
  EXPECT_EQ(act("rita", release, "back_out", {{"backout_cause", "slow"}}).value().state, "backed_out");
}

}  // namespace
}  // namespace censo::desk
