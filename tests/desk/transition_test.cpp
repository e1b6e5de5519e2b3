// Service-desk rules 01 to 18 and 48 to 50 on incidents.
#include "desk/transition.h"

#include "desk/ticket_fields.h"
#include "tests/desk/desk_fixture.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;
using Texts = std::vector<std::string>;

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1000;

class TransitionTest : public DeskTest {};

TEST_F(TransitionTest, Rule01UnlistedIsRefusedAndTheAllowedAreTold) {
  const auto refused = move(open(), "resolve", resolution);
  EXPECT_EQ(refusal(refused), "conflict NOT_ALLOWED_NOW");
  EXPECT_NE(refused.error().message.find("assign, cancel"), std::string::npos) << refused.error().message;
}

TEST_F(TransitionTest, Rule01AllowedOnesGoByStateAndRole) {
  const auto ticket = open();
  EXPECT_EQ(allowed_to("ana", desk_agent, ticket), (Texts{"assign", "cancel"}));
  EXPECT_EQ(allowed_to("eva", {}, ticket), Texts());
}

TEST_F(TransitionTest, Rule01MissingFieldsAreAllNamed) {
  const auto refused = move(started(), "resolve", {{"resolution_code", "fixed"}});
  EXPECT_EQ(refusal(refused), "invalid_argument MISSING_FIELD");
  EXPECT_NE(refused.error().message.find("solution, category, cause"), std::string::npos);
  EXPECT_EQ(refused.error().where, "/fields/solution");
}

TEST_F(TransitionTest, Rule01FieldsOfOtherEventsAreRefused) {
  EXPECT_EQ(refusal(move(open(), "assign", {{"group", "web"}, {"solution", "x"}})),
            "invalid_argument UNKNOWN_FIELD");
}

TEST_F(TransitionTest, Rule01UnfitValueIsRefusedAndNothingIsWritten) {
  const auto ticket = started();
  EXPECT_EQ(refusal(move(ticket, "hold", {{"hold_reason", "lunch"}})), "invalid_argument BAD_VALUE");
  EXPECT_EQ(now(ticket).state, "in_progress");
  EXPECT_EQ(now(ticket).version, ticket.version);
}

TEST_F(TransitionTest, Rule02TransitionLeavesARow) {
  const auto ticket = move(open(), "assign", {{"group", "web"}}).value();
  const auto entry = history(ticket).back();
  EXPECT_EQ(entry.event, "assign");
  EXPECT_EQ(entry.actor, "ana");
  EXPECT_EQ(entry.source, "api");
  EXPECT_EQ(entry.from_state, "new");
  EXPECT_EQ(entry.to_state, "assigned");
  EXPECT_EQ(entry.before, "{}");
  EXPECT_EQ(entry.after, R"({"group":"web"})");
  EXPECT_EQ(entry.version, ticket.version);
}

TEST_F(TransitionTest, Rule02ReasonStandsInTheRowAlone) {
  const auto ticket =
      move(started(), "reassign", {{"group", "network"}, {"reason", "it is the switch"}}).value();
  EXPECT_EQ(history(ticket).back().reason, "it is the switch");
  EXPECT_FALSE(ticket.fields.contains("reason"));
}

TEST_F(TransitionTest, Rule03StaleVersionIsRefusedWithTheDifference) {
  const auto ticket = open();
  move(ticket, "assign", {{"group", "web"}}).value();
  const auto refused = move_as("eva", desk_agent, ticket, {"cancel", {{"cancel_reason", "mistaken"}}, 1});
  EXPECT_EQ(refusal(refused), "stale VERSION_CHANGED");
  EXPECT_NE(refused.error().message.find(R"(ana: assign {} -> {"group":"web"})"), std::string::npos);
}

TEST_F(TransitionTest, Rule04RoleIsNeeded) {
  EXPECT_EQ(refusal(move_as("eva", {"approver"}, open(), {"assign", {{"group", "web"}}, 0})),
            "permission_denied ROLE_NEEDED");
}

