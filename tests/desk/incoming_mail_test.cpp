// What becomes of mail that comes in.
#include "desk/incoming_mail.h"

#include "desk/desk_role.h"
#include "desk/ticket_attachment.h"
#include "desk/ticket_watcher.h"
#include "tests/desk/mail_fixture.h"

namespace censo::desk {
namespace {

class Incoming : public MailTest {
 protected:
  Incoming() {
    address("luis", "luis@example.org");
    address("ana", "ana@example.org");
  }
  static IncomingMail from(const std::string& sender, const std::string& subject = "Printer is out of ink") {
    IncomingMail mail;
    mail.from = sender;
    mail.subject = subject;
    mail.text = "It is the one on the second floor.";
    return mail;
  }
  TakenMail take(const IncomingMail& mail) {
    const auto message = "message " + std::to_string(++count_);
    return take_as(mail, message);
  }
  TakenMail take_as(const IncomingMail& mail, const std::string& message) {
    return as<TakenMail>("collector", {"rule"}, [&](const Operation& operation) {
      return take_mail(operation, {rules, attachments}, mail, whole_mail(message));
    });
  }
  static std::string outcome(const TakenMail& taken) { return std::string(name_of(taken.outcome)); }
  std::vector<Note> notes(const Ticket& ticket) {
    return as<std::vector<Note>>("ana", desk_agent,
                                 [&](const Operation& operation) { return notes_of(operation, ticket); });
  }
  Ticket ticket(const std::string& number) {
    return as<Ticket>("ana", {},
                      [&](const Operation& operation) { return *find_ticket(operation.tx, number); });
  }
  std::vector<ReceivedMail> received(const std::string& which = "") {
    return as<std::vector<ReceivedMail>>("ana", {}, [&](const Operation& operation) {
      return list_received(operation.tx, which, {100, ""})->rows;
    });
  }

  MailRules rules = MailRules::load(cmdb::built_in_schemas()).value();
  AttachmentRules attachments = AttachmentRules::load(cmdb::built_in_schemas()).value();

 private:
  int count_ = 0;
};

TEST_F(Incoming, NewMailOfAKnownPersonOpensAnIncident) {
  const auto taken = take(from("Luis@example.org", "Re: Fwd: Printer is out of ink"));
  EXPECT_EQ(outcome(taken), "opened");
  const auto opened = ticket(taken.ticket);
  EXPECT_EQ(opened.kind, "incident");
  EXPECT_EQ(opened.title, "Printer is out of ink");
  EXPECT_EQ(opened.description, "It is the one on the second floor.");
  EXPECT_EQ(opened.requester, "luis");
}

TEST_F(Incoming, Rule02HistorySaysThatItCameByMail) {
  const auto taken = take(from("luis@example.org"));
  EXPECT_EQ(history(ticket(taken.ticket)).front().source, "mail");
}

TEST_F(Incoming, AnswerToAMailIsAComment) {
  const auto opened = open();
  auto answer = from("luis@example.org", "whatever");
  answer.answers = {"unknown@example.org", mails().at(0).message_id};
  const auto taken = take(answer);
  EXPECT_EQ(outcome(taken), "comment");
  EXPECT_EQ(taken.ticket, opened.number);
  const auto said = notes(opened);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].author, "luis");
  EXPECT_EQ(said[0].what.kind, NoteKind::shared);
}

TEST_F(Incoming, NumberInTheSubjectIsEnough) {
  const auto opened = open();
  EXPECT_EQ(outcome(take(from("luis@example.org", "RE: [inc-1] Web is slow"))), "comment");
  EXPECT_EQ(notes(opened).size(), 1u);
}

TEST_F(Incoming, Rule11CallersAnswerEndsTheHold) {
  const auto opened = open();
  ASSERT_TRUE(move(opened, "assign", {{"group", "web"}}));
  ASSERT_TRUE(move(opened, "hold", {{"hold_reason", "caller"}, {"message", "which browser?"}}));
  take(from("luis@example.org", "[INC-1]"));
  EXPECT_EQ(now(opened).state, "in_progress");
}

TEST_F(Incoming, WhoHasNothingToDoWithATicketSaysNothingInIt) {
  const auto opened = open();
  address("eva", "eva@example.org");
  const auto taken = take(from("eva@example.org", "[INC-1] me too"));
  EXPECT_EQ(outcome(taken), "waiting");
  EXPECT_EQ(taken.ticket, "INC-1");
  EXPECT_TRUE(notes(opened).empty());
}

TEST_F(Incoming, MailBringsNoTokensRole) {
  const auto opened = open();
  EXPECT_EQ(outcome(take(from("ana@example.org", "[INC-1]"))), "waiting");
  db.write([&](store::Transaction& tx) { ASSERT_TRUE(grant_role(tx, {"ana", "desk_manager"})); });
  EXPECT_EQ(outcome(take(from("ana@example.org", "[INC-1]"))), "comment");
}

