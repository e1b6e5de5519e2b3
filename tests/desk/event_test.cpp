// Service-desk rule 70: one incident an item and condition.
#include "tests/desk/event_fixture.h"

namespace censo::desk {
namespace {

using Texts = std::vector<std::string>;

TEST_F(EventTest, Rule70OpensAnIncident) {
  const auto event = send(message());
  EXPECT_EQ(event.handling, "incident");
  const auto ticket = incident(event.ticket);
  EXPECT_EQ(ticket.title, "Disk is full");
  EXPECT_EQ(ticket.requester, "alertmanager");
  EXPECT_EQ(ticket.field("urgency"), "1");
  EXPECT_EQ(ticket.field("category"), "event");
  EXPECT_EQ(history(ticket).at(0).source, "event");
}

TEST_F(EventTest, Rule70IncidentAffectsTheItem) {
  const auto ticket = incident(send(message()).ticket);
  const auto links = as<std::vector<TicketLink>>(
      "ana", {}, [&](const Operation& operation) { return links_of(operation.tx, ticket.id); });
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].ci, web01);
  EXPECT_EQ(links[0].role, LinkRole::affected);
}

TEST_F(EventTest, Rule70RepeatsCountUp) {
  send(message());
  send(message());
  EXPECT_EQ(send(message()).times, 3);
  EXPECT_EQ(incidents(), 1U);
}

TEST_F(EventTest, Rule70RepeatsLeaveTheVersionOfTheIncident) {
  const auto event = send(message());
  send(message());
  EXPECT_EQ(incident(event.ticket).version, 1);
}

TEST_F(EventTest, Rule70AnotherSenderOfTheSameConditionJoins) {
  const auto first = send(message());
  EXPECT_EQ(send(message(), "zabbix").ticket, first.ticket);
}

TEST_F(EventTest, Rule70AnotherConditionHasItsOwnIncident) {
  const auto first = send(message());
  EXPECT_NE(send(message("web01", "DiskFull /home")).ticket, first.ticket);
}

TEST_F(EventTest, Rule70AnotherItemHasItsOwnIncident) {
  const auto first = send(message());
  EXPECT_NE(send(message("web02")).ticket, first.ticket);
}

TEST_F(EventTest, Rule70ClearResolvesWhatNobodyTouched) {
  const auto event = send(message());
  EXPECT_EQ(send(ended(message())).state, "ended");
  const auto ticket = incident(event.ticket);
  EXPECT_EQ(ticket.state, "resolved");
  EXPECT_EQ(ticket.field("resolution_code"), "cleared");
}

TEST_F(EventTest, Rule70ClearLeavesWhatSomebodyTouched) {
  const auto event = send(message());
  move(incident(event.ticket), "assign", {{"group", "web"}}).value();
  send(ended(message()));
  EXPECT_EQ(incident(event.ticket).state, "assigned");
  EXPECT_EQ(notes(incident(event.ticket)), Texts{"\"DiskFull /var\" has ended by itself"});
}

TEST_F(EventTest, Rule70ClearLeavesWhatSomebodyCommentedOn) {
  const auto event = send(message());
  as<base::Result<Ticket>>("ana", desk_agent, [&](const Operation& operation) {
    return add_note(operation, find_ticket(operation.tx, event.ticket).value(),
                    {NoteKind::internal, "mine", 0});
  }).value();
  send(ended(message()));
  EXPECT_EQ(incident(event.ticket).state, "new");
}

TEST_F(EventTest, Rule70ClearWaitsForEverySender) {
  const auto event = send(message());
  send(message(), "zabbix");
  send(ended(message()));
  EXPECT_EQ(incident(event.ticket).state, "new");
  send(ended(message()), "zabbix");
  EXPECT_EQ(incident(event.ticket).state, "resolved");
}

TEST_F(EventTest, Rule70ClearOfAnotherSenderIsNone) {
  const auto event = send(message());
  EXPECT_EQ(send_all({ended(message())}, "zabbix").late, 1);
  EXPECT_EQ(incident(event.ticket).state, "new");
}

TEST_F(EventTest, Rule70ClearClosesWhereTheRuleSaysSo) {
  rules.rules.back().clear = OnClear::close;
  const auto event = send(message());
  send(ended(message()));
  EXPECT_EQ(incident(event.ticket).state, "closed");
}

