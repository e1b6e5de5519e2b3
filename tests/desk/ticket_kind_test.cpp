#include "desk/ticket_kind.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace censo::desk {
namespace {

using base::EmbeddedFile;

TicketKind incident() {
  return *TicketKinds::load(cmdb::built_in_schemas()).value().find("incident");
}

// Whether the built-in incident lists this transition (rules 07 to 15).
bool leads(std::string_view event, std::string_view from, std::string_view to) {
  const auto kind = incident();
  return std::any_of(kind.transitions.begin(), kind.transitions.end(), [&](const Transition& one) {
    return one.event == event && one.to == to && std::count(one.from.begin(), one.from.end(), from) == 1;
  });
}

// The states of a sound kind, with these transitions.
base::Error fault_with(const std::string& transitions) {
  const std::string text =
      "ticket: task\nprefix: TSK\nlabel: {en: Task, es: Tarea}\ninitial: new\n"
      "states:\n  new: {label: {en: New, es: Nueva}}\n  done: {final: true, label: {en: Done, es: Hecha}}\n" +
      transitions;
  const std::vector<EmbeddedFile> files{{"tickets/task.yaml", text}};
  const auto loaded = TicketKinds::load(files);
  return loaded ? base::Error{} : loaded.error();
}
const std::string good_transition =
    "transitions:\n  - {event: finish, label: {en: Finish, es: Acabar}, from: [new], to: done, roles: "
    "[desk_agent]}\n";

TEST(TicketKinds, IncidentBeginsAsNew) {
  EXPECT_EQ(incident().initial, "new");
}

TEST(TicketKinds, IncidentIsNumberedInc) {
  EXPECT_EQ(incident().prefix, "INC");
}

TEST(TicketKinds, IncidentHasItsSevenStates) {
  EXPECT_EQ(incident().states.size(), 7U);
}

TEST(TicketKinds, Rule07NewIsAssigned) {
  EXPECT_TRUE(leads("assign", "new", "assigned"));
}

TEST(TicketKinds, Rule08AssignedIsStarted) {
  EXPECT_TRUE(leads("start", "assigned", "in_progress"));
}

TEST(TicketKinds, Rule09InProgressIsReassigned) {
  EXPECT_TRUE(leads("reassign", "in_progress", "assigned"));
}

TEST(TicketKinds, Rule10AssignedIsHeld) {
  EXPECT_TRUE(leads("hold", "assigned", "on_hold"));
}

TEST(TicketKinds, Rule11HeldIsResumed) {
  EXPECT_TRUE(leads("resume", "on_hold", "in_progress"));
}

TEST(TicketKinds, Rule12HeldIsResolved) {
  EXPECT_TRUE(leads("resolve", "on_hold", "resolved"));
}

TEST(TicketKinds, Rule12NewIsNotResolved) {
  EXPECT_FALSE(leads("resolve", "new", "resolved"));
}

TEST(TicketKinds, Rule13ResolvedIsReopened) {
  EXPECT_TRUE(leads("reopen", "resolved", "in_progress"));
}

TEST(TicketKinds, Rule14ResolvedIsClosed) {
  EXPECT_TRUE(leads("close", "resolved", "closed"));
}

TEST(TicketKinds, Rule15NewIsCancelled) {
  EXPECT_TRUE(leads("cancel", "new", "cancelled"));
}

TEST(TicketKinds, Rule15ResolvedIsNotCancelled) {
  EXPECT_FALSE(leads("cancel", "resolved", "cancelled"));
}

TEST(TicketKinds, Rule16ClosedIsFinal) {
  EXPECT_TRUE(incident().find_state("closed")->final);
}

TEST(TicketKinds, UnknownStateIsNothing) {
  EXPECT_EQ(incident().find_state("asleep"), nullptr);
}

TEST(TicketKinds, KnowsAStateOfAnyKind) {
  const auto kinds = TicketKinds::load(cmdb::built_in_schemas()).value();
  EXPECT_TRUE(kinds.has_state("on_hold"));
  EXPECT_FALSE(kinds.has_state("asleep"));
}

TEST(TicketKindFault, SoundKindHasNone) {
  EXPECT_EQ(fault_with(good_transition).message, "");
}

TEST(TicketKindFault, TransitionToAnUnknownState) {
  const auto fault = fault_with(
      "transitions:\n  - {event: finish, label: {en: F, es: A}, from: [new], to: gone, roles: "
      "[desk_agent]}\n");
  EXPECT_EQ(fault.code, base::Errc::malformed);
  EXPECT_EQ(fault.where, "tickets/task.yaml:9");
}

TEST(TicketKindFault, TransitionFromAnUnknownState) {
  EXPECT_NE(fault_with(
                "transitions:\n  - {event: f, label: {en: F, es: A}, from: [old], to: done, roles: [rule]}\n")
                .message.find("no state \"old\""),
            std::string::npos);
}

TEST(TicketKindFault, TransitionOutOfAFinalState) {
  EXPECT_NE(fault_with(good_transition +
                       "  - {event: undo, label: {en: U, es: D}, from: [done], to: new, roles: [rule]}\n")
                .message.find("final"),
            std::string::npos);
}

TEST(TicketKindFault, EventTwiceOutOfOneState) {
  EXPECT_NE(fault_with(good_transition +
                       "  - {event: finish, label: {en: U, es: D}, from: [new], to: new, roles: [rule]}\n")
                .message.find("leads twice"),
            std::string::npos);
}

TEST(TicketKindFault, UnknownRole) {
  EXPECT_NE(fault_with(
                "transitions:\n  - {event: f, label: {en: F, es: A}, from: [new], to: done, roles: [king]}\n")
                .message.find("king"),
            std::string::npos);
}

TEST(TicketKindFault, TransitionThatNobodyMayMake) {
  EXPECT_NE(fault_with("transitions:\n  - {event: f, label: {en: F, es: A}, from: [new], to: done}\n")
                .message.find("roles"),
            std::string::npos);
}

TEST(TicketKindFault, StateThatCannotBeReached) {
  EXPECT_NE(
      fault_with("transitions:\n  - {event: f, label: {en: F, es: A}, from: [new], to: new, roles: [rule]}\n")
          .message.find("leads to \"done\""),
      std::string::npos);
}

TEST(TicketKindFault, FirstStateThatIsNone) {
  const std::vector<EmbeddedFile> files{
      {"tickets/task.yaml",
       "ticket: task\nprefix: TSK\nlabel: {en: T, es: T}\ninitial: new\nstates:\n"
       "  done: {final: true, label: {en: D, es: H}}\n"}};
  EXPECT_FALSE(TicketKinds::load(files));
}

TEST(TicketKindFault, PrefixInLowerCase) {
  const std::vector<EmbeddedFile> files{
      {"tickets/task.yaml",
       "ticket: task\nprefix: tsk\nlabel: {en: T, es: T}\ninitial: done\nstates:\n"
       "  done: {final: true, label: {en: D, es: H}}\n"}};
  EXPECT_EQ(TicketKinds::load(files).error().where, "tickets/task.yaml:2");
}

TEST(TicketKindFault, PrefixOfTwoKinds) {
  const std::string rest =
      "prefix: TSK\nlabel: {en: T, es: T}\ninitial: done\nstates:\n"
      "  done: {final: true, label: {en: D, es: H}}\n";
  const auto task = "ticket: task\n" + rest;
  const auto errand = "ticket: errand\n" + rest;
  const std::vector<EmbeddedFile> files{{"tickets/errand.yaml", errand}, {"tickets/task.yaml", task}};
  EXPECT_EQ(TicketKinds::load(files).error().where, "tickets/task.yaml:2");
}

}  // namespace
}  // namespace censo::desk
