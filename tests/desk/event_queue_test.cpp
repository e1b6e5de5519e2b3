// Events without an item, under a change, in floods, and after their end.
#include "tests/desk/event_fixture.h"

namespace censo::desk {
namespace {

TEST_F(EventTest, UnknownItemIsKept) {
  const auto event = send(message("db09"));
  EXPECT_EQ(event.handling, "unknown");
  EXPECT_EQ(event.reason, "no item is known by that name");
  EXPECT_EQ(incidents(), 0U);
  EXPECT_EQ(events({.state = "firing", .handling = "unknown"}).size(), 1U);
}

TEST_F(EventTest, AmbiguousItemIsUnknown) {
  db.add_ci("server", "twin");
  db.add_ci("server", "twin");
  EXPECT_EQ(send(message("twin")).handling, "unknown");
}

TEST_F(EventTest, UnknownItemIsFoundOnceItIsThere) {
  const auto event = send(message("db09"));
  const auto db09 = db.add_ci("server", "db09");
  db.advance_ms(10 * minute_ms);
  look();
  EXPECT_EQ(again(event).ci, db09);
  EXPECT_EQ(again(event).handling, "incident");
  EXPECT_EQ(incident(again(event).ticket).requester, "alertmanager");
}

TEST_F(EventTest, PersonSaysWhichItemIsMeant) {
  const auto placed = place(send(message("db09")), web02).value();
  EXPECT_EQ(placed.ci, web02);
  EXPECT_EQ(placed.handling, "incident");
}

TEST_F(EventTest, WhatAPersonSaidHoldsForTheSender) {
  place(send(message("db09")), web02).value();
  EXPECT_EQ(send(message("DB09", "CpuHot")).ci, web02);
  EXPECT_FALSE(send(message("db09"), "zabbix").ci);
}

TEST_F(EventTest, KnownItemIsNotPlaced) {
  EXPECT_EQ(refusal(place(send(message()), web02)), "conflict NOT_ALLOWED_NOW");
}

TEST_F(EventTest, ChangeOnTheItemSilences) {
  const auto change = implementing();
  const auto event = send(message());
  EXPECT_EQ(event.handling, "silenced");
  EXPECT_EQ(event.change, change.number);
  EXPECT_EQ(incidents(), 0U);
  EXPECT_EQ(events({.change = change.number}).size(), 1U);
}

TEST_F(EventTest, ScheduledChangeSilencesWithinItsWindow) {
  scheduled({{"start", in(hour_ms)}});
  EXPECT_EQ(send(message()).handling, "incident");
  db.advance_ms(hour_ms);
  EXPECT_EQ(send(message("web01", "CpuHot")).handling, "silenced");
}

TEST_F(EventTest, ChangeThatIsNotApprovedSilencesNothing) {
  submitted();
  EXPECT_EQ(send(message()).handling, "incident");
}

TEST_F(EventTest, ChangeSilencesNoOtherItem) {
  implementing();
  EXPECT_EQ(send(message("web02")).handling, "incident");
}

TEST_F(EventTest, SilencedOpensAnIncidentWhenItOutlastsTheChange) {
  const auto change = implementing();
  const auto event = send(message());
  db.advance_ms(2 * hour_ms + rules.grace_ms);
  look();
  EXPECT_EQ(again(event).handling, "incident");
  EXPECT_EQ(again(event).change, change.number);
}

TEST_F(EventTest, SilencedThatEndsInTheWindowOpensNothing) {
  implementing();
  send(message());
  send(ended(message()));
  db.advance_ms(day_ms);
  look();
  EXPECT_EQ(incidents(), 0U);
}

TEST_F(EventTest, FloodOfConditionsIsBounded) {
  rules.conditions_a_minute = 2;
  const auto taken = send_all({message("web01", "a"), message("web01", "b"), message("web01", "c")});
  EXPECT_EQ(taken.events.size(), 2U);
  EXPECT_EQ(taken.over_limit, 1);
  EXPECT_EQ(sender().over_limit, 1);
}

TEST_F(EventTest, FloodOfMessagesIsBounded) {
  rules.messages_a_minute = 2;
  const auto taken = send_all({message(), message(), message()});
  EXPECT_EQ(taken.over_limit, 1);
  EXPECT_EQ(events().at(0).times, 2);
}

TEST_F(EventTest, EndsAreTakenInAFlood) {
  rules.messages_a_minute = 1;
  const auto event = send(message());
  send(ended(message()));
  EXPECT_EQ(again(event).state, "ended");
}

TEST_F(EventTest, FloodOfOneSenderLeavesOthersRoom) {
  rules.conditions_a_minute = 1;
  send_all({message("web01", "a"), message("web01", "b")});
  EXPECT_EQ(send(message(), "zabbix").handling, "incident");
}

TEST_F(EventTest, NextMinuteHasRoom) {
  rules.conditions_a_minute = 1;
  send(message("web01", "a"));
  db.advance_ms(minute_ms);
  EXPECT_EQ(send(message("web01", "b")).handling, "incident");
}

TEST_F(EventTest, ClockSetBackBeginsAMinute) {
  rules.conditions_a_minute = 1;
  send(message("web01", "a"));
  db.advance_ms(-day_ms);
  EXPECT_EQ(send(message("web01", "b")).handling, "incident");
}

TEST_F(EventTest, WhatIsToldNoMoreEnds) {
  const auto event = send(message());
  db.advance_ms(rules.expire_after_ms);
  forget();
  EXPECT_EQ(again(event).state, "ended");
  EXPECT_EQ(again(event).reason, "it was not told for long");
}

TEST_F(EventTest, WhatEndedLongAgoIsForgotten) {
  send(message());
  send(ended(message()));
  db.advance_ms(rules.keep_ms);
  forget();
  EXPECT_TRUE(events().empty());
}

TEST_F(EventTest, PagesGoOnAfterTheCursor) {
  send_all({message("web01", "a"), message("web01", "b"), message("web01", "c")});
  as<bool>("ana", {}, [](const Operation& operation) {
    const auto first = list_events(operation.tx, {}, {2, ""}).value();
    const auto second = list_events(operation.tx, {}, {2, first.next}).value();
    EXPECT_EQ(first.rows.size(), 2U);
    EXPECT_EQ(second.rows.size(), 1U);
    EXPECT_EQ(second.rows.at(0).condition, "a");
    return true;
  });
}

TEST_F(EventTest, MarkupStaysText) {
  auto one = message();
  one.summary = "<script>alert(1)</script>\nX";
  EXPECT_EQ(incident(send(one).ticket).title, "<script>alert(1)</script> X");
}

}  // namespace
}  // namespace censo::desk
