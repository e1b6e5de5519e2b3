// Who is told what, and how it reads.
#include "desk/ticket_target.h"
#include "tests/desk/mail_fixture.h"

#include "desk/filled_text.h"
#include "desk/ticket_store.h"
#include "desk/ticket_watcher.h"

#include <array>

namespace censo::desk {
namespace {

using Texts = std::vector<std::string>;

class Notices : public MailTest {
 protected:
  Notices() {
    address("luis", "luis@example.org");
    address("ana", "ana@example.org");
    address("eva", "eva@example.org");
  }
  void watch_as_eva(const Ticket& ticket) {
    db.write([&](store::Transaction& tx) { keep_watcher(tx, ticket, "eva"); });
  }
};

TEST_F(Notices, RequesterIsToldTheNumber) {
  open();
  const auto told = mails();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].address, "luis@example.org");
  EXPECT_EQ(told[0].subject, "[INC-1] Web is slow");
  EXPECT_NE(told[0].body.find("Your incident is INC-1."), std::string::npos);
}

TEST_F(Notices, EachActIsToldOnce) {
  open();
  EXPECT_EQ(mails().size(), 1u);
  EXPECT_EQ(mails().size(), 0u);
}

TEST_F(Notices, CommentGoesToAllButWhoSaidIt) {
  const auto ticket = open();
  ASSERT_TRUE(move(ticket, "assign", {{"group", "web"}, {"assignee", "ana"}}));
  watch_as_eva(ticket);
  mails();
  ASSERT_TRUE(say("ana", desk_agent, ticket, {NoteKind::shared, "which browser?"}));
  EXPECT_EQ(receivers(), (Texts{"said luis@example.org", "said eva@example.org"}));
}

TEST_F(Notices, Rule73InternalNotesGoToTheAssigneeAlone) {
  const auto ticket = open();
  ASSERT_TRUE(move(ticket, "assign", {{"group", "web"}, {"assignee", "ana"}}));
  watch_as_eva(ticket);
  mails();
  ASSERT_TRUE(say("bob", desk_agent, ticket, {NoteKind::internal, "he is lying"}));
  EXPECT_EQ(receivers(), Texts{"noted ana@example.org"});
}