TEST_F(TransitionTest, Rule04RequesterIsNoGeneralRole) {
  const auto ticket = resolved(started());
  EXPECT_EQ(refusal(move_as("eva", {"requester"}, ticket, {"reopen", {{"reason", "no"}}, 0})),
            "permission_denied ROLE_NEEDED");
}

TEST_F(TransitionTest, Rule07AssignNeedsAGroupAndTakesAPerson) {
  EXPECT_EQ(refusal(move(open(), "assign")), "invalid_argument MISSING_FIELD");
  const auto ticket = move(open(), "assign", {{"group", "web"}, {"assignee", "eva"}}).value();
  EXPECT_EQ(ticket.state, "assigned");
  EXPECT_EQ(ticket.field("assignee"), "eva");
}

TEST_F(TransitionTest, Rule08TheAssigneeStarts) {
  const auto ticket = move(open(), "assign", {{"group", "web"}, {"assignee", "eva"}}).value();
  EXPECT_EQ(refusal(move(ticket, "start")), "permission_denied ROLE_NEEDED");
  EXPECT_EQ(move_as("eva", {}, ticket, {"start", {}, 0}).value().state, "in_progress");
}

TEST_F(TransitionTest, Rule09ReassignNeedsAnotherHolderAndCountsAHop) {
  const auto ticket = started();
  EXPECT_EQ(refusal(move(ticket, "reassign", {{"reason", "x"}, {"group", "web"}})), "conflict SAME_HOLDER");
  const auto moved = move(ticket, "reassign", {{"reason", "x"}, {"group", "network"}}).value();
  EXPECT_EQ(moved.state, "assigned");
  EXPECT_EQ(moved.field("hops"), "1");
}

TEST_F(TransitionTest, Rule10HoldForTheCallerNeedsAMessageToHim) {
  const auto ticket = started();
  EXPECT_EQ(refusal(move(ticket, "hold", {{"hold_reason", "caller"}})), "invalid_argument MISSING_FIELD");
  ASSERT_TRUE(move(ticket, "hold", {{"hold_reason", "caller"}, {"message", "which browser?"}}));
  const auto notes = as<std::vector<Note>>(
      "luis", {}, [&](const Operation& operation) { return notes_of(operation, ticket); });
  EXPECT_EQ(notes.at(0).what.text, "which browser?");
}

TEST_F(TransitionTest, Rule10HoldForASupplierNeedsSupplierAndReference) {
  EXPECT_EQ(refusal(move(started(), "hold", {{"hold_reason", "supplier"}, {"supplier", "Acme"}})),
            "invalid_argument MISSING_FIELD");
}

TEST_F(TransitionTest, Rule10HoldForAChangeNeedsTheLink) {
  EXPECT_EQ(refusal(move(started(), "hold", {{"hold_reason", "change"}})), "invalid_argument MISSING_FIELD");
  EXPECT_EQ(refusal(move(started(), "hold", {{"hold_reason", "change"}, {"waits_for", "INC-99"}})),
            "invalid_argument BAD_VALUE");
}

TEST_F(TransitionTest, Rule10ScheduledHoldNeedsAWakeUpTime) {
  EXPECT_EQ(refusal(move(started(), "hold", {{"hold_reason", "scheduled"}})),
            "invalid_argument MISSING_FIELD");
}

TEST_F(TransitionTest, Rule11WakesUpAtItsTime) {
  const auto at = base::to_iso8601(db.clock().now() + day_ms);
  const auto ticket = move(started(), "hold", {{"hold_reason", "scheduled"}, {"wake_at", at}}).value();
  const auto due = [&] {
    as<bool>("collector", {"rule"}, [](const Operation& operation) { return end_due_states(operation, 10); });
    return now(ticket).state;
  };
  EXPECT_EQ(due(), "on_hold");
  db.advance_ms(day_ms);
  EXPECT_EQ(due(), "in_progress");
  EXPECT_FALSE(now(ticket).fields.contains("hold_reason"));
}