TEST_F(EventTest, Rule70ClearOnlyTellsWhereTheRuleSaysSo) {
  rules.rules.back().clear = OnClear::note;
  const auto event = send(message());
  send(ended(message()));
  EXPECT_EQ(incident(event.ticket).state, "new");
  EXPECT_EQ(notes(incident(event.ticket)).size(), 1U);
}

TEST_F(EventTest, Rule70BackAgainOpensTheSameIncident) {
  const auto event = send(message());
  send(ended(message()));
  const auto back = send(message());
  EXPECT_NE(back.id, event.id);
  EXPECT_EQ(back.ticket, event.ticket);
  EXPECT_EQ(incident(event.ticket).state, "new");
  EXPECT_EQ(incident(event.ticket).field("reopened"), "1");
}

TEST_F(EventTest, Rule70BackAfterAPersonResolvedItIsInProgressAgain) {
  const auto event = send(message());
  move(incident(event.ticket), "assign", {{"group", "web"}, {"assignee", "ana"}}).value();
  move(incident(event.ticket), "resolve", resolution).value();
  send(ended(message()));
  send(message());
  EXPECT_EQ(incident(event.ticket).state, "in_progress");
}

TEST_F(EventTest, Rule70BackAfterItsEndIsANewIncidentThatFollows) {
  const auto event = send(message());
  move(incident(event.ticket), "cancel", {{"cancel_reason", "mistaken"}}).value();
  send(ended(message()));
  const auto back = send(message());
  EXPECT_NE(back.ticket, event.ticket);
  EXPECT_EQ(incident(back.ticket).field("follows"), event.ticket);
}

TEST_F(EventTest, Rule70StillToldADayAfterItsEndIsANewIncident) {
  const auto event = send(message());
  move(incident(event.ticket), "cancel", {{"cancel_reason", "mistaken"}}).value();
  EXPECT_EQ(send(message()).ticket, event.ticket);
  db.advance_ms(day_ms);
  EXPECT_NE(send(message()).ticket, event.ticket);
}

TEST_F(EventTest, ToldAgainAfterItsEndIsLate) {
  auto one = message();
  one.began_at = db.clock().now();
  send(one);
  send(ended(one));
  EXPECT_EQ(send_all({one}).late, 1);
  EXPECT_EQ(incidents(), 1U);
}

TEST_F(EventTest, WorseThanBeforeIsToldTheDesk) {
  auto one = message();
  one.severity = "warning";
  const auto event = send(one);
  send(message());
  EXPECT_EQ(notes(incident(event.ticket)), Texts{"\"DiskFull /var\" is critical now, not warning"});
}

TEST_F(EventTest, InformationIsNoted) {
  auto one = message();
  one.severity = "info";
  EXPECT_EQ(send(one).handling, "noted");
  EXPECT_EQ(incidents(), 0U);
}

TEST_F(EventTest, InformationThatBecomesCriticalOpensAnIncident) {
  auto one = message();
  one.severity = "info";
  send(one);
  EXPECT_EQ(send(message()).handling, "incident");
}

TEST_F(EventTest, RuleAssignsToItsGroup) {
  rules.rules.back().group = "unix";
  const auto ticket = incident(send(message()).ticket);
  EXPECT_EQ(ticket.state, "assigned");
  EXPECT_EQ(ticket.field("group"), "unix");
}

TEST_F(EventTest, AssignedByRuleIsUntouched) {
  rules.rules.back().group = "unix";
  const auto event = send(message());
  send(ended(message()));
  EXPECT_EQ(incident(event.ticket).state, "resolved");
}

TEST_F(EventTest, RuleOfAClassFitsItsSubclasses) {
  EventRule quiet;
  quiet.name = "quiet";
  quiet.classes = {"computer_system"};
  quiet.ticket = false;
  rules.rules.insert(rules.rules.begin(), quiet);
  EXPECT_EQ(send(message()).rule, "quiet");
}

TEST_F(EventTest, ItemIsFoundByAnyIdentifier) {
  db.add_key(web02, "serial", "abc123");
  EXPECT_EQ(send(message("ABC123")).ci, web02);
}

TEST_F(EventTest, ItemIsFoundWithoutPortAndDomain) {
  EXPECT_EQ(send(message("web01.example.net:9100")).ci, web01);
  EXPECT_EQ(send(message("https://web02:8443/health")).ci, web02);
}

}  // namespace
}  // namespace censo::desk