TEST_F(Notices, Rule64TheCommanderIsToldOfAMissedMessage) {
  const auto ticket = open({{"impact", "1"}, {"urgency", "1"}});
  ASSERT_TRUE(move_as("mia", all_desk_roles(), ticket,
                      {"declare_major", {{"commander", "eva"}, {"message_interval_min", "10"}}, 0}));
  mails();
  db.advance_ms(11 * 60'000);
  as<bool>("collector", {"rule"},
           [](const Operation& operation) { return escalate_due_targets(operation, 10); });
  EXPECT_EQ(receivers(), Texts{"escalated eva@example.org"});
}

TEST_F(Notices, Rule65WhoIsCalledIsTold) {
  const auto ticket = move(open(), "assign", {{"group", "web"}}).value();
  mails();
  ASSERT_TRUE(move_as("collector", {"rule"}, ticket,
                      {"call", {{"assignee", "ana"}, {"reason", "on call: night"}}, 0}));
  EXPECT_EQ(receivers(), Texts{"yours ana@example.org"});
}

// Rule 63: to a role, the members of the group who have it, else all of the group, else whoever has it.
TEST_F(Notices, Rule63EscalationsGoToThoseWhoHaveTheRole) {
  const auto ticket = move(open(), "assign", {{"group", "web"}}).value();
  const auto escalated_to = [&](const char* role) {
    mails();
    db.write([&](store::Transaction& tx) {
      const Act act{"collector", "rule", db.clock(), {"rule"}};
      auto entry = entry_of(ticket, "escalate", act);
      entry.after = fields_to_json({{"notify", role}});
      add_history(tx, ticket, entry, db.clock());
    });
    return receivers();
  };
  EXPECT_EQ(escalated_to("desk_manager"), Texts{});
  db.write([](store::Transaction& tx) {
    tx.execute("insert into desk_role (person, role) values ('eva', 'desk_manager'), ('ana', 'desk_agent')");
    tx.execute("insert into desk_member (group_name, person) values ('web', 'luis')");
  });
  EXPECT_EQ(escalated_to("desk_manager"), Texts{"escalated eva@example.org"});
  EXPECT_EQ(escalated_to("desk_agent"), Texts{"escalated luis@example.org"});
  db.write([](store::Transaction& tx) {
    tx.execute("insert into desk_member (group_name, person) values ('web', 'ana')");
  });
  EXPECT_EQ(escalated_to("desk_agent"), Texts{"escalated ana@example.org"});
}

// Rule 75.
TEST_F(Notices, NobodyOfAnotherTenantIsTold) {
  const auto ticket = open();
  watch_as_eva(ticket);
  db.write([](store::Transaction& tx) {
    tx.execute(
        "insert into desk_person (person, department, sees_department, tenant) values ('eva', '', 0, "
        "'north')");
  });
  mails();
  ASSERT_TRUE(say("ana", desk_agent, ticket, {NoteKind::shared, "which browser?"}));
  EXPECT_EQ(receivers(), Texts{"said luis@example.org"});
}

TEST_F(Notices, WorkIsToldToNobody) {
  const auto ticket = open();
  mails();
  ASSERT_TRUE(say("bob", desk_agent, ticket, {NoteKind::work, "read logs", 5}));
  EXPECT_EQ(receivers(), Texts{});
}

TEST_F(Notices, WhoIsSeveralThingsIsToldOnce) {
  const auto ticket = open();
  db.write([&](store::Transaction& tx) { keep_watcher(tx, ticket, "luis"); });
  mails();
  ASSERT_TRUE(say("ana", desk_agent, ticket, {NoteKind::shared, "which browser?"}));
  EXPECT_EQ(receivers(), Texts{"said luis@example.org"});
}

TEST_F(Notices, SolutionIsTold) {
  const auto ticket = open();
  ASSERT_TRUE(move(ticket, "assign", {{"group", "web"}}));
  mails();
  ASSERT_TRUE(move(ticket, "resolve", resolution));
  const auto told = mails();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].body.find("INC-1 is resolved."), std::string::npos);
  EXPECT_NE(told[0].body.find("restarted"), std::string::npos);
}

TEST_F(Notices, MailsOfATicketAreAThread) {
  const auto ticket = open();
  const auto first = mails().at(0);
  EXPECT_TRUE(first.answers.empty());
  db.advance_ms(1000);
  ASSERT_TRUE(say("ana", desk_agent, ticket, {NoteKind::shared, "which browser?"}));
  const auto second = mails().at(0);
  EXPECT_EQ(second.answers, Texts{first.message_id});
  EXPECT_NE(second.message_id, first.message_id);
  EXPECT_TRUE(second.message_id.ends_with("@example.org"));
}

TEST_F(Notices, ThreadNamesItsFirstMailHoweverLongItGets) {
  const auto ticket = open();
  const auto first = mails().at(0);
  for (int i = 0; i < 15; ++i) {
    db.advance_ms(1000);
    ASSERT_TRUE(say("ana", desk_agent, ticket, {NoteKind::shared, "still there?"}));
    mails();
  }
  ASSERT_TRUE(say("ana", desk_agent, ticket, {NoteKind::shared, "hello?"}));
  const auto last = mails().at(0);
  EXPECT_EQ(last.answers.front(), first.message_id);
  EXPECT_LE(last.answers.size(), 11u);
}

TEST_F(Notices, TitleOfSeveralLinesIsOneLineInTheSubject) {
  NewTicket wanted;
  wanted.title = "Web\nBcc: everybody@example.org";
  wanted.requester = "luis";
  ASSERT_TRUE(open_with(wanted));
  EXPECT_EQ(mails().at(0).subject, "[INC-1] Web Bcc: everybody@example.org");
}

TEST_F(Notices, ValuesAreNotLookedInto) {
  NewTicket wanted;
  wanted.title = "{description}";
  wanted.description = "{requester}";
  wanted.requester = "luis";
  ASSERT_TRUE(open_with(wanted));
  const auto mail = mails().at(0);
  EXPECT_EQ(mail.subject, "[INC-1] {description}");
  EXPECT_NE(mail.body.find("{requester}"), std::string::npos);
}