TEST_F(TransitionTest, Rule11TheCallersReplyResumes) {
  const auto ticket = move(started(), "hold", {{"hold_reason", "caller"}, {"message", "?"}}).value();
  as<base::Result<Ticket>>("luis", {}, [&](const Operation& operation) {
    return add_note(operation, find_ticket(operation.tx, ticket.number).value(),
                    {NoteKind::shared, "Firefox", 0});
  }).value();
  EXPECT_EQ(now(ticket).state, "in_progress");
}

TEST_F(TransitionTest, Rule11TheEndOfWhatItWaitsForResumes) {
  const auto other = started();
  const auto ticket =
      move(started(), "hold", {{"hold_reason", "problem"}, {"waits_for", other.number}}).value();
  move_as("luis", {}, resolved(other), {"close", {}, 0}).value();
  EXPECT_EQ(now(ticket).state, "in_progress");
  EXPECT_EQ(history(ticket).back().source, "rule");
}

TEST_F(TransitionTest, Rule12ResolveTakesACauseAndLinksIt) {
  const auto web01 = db.add_ci("server", "web01");
  auto fields = resolution;
  fields["cause"] = "web01";
  const auto ticket = move(started(), "resolve", fields).value();
  EXPECT_EQ(ticket.field("cause"), base::to_text(web01));
  const auto links = as<std::vector<TicketLink>>(
      "ana", {}, [&](const Operation& operation) { return links_of(operation.tx, ticket.id); });
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].role, LinkRole::cause);
}

TEST_F(TransitionTest, Rule12CauseThatIsNotThereIsRefused) {
  auto fields = resolution;
  fields["cause"] = "ghost";
  EXPECT_EQ(refusal(move(started(), "resolve", fields)), "invalid_argument CI_NOT_FOUND");
}

TEST_F(TransitionTest, Rule13RequesterReopensWithin5Days) {
  const auto ticket = resolved(started());
  db.advance_ms(5 * day_ms);
  const auto reopened = move_as("luis", {}, ticket, {"reopen", {{"reason", "still slow"}}, 0});
  EXPECT_EQ(reopened.value().state, "in_progress");
  EXPECT_EQ(reopened.value().field("reopened"), "1");
  EXPECT_FALSE(reopened.value().fields.contains("solution"));
}

TEST_F(TransitionTest, Rule13RequesterIsTooLateAfterwardsTheDeskIsNot) {
  const auto ticket = resolved(started());
  db.advance_ms(5 * day_ms + 1);
  EXPECT_EQ(refusal(move_as("luis", {}, ticket, {"reopen", {{"reason", "still slow"}}, 0})),
            "conflict TOO_LATE");
  EXPECT_TRUE(move(ticket, "reopen", {{"reason", "still slow"}}));
}

TEST_F(TransitionTest, Rule14AgentClosesWithConsentAlone) {
  const auto ticket = resolved(started());
  EXPECT_EQ(refusal(move(ticket, "close")), "invalid_argument MISSING_FIELD");
  EXPECT_EQ(move(ticket, "close", {{"consent", "by phone"}}).value().state, "closed");
}

TEST_F(TransitionTest, Rule14SilenceCloses) {
  const auto ticket = resolved(started());
  db.advance_ms(5 * day_ms);
  as<bool>("collector", {"rule"}, [](const Operation& operation) { return end_due_states(operation, 10); });
  EXPECT_EQ(now(ticket).state, "closed");
}

TEST_F(TransitionTest, Rule15DuplicateNeedsTheOtherTicket) {
  const auto other = open();
  EXPECT_EQ(refusal(move(open(), "cancel", {{"cancel_reason", "duplicate"}})),
            "invalid_argument MISSING_FIELD");
  EXPECT_TRUE(move(open(), "cancel", {{"cancel_reason", "duplicate"}, {"duplicate_of", other.number}}));
}

TEST_F(TransitionTest, Rule15AfterWorkOnlyTheManagerCancels) {
  const auto ticket = started();
  as<base::Result<Ticket>>("ana", desk_agent, [&](const Operation& operation) {
    return add_note(operation, ticket, {NoteKind::work, "looked at it", 15});
  }).value();
  EXPECT_EQ(refusal(move(ticket, "cancel", {{"cancel_reason", "mistaken"}})), "conflict WORK_LOGGED");
  EXPECT_EQ(allowed_to("ana", desk_agent, ticket), (Texts{"reassign", "hold", "resolve"}));
  EXPECT_TRUE(move_as("eva", {"desk_manager"}, ticket, {"cancel", {{"cancel_reason", "mistaken"}}, 0}));
}

