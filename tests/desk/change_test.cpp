// Service-desk rules 30 to 39 and 74.
#include "cmdb/baseline.h"
#include "tests/desk/change_fixture.h"

namespace censo::desk {
namespace {

TEST_F(ChangeTest, Rule30ThereAreFourTypes) {
  for (const auto* type : {"standard", "normal", "emergency", "retrospective"})
    EXPECT_EQ(draft({{"type", type}}).field("type"), type);
  NewTicket wanted;
  wanted.kind = "change";
  wanted.title = "Upgrade";
  wanted.requester = "luis";
  EXPECT_EQ(open_with(wanted).value().field("type"), "normal");
  wanted.fields = {{"type", "secret"}};
  EXPECT_EQ(open_with(wanted).error().where, "/fields/type");
}

TEST_F(ChangeTest, Rule31SubmitNeedsReasonScopePlanBackOutTestAndWindow) {
  NewTicket wanted;
  wanted.kind = "change";
  wanted.title = "Upgrade";
  wanted.requester = "luis";
  const auto refused = act("luis", open_with(wanted).value(), "submit");
  EXPECT_EQ(refusal(refused), "invalid_argument MISSING_FIELD");
  EXPECT_NE(refused.error().message.find("justification, plan, backout, test, start, end, outage"),
            std::string::npos);
}

TEST_F(ChangeTest, Rule31SubmitNeedsPlannedModifications) {
  EXPECT_EQ(refusal(act("luis", draft(), "submit")), "conflict NO_MODIFICATIONS");
}

TEST_F(ChangeTest, Rule31SubmitNeedsAScope) {
  NewTicket wanted;
  wanted.kind = "change";
  wanted.title = "Upgrade";
  wanted.requester = "luis";
  wanted.fields = draft().fields;
  wanted.fields.erase("plan_version");
  EXPECT_EQ(refusal(act("luis", open_with(wanted).value(), "submit")), "conflict NO_SCOPE");
}

TEST_F(ChangeTest, Rule31WindowThatEndsBeforeItBeginsIsRefused) {
  const auto change = draft({{"end", in(-hour_ms)}});
  modify(change, "os_version").value();
  EXPECT_EQ(refusal(act("luis", change, "submit")), "invalid_argument BAD_VALUE");
}

TEST_F(ChangeTest, Rule31ModificationNamesSomethingThatThereIs) {
  const auto change = draft();
  EXPECT_TRUE(modify(change, "os_version", "13"));
  EXPECT_TRUE(modify(change, "software_package openssl"));
  EXPECT_TRUE(modify(change, "runs_on"));
  EXPECT_TRUE(modify(change, "software"));  // a group of detection.yaml
  EXPECT_EQ(modify(change, "colour").error().where, "subject");
}

TEST_F(ChangeTest, Rule31ItemOfAModificationComesIntoTheScope) {
  const auto change = draft();
  modify(change, "os_version", "", web02).value();
  const auto scope = as<std::vector<cmdb::CiId>>(
      "ana", {}, [&](const Operation& operation) { return scope_of(operation.tx, change); });
  EXPECT_EQ(scope, (std::vector{web01, web02}));
}

TEST_F(ChangeTest, Rule31StandardRepeatsASuccessAndIsScheduledAtOnce) {
  const auto model = completed(implementing("software"));
  const auto change = draft({{"type", "standard"}, {"template", model.number}});
  modify(change, "software").value();
  EXPECT_EQ(refusal(act("luis", change, "submit")), "conflict NO_TEMPLATE");  // not closed yet
  act("mia", model, "close", {{"explanation", "seen"}}).value();
  EXPECT_EQ(act("luis", change, "submit").value().state, "scheduled");
}

TEST_F(ChangeTest, Rule32RiskHasItsReasons) {
  EXPECT_EQ(submitted().field("risk"), "low");
  const auto shop = db.add_ci("business_service", "shop");
  db.relate(shop, "depends_on", web01);
  db.write([&](store::Transaction& tx) {
    tx.execute("update ci set attributes = '{\"criticality\": 1}' where id = $1", shop.value);
  });
  const auto risky = submitted({{"outage", "yes"}, {"backout_tested", "no"}});
  EXPECT_EQ(risky.field("risk"), "high");
  EXPECT_NE(risky.field("risk_reasons").find("a critical service"), std::string::npos);
  EXPECT_NE(risky.field("risk_reasons").find("the back-out was not tested"), std::string::npos);
}

TEST_F(ChangeTest, Rule32LostRedundancyIsARisk) {
  const auto site = db.add_ci("cluster", "pair");
  db.relate(web01, "contains", site);
  db.relate(web02, "contains", site);
  db.write([&](store::Transaction& tx) {
    tx.execute(
        "insert into redundancy_rule (ci_id, relation, since, min_up, set_by) values ($1, 'contains', 1, 1, "
        "'ana')",
        site.value);
  });
  EXPECT_NE(submitted().field("risk_reasons").find("1 lose their redundancy"), std::string::npos);
}

TEST_F(ChangeTest, Rule32MuchThatGoesDownAndPastFailuresAddUp) {
  for (int i = 0; i < 10; ++i)
    db.relate(db.add_ci("web_server", "app" + std::to_string(i)), "runs_on", web01);
  auto fields = resolution;
  fields["cause"] = "web01";
  move(started(), "resolve", fields).value();
  const auto risky = submitted({{"outage", "yes"}});
  EXPECT_EQ(risky.field("risk"), "high");
  for (const auto* reason :
       {"10 and more go down with the scope", "an outage is planned", "1 failures of the scope in 90 days"})
    EXPECT_NE(risky.field("risk_reasons").find(reason), std::string::npos) << risky.field("risk_reasons");
}

TEST_F(ChangeTest, Rule33ConflictOnTheSameItemMustBeAccepted) {
  const auto first = submitted(), second = submitted();
  const auto refused = act("mia", second, "authorise");
  EXPECT_EQ(refusal(refused), "conflict CONFLICTS");
  EXPECT_NE(refused.error().message.find(first.number + " also changes web01"), std::string::npos);
  EXPECT_TRUE(act("mia", second, "authorise", {{"conflicts_accepted", "one after the other"}}));
}

TEST_F(ChangeTest, Rule33ConflictWithANeighbourAndWithTheSamePerson) {
  const auto core = db.add_ci("switch", "core");
  db.relate(core, "uplink_of", web01);
  const auto mine = submitted();
  NewTicket wanted;
  wanted.kind = "change";
  wanted.title = "Replace the switch";
  wanted.requester = "luis";
  wanted.affected = {core};
  wanted.fields = mine.fields;
  for (const auto* computed : {"plan_version", "risk", "risk_reasons", "assignee"})
    wanted.fields.erase(computed);
  const auto other = open_with(wanted).value();
  modify(other, "hardware").value();
  act("luis", other, "submit").value();
  const auto conflicts = as<std::vector<ChangeConflict>>("ana", {}, [&](const Operation& operation) {
    return conflicts_of(operation, find_ticket(operation.tx, mine.number).value());
  });
  ASSERT_EQ(conflicts.size(), 1U);
  EXPECT_EQ(conflicts[0].reason, "changes core, a neighbour of web01");
}

TEST_F(ChangeTest, Rule33OtherTimesAreNoConflict) {
  submitted();
  EXPECT_TRUE(act("mia", submitted({{"start", in(3 * hour_ms)}, {"end", in(4 * hour_ms)}}), "authorise"));
}

TEST_F(ChangeTest, Rule34LowRiskIsApprovedByTheChangeManagerAlone) {
  const auto change = act("mia", submitted(), "authorise").value();
  EXPECT_EQ(refusal(move_as("max", {"change_authority"}, change, {"approve", {}, 0})),
            "permission_denied ROLE_NEEDED");
  EXPECT_EQ(move_as("mia", {"change_manager"}, change, {"approve", {}, 0}).value().state, "scheduled");
}

TEST_F(ChangeTest, Rule34HighRiskNeedsAMajorityOfTheBoard) {
  const auto shop = db.add_ci("business_service", "shop");
  db.relate(shop, "depends_on", web01);
  db.write([&](store::Transaction& tx) {
    tx.execute("update ci set attributes = '{\"criticality\": 1}' where id = $1", shop.value);
  });
  const auto change =
      act("mia", submitted({{"outage", "yes"}, {"backout_tested", "no"}}), "authorise").value();
  const Roles board{"change_authority"};
  EXPECT_EQ(move_as("a", board, change, {"approve", {}, 0}).value().state, "authorise");
  EXPECT_EQ(move_as("b", board, change, {"object", {{"reason", "no"}}, 0}).value().state, "authorise");
  EXPECT_EQ(refusal(move_as("a", board, change, {"approve", {}, 0})), "conflict VOTED");
  EXPECT_EQ(move_as("c", board, change, {"approve", {}, 0}).value().state, "scheduled");
}

TEST_F(ChangeTest, Rule34EmergencyMayBeApprovedAfterTheFactByTwo) {
  const auto change = act("mia", submitted({{"type", "emergency"}}), "authorise").value();
  const auto running = act("eva", change, "implement").value();
  EXPECT_EQ(running.state, "implementing");
  const auto done = completed(running);
  EXPECT_EQ(refusal(act("mia", done, "close")), "conflict NOT_APPROVED");
  act("mia", done, "approve").value();
  act("max", done, "approve").value();
  EXPECT_EQ(refusal(act("mia", done, "close")), "conflict NOT_VERIFIED");
}

TEST_F(ChangeTest, Rule35RejectedIsReworked) {
  const auto change = act("mia", submitted(), "authorise").value();
  const auto rejected = act("mia", change, "reject", {{"reason", "not now"}}).value();
  EXPECT_EQ(act("luis", rejected, "rework").value().state, "draft");
}

TEST_F(ChangeTest, Rule35NewDatesNeedANewApproval) {
  const auto change = scheduled();
  const auto again =
      act("luis", change, "replan", {{"reason", "strike"}, {"start", in(day_ms)}, {"end", in(2 * day_ms)}});
  EXPECT_EQ(again.value().state, "authorise");
  EXPECT_EQ(act("mia", again.value(), "approve").value().state,
            "scheduled");  // her first vote counts no more
}

TEST_F(ChangeTest, Rule35ScopeOfAScheduledOneStandsStill) {
  EXPECT_EQ(refusal(modify(scheduled(), "os_version")), "conflict NOT_ALLOWED_NOW");
}

TEST_F(ChangeTest, Rule36OutsideItsWindowItNeedsAReason) {
  const auto change = scheduled({{"start", in(hour_ms)}});
  EXPECT_EQ(refusal(act("eva", change, "implement")), "conflict OUTSIDE_WINDOW");
  EXPECT_TRUE(act("eva", change, "implement", {{"override_reason", "it is down anyway"}}));
}

TEST_F(ChangeTest, Rule36BaselineOfTheScopeIsTaken) {
  const auto change = implementing();
  const auto taken = as<base::Result<cmdb::Baseline>>("ana", {}, [&](const Operation& operation) {
    return cmdb::find_baseline(operation.tx, change.field("baseline"));
  });
  EXPECT_EQ(taken.value().items, 1U);
  EXPECT_EQ(taken.value().at, db.clock().now());
}

TEST_F(ChangeTest, Rule37CompletionNeedsResultAndTimes) {
  const auto change = implementing();
  const auto refused = act("eva", change, "complete", {{"result", "success"}});
  EXPECT_EQ(refusal(refused), "invalid_argument MISSING_FIELD");
  EXPECT_NE(refused.error().message.find("actual_end"), std::string::npos);
}

TEST_F(ChangeTest, Rule38ClosesWhenWhatWasMeantWasSeen) {
  const auto change = implementing();
  db.advance_ms(30 * minute_ms);
  EXPECT_EQ(becomes(web01, {}).ticket, change.number);
  EXPECT_EQ(act("mia", completed(change), "close").value().state, "closed");
}

TEST_F(ChangeTest, Rule38WhatWasNotSeenOrNotMeantMustBeExplained) {
  const auto change = implementing();
  db.advance_ms(30 * minute_ms);
  tell(web01, {.what = "attribute", .subject = "memory_mib", .old_value = "1024", .new_value = "2048"});
  detect_all();
  const auto refused = act("mia", completed(change), "close");
  EXPECT_EQ(refusal(refused), "conflict NOT_VERIFIED");
  EXPECT_NE(refused.error().message.find("1 of 1 planned modifications not observed as meant, 1 unplanned"),
            std::string::npos);
  EXPECT_TRUE(act("mia", change, "close", {{"explanation", "memory was added on the way"}}));
}

TEST_F(ChangeTest, Rule38FailedNeedsWhatFollowsIt) {
  const auto change = implementing();
  const auto done = act("eva", change, "complete",
                        {{"result", "failed"}, {"actual_start", in(0)}, {"actual_end", in(minute_ms)}})
                        .value();
  EXPECT_EQ(refusal(act("mia", done, "close", {{"explanation", "x"}})), "invalid_argument MISSING_FIELD");
  const auto incident = open();
  EXPECT_TRUE(act("mia", done, "close", {{"explanation", "x"}, {"follow_up", incident.number}}));
}

TEST_F(ChangeTest, Rule39RunningChangeIsNotCancelled) {
  EXPECT_EQ(refusal(act("mia", implementing(), "cancel", {{"reason", "x"}})), "conflict NOT_ALLOWED_NOW");
}

TEST_F(ChangeTest, Rule39CancelledFromAnyStateBeforeItsBeginning) {
  const auto expect_cancelled = [&](const Ticket& change, const std::string& state) {
    ASSERT_EQ(change.state, state);
    EXPECT_EQ(refusal(act("mia", change, "cancel")), "invalid_argument MISSING_FIELD") << state;
    EXPECT_EQ(act("mia", change, "cancel", {{"reason", "x"}}).value().state, "cancelled") << state;
  };
  expect_cancelled(draft(), "draft");
  expect_cancelled(submitted(), "assess");
  expect_cancelled(act("mia", submitted(), "authorise").value(), "authorise");
  expect_cancelled(scheduled(), "scheduled");
}

TEST_F(ChangeTest, Rule39ClosedAndCancelledAreFinal) {
  const auto closed =
      act("mia", completed(implementing()), "close", {{"explanation", "nobody saw it"}}).value();
  ASSERT_EQ(closed.state, "closed");
  const auto cancelled = act("mia", draft(), "cancel", {{"reason", "x"}}).value();
  for (const auto& change : {closed, cancelled}) {
    EXPECT_TRUE(allowed_to("mia", all_desk_roles(), change).empty()) << change.state;
    EXPECT_EQ(refusal(act("mia", change, "cancel", {{"reason", "x"}})), "conflict NOT_ALLOWED_NOW");
    const auto edited = as<base::Result<Ticket>>("mia", all_desk_roles(), [&](const Operation& operation) {
      return edit_ticket(operation, change, {"Another title", {}, {}, change.version});
    });
    EXPECT_EQ(refusal(edited), "conflict FINAL") << change.state;
  }
}

TEST_F(ChangeTest, Rule74NobodyApprovesHisOwn) {
  const auto change = act("mia", submitted(), "authorise").value();
  EXPECT_EQ(refusal(act("luis", change, "approve")), "permission_denied OWN_CHANGE");  // asked for it
  EXPECT_EQ(refusal(act("eva", change, "approve")), "permission_denied OWN_CHANGE");   // will carry it out
}

TEST_F(ChangeTest, IncidentWaitsForAChangeAndGoesOn) {
  const auto change = implementing();
  const auto waiting =
      move(started(), "hold", {{"hold_reason", "change"}, {"waits_for", change.number}}).value();
  act("mia", completed(change), "close", {{"explanation", "seen"}}).value();
  EXPECT_EQ(now(waiting).state, "in_progress");  // rule 11
}

}  // namespace
}  // namespace censo::desk