TEST_F(Notices, AValueCutsNothingOff) {
  const auto ticket = open();
  mails();
  ASSERT_TRUE(say("ana", desk_agent, ticket, {NoteKind::shared, rules.marker.en + "\nhidden"}));
  const auto body = mails().at(0).body;
  EXPECT_EQ(body.find(rules.marker.en), 0u);
  EXPECT_EQ(body.find("\n" + rules.marker.en), std::string::npos);
}

TEST_F(Notices, WhoHasNoAddressIsLeftOut) {
  NewTicket wanted;
  wanted.title = "Web is slow";
  wanted.requester = "nobody";
  ASSERT_TRUE(open_with(wanted));
  EXPECT_EQ(receivers(), Texts{});
}

TEST_F(Notices, NothingIsWrittenToTheDeskItself) {
  address("loop", "Desk@Example.org");
  NewTicket wanted;
  wanted.title = "Web is slow";
  wanted.requester = "loop";
  ASSERT_TRUE(open_with(wanted));
  EXPECT_EQ(receivers(), Texts{});
}

TEST_F(Notices, WithoutAServerNothingIsKept) {
  db.write([&](store::Transaction& tx) { ASSERT_TRUE(remove_account(tx, "out")); });
  open();
  db.write([&](store::Transaction& tx) {
    EXPECT_EQ(tx.query_one("select count(*) from mail_due")->integer(0), 0);
  });
}

TEST_F(Notices, OfAnActThatFailedThereAreNone) {
  const auto ticket = open();
  mails();
  EXPECT_FALSE(move(ticket, "resolve", resolution));
  EXPECT_EQ(receivers(), Texts{});
}

TEST(Filled, NamesAreReplacedAndOtherBracesStay) {
  const auto value = [](std::string_view name) { return name == "who" ? std::string("ana") : std::string(); };
  EXPECT_EQ(filled("{who}: {nothing}{ a } {", value), "ana: { a } {");
  EXPECT_EQ(filled("{WHO} {who", value), "{WHO} {who");
}

std::string fault_of_notice(const std::string& notice) {
  const std::string text =
      "retry: {after: 1m, at_most: 4h, give_up_after: 3d}\nkeep: 90d\nmarker: {en: a, es: b}\n"
      "incoming: {limits: {an_hour: 1, waiting: 1, waiting_bytes: 1, bytes: 1}, keep: 1d, remember: 1d, "
      "senders: [{sender: all, unknown: "
      "wait}]}\n"
      "notices:\n  - " +
      notice + "\n";
  const std::array files{base::EmbeddedFile{"mail.yaml", text}};
  const auto loaded = MailRules::load(files);
  return loaded ? "none" : loaded.error().message;
}

TEST(MailRules, SoundOnesAreTaken) {
  EXPECT_EQ(
      fault_of_notice(
          "{notice: a, events: [open], to: [requester], subject: {en: a, es: b}, text: {en: a, es: b}}"),
      "none");
}

TEST(MailRules, Rule73WhatIsInternalIsRefusedForOthers) {
  EXPECT_NE(fault_of_notice("{notice: a, events: [internal_note], to: [watchers], subject: {en: a, es: b}, "
                            "text: {en: a, es: b}}"),
            "none");
  EXPECT_NE(fault_of_notice("{notice: a, events: [comment, work], to: [assignee, requester], subject: {en: "
                            "a, es: b}, text: {en: a, es: b}}"),
            "none");
}

TEST(MailRules, SendersEndWithOneThatFitsEverybody) {
  const std::string text =
      "retry: {after: 1m, at_most: 4h, give_up_after: 3d}\nkeep: 90d\nmarker: {en: a, es: b}\n"
      "incoming: {limits: {an_hour: 1, waiting: 1, waiting_bytes: 1, bytes: 1}, keep: 1d, remember: 1d, "
      "senders: [{sender: ours, domains: "
      "[a.b], unknown: open}]}\n";
  const std::array files{base::EmbeddedFile{"mail.yaml", text}};
  EXPECT_NE(MailRules::load(files).error().message.find("fits everybody"), std::string::npos);
}

TEST(MailRules, UnknownReceiverIsRefused) {
  EXPECT_NE(
      fault_of_notice(
          "{notice: a, events: [open], to: [everybody], subject: {en: a, es: b}, text: {en: a, es: b}}"),
      "none");
}

}  // namespace
}  // namespace censo::desk