TEST_F(TransitionTest, Rule16ClosedIsFinal) {
  const auto ticket = move(resolved(started()), "close", {{"consent", "by phone"}}).value();
  EXPECT_EQ(allowed_to("ana", desk_agent, ticket), Texts());
  const auto said = as<base::Result<Ticket>>("luis", {}, [&](const Operation& operation) {
    return add_note(operation, ticket, {NoteKind::shared, "again", 0});
  });
  EXPECT_EQ(refusal(said), "conflict FINAL");
  EXPECT_EQ(open({{"follows", "inc-1"}}).field("follows"), ticket.number);
}

TEST_F(TransitionTest, Rule17ParentResolvesItsOpenChildren) {
  const auto parent = started(), child = open({{"parent", parent.number}}), loose = open();
  const auto grandchild = open({{"parent", child.number}});
  resolved(parent);
  EXPECT_EQ(now(child).state, "resolved");
  EXPECT_EQ(now(child).field("solution"), "restarted");
  EXPECT_EQ(now(grandchild).state, "resolved");
  EXPECT_EQ(now(loose).state, "new");
}

TEST_F(TransitionTest, Rule17DetachedChildStays) {
  const auto parent = started(), child = open({{"parent", parent.number}});
  as<base::Result<Ticket>>("ana", desk_agent, [&](const Operation& operation) {
    TicketEdit edit;
    edit.fields["parent"] = "";
    edit.version = child.version;
    return edit_ticket(operation, child, edit);
  }).value();
  resolved(parent);
  EXPECT_EQ(now(child).state, "new");
}

TEST_F(TransitionTest, Rule17ParentsFormNoCircle) {
  const auto top = open(), below = open({{"parent", top.number}});
  const auto edited = as<base::Result<Ticket>>("ana", desk_agent, [&](const Operation& operation) {
    TicketEdit edit;
    edit.fields["parent"] = below.number;
    edit.version = top.version;
    return edit_ticket(operation, top, edit);
  });
  EXPECT_EQ(refusal(edited), "conflict CYCLE");
}

TEST_F(TransitionTest, Rule18MajorNeedsTheWorstPriority) {
  const WantedTransition wanted{"declare_major", {{"commander", "eva"}, {"message_interval_min", "30"}}, 0};
  EXPECT_EQ(refusal(move_as("mia", {"major_incident_manager"}, open(), wanted)), "conflict NOT_MAJOR");
  const auto worst = open({{"impact", "1"}, {"urgency", "1"}});
  EXPECT_TRUE(move_as("mia", {"major_incident_manager"}, worst, wanted));
}

TEST_F(TransitionTest, Rule18OrFiveTicketsOnOneItemWithin30Minutes) {
  const auto web01 = db.add_ci("server", "web01");
  const WantedTransition wanted{"declare_major", {{"commander", "eva"}, {"message_interval_min", "30"}}, 0};
  for (int i = 0; i < 4; ++i) open({}, {web01});
  const auto fifth = open({}, {web01});
  EXPECT_TRUE(move_as("mia", {"major_incident_manager"}, fifth, wanted));
  db.advance_ms(31 * 60 * 1000);
  EXPECT_EQ(refusal(move_as("mia", {"major_incident_manager"}, fifth, wanted)), "conflict NOT_MAJOR");
}

TEST_F(TransitionTest, Rule48ImpactIsThatOfTheWorstThatIsHarmed) {
  const auto web01 = db.add_ci("server", "web01"), shop = db.add_ci("business_service", "shop"),
             pc = db.add_ci("workstation", "pc");
  db.relate(shop, "depends_on", web01);
  const auto impact_of = [&](cmdb::CiId ci) {
    return as<std::string>("ana", {}, [&](const Operation& operation) {
      return default_impact(operation.tx, *operation.impact, {ci}, db.clock().now());
    });
  };
  EXPECT_EQ(impact_of(pc), "3");
  EXPECT_EQ(impact_of(web01), "2");
  db.write([&](store::Transaction& tx) {
    tx.execute("update ci set attributes = '{\"criticality\": 1}' where id = $1", shop.value);
  });
  EXPECT_EQ(impact_of(web01), "1");
}

