#include "collector/jobs/mail_courier.h"

#include "cmdb/class_catalog.h"
#include "collector/mail/curl_connection.h"
#include "collector/mail/message_writer.h"
#include "desk/mail_account.h"
#include "desk/mail_queue.h"
#include "desk/mail_rules.h"
#include "tests/cmdb/seeded_database.h"
#include "tests/collector/jobs/smtp_sink.h"

#include <gtest/gtest.h>

namespace censo::collector::jobs {
namespace {

using Answers = std::map<std::string, std::string>;

class Courier : public testing::Test {
 protected:
  void use(std::uint16_t port, const std::string& user = "", const std::string& password = "") {
    desk::MailAccount account;
    account.way = "out";
    account.host = "127.0.0.1";
    account.port = port;
    account.security = desk::MailSecurity::none;
    account.address = "desk@example.org";
    account.name = "Mesa de ayuda ñ";
    account.language = "en";
    account.user = user;
    if (!password.empty()) account.secret = box.seal_secret(secret_name(account), password);
    db.write([&](store::Transaction& tx) { desk::save_account(tx, account); });
  }
  desk::MailId queue(const std::string& address = "ana@example.org", const std::string& body = "Hello\n") {
    desk::OutgoingMail mail;
    mail.notice = "test";
    mail.address = address;
    mail.message_id = desk::new_message_id("INC-1", "example.org");
    mail.answers = {"first@example.org", "second@example.org"};
    mail.subject = "[INC-1] ¿Va lento?";
    mail.body = body;
    db.write([&](store::Transaction& tx) { desk::queue_mail(tx, mail, db.clock()); });
    return mail.id;
  }
  void round() { send_due_mails(db.database(), rules, box, db.clock(), {}); }
  desk::OutgoingMail mail(desk::MailId id) {
    desk::OutgoingMail found;
    db.write([&](store::Transaction& tx) { found = desk::find_mail(tx, id).value(); });
    return found;
  }
  desk::MailAccount account() {
    desk::MailAccount found;
    db.write([&](store::Transaction& tx) { found = desk::find_account(tx, "out").value(); });
    return found;
  }

  SeededDatabase db;
  const desk::MailRules rules = desk::MailRules::load(cmdb::built_in_schemas()).value();
  const CredentialBox box = CredentialBox::open(db.folder() + "/scanner.key").value();
};

TEST_F(Courier, MailArrivesAsItWasWritten) {
  SmtpSink sink;
  use(sink.port());
  const auto id = queue("ana@example.org", "Hello\n.dot\n");
  round();
  const auto arrived = sink.messages();
  ASSERT_EQ(arrived.size(), 1u);
  EXPECT_TRUE(arrived[0].starts_with("RCPT TO:<ana@example.org>\n"));
  EXPECT_NE(arrived[0].find("\nIn-Reply-To: <second@example.org>\n"), std::string::npos) << arrived[0];
  EXPECT_NE(arrived[0].find("<first@example.org> <second@example.org>"), std::string::npos) << arrived[0];
  EXPECT_NE(arrived[0].find("\nMessage-Id: <" + mail(id).message_id + ">\n"), std::string::npos)
      << arrived[0];
  EXPECT_NE(arrived[0].find("\nAuto-Submitted: auto-generated\n"), std::string::npos);
  EXPECT_NE(arrived[0].find("\nHello\n.dot\n"), std::string::npos);
  EXPECT_EQ(arrived[0].find("¿"), std::string::npos) << "headers are ASCII";
  EXPECT_EQ(mail(id).state, "sent");
  EXPECT_EQ(account().problem, "");
}

TEST_F(Courier, MailsOfARoundShareAConnection) {
  SmtpSink sink;
  use(sink.port());
  queue();
  queue("eva@example.org");
  round();
  EXPECT_EQ(sink.messages().size(), 2u);
  EXPECT_EQ(sink.connections(), 1);
}

TEST_F(Courier, AReceiverThatIsRefusedIsGivenUpAndOthersGoOn) {
  SmtpSink sink(Answers{{"RCPT", "550 no such user"}});
  use(sink.port());
  const auto id = queue(), other = queue();
  round();
  EXPECT_EQ(mail(id).state, "failed");
  EXPECT_NE(mail(id).problem.find("550"), std::string::npos);
  EXPECT_EQ(mail(other).state, "failed");
  EXPECT_EQ(account().problem, "");
}

TEST_F(Courier, NotNowMeansLater) {
  SmtpSink sink(Answers{{"RCPT", "451 greylisted"}});
  use(sink.port());
  const auto id = queue();
  round();
  EXPECT_EQ(mail(id).state, "waiting");
  EXPECT_EQ(mail(id).tries, 1);
  EXPECT_NE(mail(id).problem.find("451"), std::string::npos);
}

TEST_F(Courier, ATextThatIsRefusedIsGivenUp) {
  SmtpSink sink(Answers{{".", "554 spam"}});
  use(sink.port());
  const auto id = queue();
  round();
  EXPECT_EQ(mail(id).state, "failed");
}

TEST_F(Courier, WithoutAServerAllWaits) {
  std::uint16_t port = 0;
  {
    const SmtpSink gone;
    port = gone.port();
  }
  use(port);
  const auto id = queue(), other = queue();
  round();
  EXPECT_EQ(mail(id).state, "waiting");
  EXPECT_EQ(mail(other).tries, 1);
  EXPECT_FALSE(account().problem.empty());
}

TEST_F(Courier, ServerThatWantsALoginIsNoFaultOfTheMail) {
  SmtpSink sink(Answers{{"MAIL", "530 authentication required"}});
  use(sink.port());
  const auto id = queue();
  round();
  EXPECT_EQ(mail(id).state, "waiting");
  EXPECT_NE(account().problem.find("530"), std::string::npos);
}

TEST_F(Courier, TlsThatIsWantedAndNotThereSendsNothing) {
  SmtpSink sink;
  use(sink.port());
  auto starttls = account();
  starttls.security = desk::MailSecurity::starttls;
  db.write([&](store::Transaction& tx) { desk::save_account(tx, starttls); });
  const auto id = queue();
  round();
  EXPECT_TRUE(sink.messages().empty());
  EXPECT_EQ(mail(id).state, "waiting");
}

// Asks for a stop when it is asked for the time again and again.
class StoppingClock : public base::Clock {
 public:
  StoppingClock(base::TimeMs now, int looks) : now_(now), looks_(looks) {}
  base::TimeMs now() const override {
    if (--looks_ == 0) source_.request_stop();
    return now_;
  }
  std::stop_token token() const { return source_.get_token(); }