TEST_F(Incoming, UnknownSenderWaits) {
  const auto taken = take(from("stranger@elsewhere.example"));
  EXPECT_EQ(outcome(taken), "waiting");
  EXPECT_EQ(received("waiting").at(0).address, "stranger@elsewhere.example");
}

TEST_F(Incoming, UnknownSenderIsDroppedOrOpensByHisDomain) {
  rules.incoming.senders = {{"ours", {"example.org"}, UnknownSender::open},
                            {"others", {}, UnknownSender::drop}};
  EXPECT_EQ(outcome(take(from("stranger@elsewhere.example"))), "dropped");
  const auto taken = take(from("new@Example.org"));
  EXPECT_EQ(outcome(taken), "opened");
  EXPECT_EQ(ticket(taken.ticket).requester, "new@Example.org");
  EXPECT_EQ(outcome(take(from("NEW@example.org", "[" + taken.ticket + "]"))), "comment");
}

TEST_F(Incoming, ProgramsAreNotAnswered) {
  auto mail = from("luis@example.org");
  mail.program = "Auto-Submitted: auto-replied";
  const auto taken = take(mail);
  EXPECT_EQ(outcome(taken), "dropped");
  EXPECT_NE(taken.reason.find("auto-replied"), std::string::npos);
}

TEST_F(Incoming, OwnMailIsALoop) {
  EXPECT_EQ(outcome(take(from("Desk@example.org"))), "dropped");
  open();
  auto mail = from("luis@example.org");
  mail.message_id = mails().at(0).message_id;
  EXPECT_EQ(outcome(take(mail)), "dropped");
}

TEST_F(Incoming, MailThatCameBackHasFailed) {
  open();
  const auto sent = mails().at(0);
  auto mail = from("mailer-daemon@example.org");
  mail.program = "a report of a mail server";
  mail.returned = {sent.message_id};
  const auto taken = take(mail);
  EXPECT_EQ(outcome(taken), "dropped");
  EXPECT_NE(taken.reason.find("luis@example.org"), std::string::npos);
  const auto after = as<OutgoingMail>(
      "ana", {}, [&](const Operation& operation) { return *find_mail(operation.tx, sent.id); });
  EXPECT_EQ(after.state, "failed");
}

TEST_F(Incoming, SameMailIsTakenOnce) {
  EXPECT_EQ(outcome(take_as(from("luis@example.org"), "same")), "opened");
  EXPECT_EQ(outcome(take_as(from("luis@example.org"), "same")), "again");
}

TEST_F(Incoming, SameMailInAnotherEnvelopeIsTakenOnce) {
  auto mail = from("luis@example.org");
  mail.message_id = "one@example.org";
  EXPECT_EQ(outcome(take(mail)), "opened");
  EXPECT_EQ(outcome(take(mail)), "dropped");
}

TEST_F(Incoming, SenderOfTooManyIsCounted) {
  rules.incoming.an_hour = 3;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(outcome(take(from("luis@example.org"))), "opened");
  EXPECT_EQ(outcome(take(from("LUIS@example.org"))), "over_limit");
  EXPECT_EQ(received().size(), 3u);
  db.advance_ms(60 * 60 * 1000);
  EXPECT_EQ(outcome(take(from("luis@example.org"))), "opened");
}

TEST_F(Incoming, ABombOfUnknownSendersFillsNothing) {
  rules.incoming.waiting = 5;
  for (int i = 0; i < 20; ++i) take(from("s" + std::to_string(i) + "@elsewhere.example"));
  EXPECT_EQ(received("waiting").size(), 5u);
}

TEST_F(Incoming, WhatWaitsIsBoundedInBytesToo) {
  rules.incoming.waiting_bytes = 1'000;
  const auto large = [](char fill) { return std::string(400, fill); };
  EXPECT_EQ(outcome(take_as(from("a@elsewhere.example"), large('a'))), "waiting");
  EXPECT_EQ(outcome(take_as(from("b@elsewhere.example"), large('b'))), "waiting");
  EXPECT_EQ(outcome(take_as(from("c@elsewhere.example"), large('c'))), "over_limit");
  EXPECT_EQ(outcome(take_as(from("d@elsewhere.example"), std::string(200, 'd'))), "waiting");
}

TEST_F(Incoming, Rule16AnswerToAFinalTicketOpensOneThatFollows) {
  const auto opened = open();
  ASSERT_TRUE(move(opened, "cancel", {{"cancel_reason", "mistaken"}}));
  const auto taken = take(from("luis@example.org", "[INC-1] it is back"));
  EXPECT_EQ(outcome(taken), "opened");
  EXPECT_EQ(ticket(taken.ticket).field("follows"), "INC-1");
}