TEST_F(TransitionTest, Rule49UrgencyIsOneOfThreeAndTheMiddleOneUnlessItIsSaid) {
  EXPECT_EQ(open().field("urgency"), "2");
  EXPECT_EQ(open({{"urgency", "1"}}).field("urgency"), "1");
  NewTicket wanted;
  wanted.title = "Web is slow";
  wanted.requester = "luis";
  for (const auto* none : {"0", "4", "soon"}) {
    wanted.fields = {{"urgency", none}};
    EXPECT_EQ(open_with(wanted).error().where, "/fields/urgency") << none;
  }
}

TEST_F(TransitionTest, Rule50PriorityIsThatOfTheMatrix) {
  EXPECT_EQ(open({{"impact", "1"}, {"urgency", "1"}}).field("priority"), "1");
  EXPECT_EQ(open({{"impact", "2"}, {"urgency", "3"}}).field("priority"), "4");
  EXPECT_EQ(open({{"impact", "3"}, {"urgency", "3"}}).field("priority"), "5");
  EXPECT_EQ(open().field("priority"), "");  // nobody knows whom it hits
}

TEST_F(TransitionTest, Rule50PriorityFollowsAnEdit) {
  const auto ticket = open({{"impact", "3"}, {"urgency", "3"}});
  const auto edited = as<base::Result<Ticket>>("ana", desk_agent, [&](const Operation& operation) {
    TicketEdit edit;
    edit.fields["urgency"] = "1";
    edit.version = ticket.version;
    return edit_ticket(operation, ticket, edit);
  });
  EXPECT_EQ(edited.value().field("priority"), "3");
}

TEST_F(TransitionTest, Rule50ManagerOverridesWithAReasonAndItStays) {
  const auto ticket = open({{"impact", "3"}, {"urgency", "3"}});
  const FieldValues wanted{{"priority", "1"}, {"reason", "the board waits"}};
  EXPECT_EQ(refusal(move(ticket, "prioritise", wanted)), "permission_denied ROLE_NEEDED");
  ASSERT_TRUE(move_as("eva", {"desk_manager"}, ticket, {"prioritise", wanted, 0}));
  EXPECT_EQ(move(ticket, "assign", {{"group", "web"}}).value().field("priority"), "1");
}

TEST_F(TransitionTest, Rule73InternalNotesAreTheDesks) {
  const auto ticket = open();
  as<base::Result<Ticket>>("ana", desk_agent, [&](const Operation& operation) {
    return add_note(operation, ticket, {NoteKind::internal, "he again", 0});
  }).value();
  const auto seen_by = [&](const std::string& person, const Roles& roles) {
    return as<std::vector<Note>>(person, roles,
                                 [&](const Operation& operation) { return notes_of(operation, ticket); })
        .size();
  };
  EXPECT_EQ(seen_by("ana", desk_agent), 1U);
  EXPECT_EQ(seen_by("luis", {}), 0U);
}

TEST_F(TransitionTest, EditOfAFieldThatEventsSetIsRefused) {
  const auto ticket = open();
  const auto edited = as<base::Result<Ticket>>("ana", desk_agent, [&](const Operation& operation) {
    TicketEdit edit;
    edit.fields["solution"] = "x";
    edit.version = ticket.version;
    return edit_ticket(operation, ticket, edit);
  });
  EXPECT_EQ(refusal(edited), "invalid_argument UNKNOWN_FIELD");
}

TEST_F(TransitionTest, ScriptsInFieldsAreTextAndNothingMore) {
  const std::string script = "<script>alert(1)</script>\"'; drop table ticket";
  const auto ticket = move(open(), "assign", {{"group", script}}).value();
  EXPECT_EQ(now(ticket).field("group"), script);
}

}  // namespace
}  // namespace censo::desk