 private:
  base::TimeMs now_;
  mutable int looks_;
  mutable std::stop_source source_;
};

TEST_F(Courier, WhatAStopLeavesUntriedIsAnybodysAtOnce) {
  SmtpSink sink;
  use(sink.port());
  const auto first = queue(), second = queue();
  const StoppingClock clock(db.clock().now(), 2);  // while the first is noted
  send_due_mails(db.database(), rules, box, clock, clock.token());
  EXPECT_EQ(mail(first).state, "sent");
  EXPECT_EQ(mail(second).state, "waiting");
  EXPECT_EQ(mail(second).tries, 0);
  round();
  EXPECT_EQ(mail(second).state, "sent");
}

TEST_F(Courier, MoreThanARoundTakesAreSentAllTheSame) {
  SmtpSink sink;
  use(sink.port());
  for (int i = 0; i < 40; ++i) queue();
  round();
  EXPECT_EQ(sink.messages().size(), 40u);
}

TEST_F(Courier, PasswordOpensForItsHostAlone) {
  use(25, "desk", "hush");
  EXPECT_EQ(server_of(account(), box)->password, "hush");
  auto moved = account();
  moved.host = "evil.example.org";
  EXPECT_FALSE(server_of(moved, box));
}

TEST(MessageWriter, NothingOfTheTextsGetsIntoHeaders) {
  const auto text = mail::write_message({"Desk\r\nBcc: a@b",
                                         "desk@example.org",
                                         "ana@example.org",
                                         "x@example.org",
                                         {},
                                         "Hi\r\nBcc: a@b\r\n\r\nbody",
                                         "text\n",
                                         1'790'000'000'000});
  const auto headers = text.substr(0, text.find("\r\n\r\n"));
  EXPECT_EQ(headers.find("\nBcc:"), std::string::npos) << text;
  EXPECT_NE(headers.find("\nSubject: Hi  Bcc: a@b"), std::string::npos) << text;
}

TEST(MessageWriter, LinesEndWithCarriageReturns) {
  const auto text = mail::write_message(
      {"", "desk@example.org", "ana@example.org", "x@example.org", {}, "Hi", "one\ntwo\n", 0});
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
    ASSERT_EQ(text[at - 1], '\r');
}

}  // namespace
}  // namespace censo::collector::jobs