TEST_F(Incoming, FilesAreAttachedAndWhatIsNotTakenIsSaid) {
  auto mail = from("luis@example.org");
  mail.files = {{"log.txt", "since noon\n"}, {"run.sh", "#!/bin/sh\nrm -rf /\n"}};
  const auto opened = ticket(take(mail).ticket);
  const auto names = as<std::vector<std::string>>("ana", desk_agent, [&](const Operation& operation) {
    std::vector<std::string> found;
    for (const auto& one : attachments_of(operation, opened)) found.push_back(one.name);
    return found;
  });
  EXPECT_EQ(names, std::vector<std::string>{"log.txt"});
  EXPECT_NE(notes(opened).at(0).what.text.find("[not attached: run.sh:"), std::string::npos);
}

TEST_F(Incoming, LongTextsAreCut) {
  auto mail = from("luis@example.org", std::string(1'000, 's'));
  mail.text = std::string(100'000, 'x');
  const auto opened = ticket(take(mail).ticket);
  EXPECT_LE(opened.title.size(), 200u);
  EXPECT_LE(opened.description.size(), 16'000u);
  EXPECT_EQ(outcome(take([&] {
              auto answer = mail;
              answer.subject = "[" + opened.number + "]";
              return answer;
            }())),
            "comment");
}

TEST_F(Incoming, EmptyMailIsTaken) {
  auto mail = from("luis@example.org", "");
  mail.text.clear();
  EXPECT_EQ(ticket(take(mail).ticket).title, "(no subject)");
  open();
  EXPECT_EQ(outcome(take([&] {
              auto answer = mail;
              answer.subject = "[INC-2]";
              return answer;
            }())),
            "comment");
}

TEST_F(Incoming, NoticeOfItAnswersIt) {
  auto mail = from("luis@example.org");
  mail.message_id = "first@example.org";
  take(mail);
  EXPECT_EQ(mails().at(0).answers, std::vector<std::string>{"first@example.org"});
}

TEST_F(Incoming, WhatWaitsIsPlacedOnce) {
  take(from("stranger@elsewhere.example"));
  const auto id = received("waiting").at(0).id;
  const auto place = [&](const MailPlace& where) {
    return as<base::Result<Ticket>>(
        "ana", desk_agent, [&](const Operation& operation) -> base::Result<Ticket> {
          const auto message = waiting_message(operation.tx, id);
          if (!message) return message.error();
          return place_mail(operation, {rules, attachments}, id, from("stranger@elsewhere.example"), where);
        });
  };
  EXPECT_EQ(refusal(place({})), "invalid_argument ");
  EXPECT_EQ(refusal(place({"INC-99", ""})), "not_found ");
  const auto placed = place({"", "luis"});
  ASSERT_TRUE(placed) << to_string(placed.error());
  EXPECT_EQ(placed->requester, "luis");
  EXPECT_EQ(refusal(place({"", "luis"})), "conflict DECIDED");
  EXPECT_EQ(received().at(0).decided_by, "ana");
}

TEST_F(Incoming, WhatWaitsTooLongIsDropped) {
  take(from("stranger@elsewhere.example"));
  db.advance_ms(rules.incoming.keep_ms + 1);
  as<bool>("collector", {"rule"},
           [&](const Operation& operation) { return forget_received(operation, rules, 10); });
  EXPECT_EQ(received().at(0).outcome, "dropped");
}

TEST_F(Incoming, WhatWasDecidedLongAgoIsForgottenAndWhoWroteIt) {
  take(from("luis@example.org"));
  db.advance_ms(rules.incoming.remember_ms - 1'000);
  take(from("ana@example.org"));
  db.advance_ms(2'000);
  as<bool>("collector", {"rule"},
           [&](const Operation& operation) { return forget_received(operation, rules, 10); });
  EXPECT_EQ(received().size(), 1u);
  EXPECT_EQ(received().at(0).address, "ana@example.org");
  const auto senders = as<std::int64_t>("ana", {}, [](const Operation& operation) {
    return operation.tx.query_one("select count(*) from mail_sender")->integer(0);
  });
  EXPECT_EQ(senders, 1);
}

TEST_F(Incoming, ForgettingGoesOnAsLongAsThereIsMore) {
  for (int i = 0; i < 3; ++i) take(from("luis@example.org"));
  db.advance_ms(rules.incoming.remember_ms + 1'000);
  const auto forget = [&] {
    return as<bool>("collector", {"rule"},
                    [&](const Operation& operation) { return forget_received(operation, rules, 2); });
  };
  EXPECT_TRUE(forget());
  EXPECT_FALSE(forget());
  EXPECT_TRUE(received().empty());
}

}  // namespace
}  // namespace censo::desk
