// Mail read off a real server.
#include "cmdb/class_catalog.h"
#include "cmdb/impact_graph.h"
#include "collector/jobs/mail_courier.h"
#include "collector/mail/curl_connection.h"
#include "collector/mail_desk.h"
#include "desk/mail_account.h"
#include "desk/mail_address.h"
#include "tests/cmdb/seeded_database.h"
#include "tests/collector/jobs/running_dovecot.h"

#include <gtest/gtest.h>

namespace censo::collector::jobs {
namespace {

class Fetch : public testing::Test {
 protected:
  void SetUp() override {
    if (!RunningDovecot::is_installed()) GTEST_SKIP() << "dovecot-imapd is not installed";
    server.emplace(authority);
    use(server->password());
    db.write([&](store::Transaction& tx) {
      ASSERT_TRUE(desk::set_mail_address(tx, {"luis", "luis@example.org"}));
    });
  }
  void use(const std::string& password) {
    desk::MailAccount account;
    account.way = "in";
    account.host = "127.0.0.1";
    account.port = server->port();
    account.security = desk::MailSecurity::tls;
    account.address = "desk@example.org";
    account.language = "en";
    account.user = server->user();
    account.ca = authority.certificate_pem();
    account.secret = box.seal_secret(secret_name(account), password);
    db.write([&](store::Transaction& tx) { desk::save_account(tx, account); });
  }
  void fetch() { fetch_mails(db.database(), mail, box, db.clock(), {}); }
  std::string problem() {
    std::string text;
    db.write([&](store::Transaction& tx) { text = desk::find_account(tx, "in")->problem; });
    return text;
  }
  std::vector<std::string> titles() {
    std::vector<std::string> found;
    db.write([&](store::Transaction& tx) {
      found.clear();
      for (const auto& row : tx.query("select title from ticket order by id")) found.push_back(row.text(0));
    });
    return found;
  }
  static std::string from_luis(const std::string& subject) {
    return "From: Luis <luis@example.org>\nTo: desk@example.org\nSubject: " + subject + "\nMessage-ID: <" +
           subject + "@example.org>\n\nIt is broken.\n";
  }

  SeededDatabase db;
  const access::CertificateAuthority authority =
      access::CertificateAuthority::open(db.folder() + "/ca", base::SystemClock().now()).value();
  const CredentialBox box = CredentialBox::open(db.folder() + "/scanner.key").value();
  const cmdb::ClassCatalog catalog = cmdb::ClassCatalog::load(cmdb::built_in_schemas()).value();
  cmdb::ImpactGraph graph{db.clock()};
  const MailDesk mail{graph, catalog};
  std::optional<RunningDovecot> server;
};

TEST_F(Fetch, WhatCameBeforeStaysAsItIs) {
  server->deliver(from_luis("old"));
  fetch();
  EXPECT_EQ(problem(), "") << server->log();
  EXPECT_EQ(titles(), std::vector<std::string>{});
}

TEST_F(Fetch, NewMailIsTakenOnceInItsOrder) {
  fetch();
  server->deliver(from_luis("first"));
  fetch();
  server->deliver(from_luis("second"));
  server->deliver(from_luis("third"));
  fetch();
  fetch();
  EXPECT_EQ(problem(), "") << server->log();
  EXPECT_EQ(titles(), (std::vector<std::string>{"first", "second", "third"}));
}

TEST_F(Fetch, NumbersThatBeginAnewTakeNothingTwice) {
  fetch();
  server->deliver(from_luis("first"));
  fetch();
  server->forget_numbers();
  server->deliver(from_luis("second"));
  fetch();
  EXPECT_EQ(problem(), "") << server->log();
  EXPECT_EQ(titles(), (std::vector<std::string>{"first", "second"}));
}

TEST_F(Fetch, MailThatIsTooLargeIsPassedOver) {
  fetch();
  server->deliver(from_luis("huge") + std::string(27 * 1024 * 1024, 'x') + "\n");
  server->deliver(from_luis("next"));
  fetch();
  EXPECT_EQ(titles(), std::vector<std::string>{"next"});
}

TEST_F(Fetch, MailThatCannotBeKeptIsToldAndTakenLater) {
  fetch();
  server->deliver(from_luis("first"));
  db.write([](store::Transaction& tx) { tx.execute("alter table mail_in rename to mail_in_gone"); });
  fetch();
  EXPECT_NE(problem().find("mail_in"), std::string::npos) << problem();
  db.write([](store::Transaction& tx) { tx.execute("alter table mail_in_gone rename to mail_in"); });
  fetch();
  EXPECT_EQ(problem(), "");
  EXPECT_EQ(titles(), std::vector<std::string>{"first"});
}

TEST_F(Fetch, AFolderThatCannotBeLookedUpIsNotTakenForANewOne) {
  fetch();
  server->deliver(from_luis("first"));
  db.write([](store::Transaction& tx) { tx.execute("alter table mail_folder rename to mail_folder_gone"); });
  fetch();
  EXPECT_NE(problem().find("mail_folder"), std::string::npos) << problem();
  db.write([](store::Transaction& tx) { tx.execute("alter table mail_folder_gone rename to mail_folder"); });
  fetch();
  EXPECT_EQ(titles(), std::vector<std::string>{"first"});
}

TEST_F(Fetch, WrongPasswordIsTold) {
  use("guess");
  fetch();
  EXPECT_NE(problem(), "");
  EXPECT_EQ(problem().find("guess"), std::string::npos);
}

TEST_F(Fetch, ServerOfAnotherAuthorityIsNotTalkedTo) {
  const auto other =
      access::CertificateAuthority::open(db.folder() + "/other", base::SystemClock().now()).value();
  desk::MailAccount account;
  db.write([&](store::Transaction& tx) {
    account = *desk::find_account(tx, "in");
    account.ca = other.certificate_pem();
    desk::save_account(tx, account);
  });
  server->deliver(from_luis("first"));
  fetch();
  EXPECT_NE(problem().find("certificate"), std::string::npos) << problem();
}

}  // namespace
}  // namespace censo::collector::jobs
