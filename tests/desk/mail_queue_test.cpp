// Addresses, and mail that waits for its server.
#include "tests/desk/mail_fixture.h"

namespace censo::desk {
namespace {

class MailQueue : public MailTest {
 protected:
  MailId queue() {
    OutgoingMail mail;
    mail.notice = "test";
    mail.address = "ana@example.org";
    mail.message_id = new_message_id("", "example.org");
    mail.subject = "Hello";
    mail.body = "Hello\n";
    db.write([&](store::Transaction& tx) { queue_mail(tx, mail, db.clock()); });
    return mail.id;
  }
  std::size_t claimed() {
    std::size_t count = 0;
    const auto now = db.clock().now();
    db.write([&](store::Transaction& tx) { count = claim_mails(tx, now, now + 60'000, 10).size(); });
    return count;
  }
  void settle(MailId id, Delivery delivery, const std::string& problem = "") {
    db.write([&](store::Transaction& tx) {
      settle_mail(tx, rules, id, {delivery, problem}, db.clock().now());
    });
  }
  OutgoingMail mail(MailId id) {
    return as<OutgoingMail>("ana", {},
                            [&](const Operation& operation) { return *find_mail(operation.tx, id); });
  }
};

TEST_F(MailQueue, IsClaimedOnceUntilTheClaimRunsOut) {
  queue();
  EXPECT_EQ(claimed(), 1u);
  EXPECT_EQ(claimed(), 0u);
  db.advance_ms(60'000);
  EXPECT_EQ(claimed(), 1u);
}

TEST_F(MailQueue, WhatWasTakenIsNotClaimedAgain) {
  const auto id = queue();
  claimed();
  settle(id, Delivery::taken);
  db.advance_ms(rules.retry_at_most_ms);
  EXPECT_EQ(claimed(), 0u);
  EXPECT_EQ(mail(id).state, "sent");
}

TEST_F(MailQueue, PauseDoublesUpToItsLimit) {
  const auto id = queue();
  settle(id, Delivery::not_now, "no server");
  EXPECT_EQ(mail(id).next_at - db.clock().now(), rules.retry_after_ms);
  settle(id, Delivery::not_now);
  EXPECT_EQ(mail(id).next_at - db.clock().now(), 2 * rules.retry_after_ms);
  for (int i = 0; i < 20; ++i) settle(id, Delivery::not_now);
  EXPECT_EQ(mail(id).next_at - db.clock().now(), rules.retry_at_most_ms);
  EXPECT_EQ(mail(id).state, "waiting");
}

TEST_F(MailQueue, RefusedOneIsNotTriedAgain) {
  const auto id = queue();
  settle(id, Delivery::refused, "550 no such user");
  EXPECT_EQ(mail(id).state, "failed");
  EXPECT_EQ(mail(id).problem, "550 no such user");
}

TEST_F(MailQueue, IsGivenUpInTheEndAndTriedAgainWhenAsked) {
  const auto id = queue();
  db.advance_ms(rules.give_up_after_ms);
  settle(id, Delivery::not_now);
  EXPECT_EQ(mail(id).state, "failed");
  db.write([&](store::Transaction& tx) { ASSERT_TRUE(retry_mail(tx, id, db.clock().now())); });
  EXPECT_EQ(claimed(), 1u);
}

TEST_F(MailQueue, WhatIsSentIsForgottenAfterAWhile) {
  const auto id = queue(), waiting = queue();
  settle(id, Delivery::taken);
  db.advance_ms(rules.keep_ms + 1);
  db.write([&](store::Transaction& tx) { forget_mails(tx, rules, db.clock().now(), 10); });
  EXPECT_FALSE(as<base::Result<OutgoingMail>>(
      "ana", {}, [&](const Operation& operation) { return find_mail(operation.tx, id); }));
  EXPECT_EQ(mail(waiting).state, "waiting");
}

class MailAddresses : public MailTest {
 protected:
  std::string of(const std::string& person) {
    return as<std::string>("ana", {}, [&](const Operation& operation) {
      return address_of(operation.tx, person).value_or("none");
    });
  }
  std::string at(const std::string& address) {
    return as<std::string>("ana", {}, [&](const Operation& operation) {
      return person_at(operation.tx, address).value_or("none");
    });
  }
  cmdb::CiId add_person(const std::string& name, const std::string& account, const std::string& email) {
    const auto id = db.add_ci("person", name);
    db.write([&](store::Transaction& tx) {
      tx.execute("update ci set attributes = $2 where id = $1", id.value,
                 R"({"account":")" + account + R"(","email":")" + email + "\"}");
    });
    db.add_key(id, "person_account", account);
    db.add_key(id, "person_email", email);
    return id;
  }
};

TEST_F(MailAddresses, AsAnAdminSaid) {
  address("luis", "Luis@Example.org");
  EXPECT_EQ(of("luis"), "Luis@Example.org");
  EXPECT_EQ(at("luis@example.ORG"), "luis");
}

TEST_F(MailAddresses, OfAPersonThatIsKnown) {
  add_person("Eva Ruiz", "eruiz", "eva@example.org");
  EXPECT_EQ(of("eruiz"), "eva@example.org");
  EXPECT_EQ(of("Eva Ruiz"), "eva@example.org");
  EXPECT_EQ(at("Eva@example.org"), "eruiz");
}

TEST_F(MailAddresses, OfANameThatTwoHaveThereIsNone) {
  add_person("Eva Ruiz", "eruiz", "eva@example.org");
  add_person("Eva Ruiz", "eruiz2", "eva2@example.org");
  EXPECT_EQ(of("Eva Ruiz"), "none");
}

TEST_F(MailAddresses, OfWhoIsRetiredThereIsNone) {
  const auto id = add_person("Eva Ruiz", "eruiz", "eva@example.org");
  db.write(
      [&](store::Transaction& tx) { tx.execute("update ci set stage = 'retired' where id = $1", id.value); });
  EXPECT_EQ(of("eruiz"), "none");
  EXPECT_EQ(at("eva@example.org"), "none");
}

TEST_F(MailAddresses, OneAddressIsOnePersons) {
  address("luis", "luis@example.org");
  const auto second = as<base::Result<void>>("ana", {}, [&](const Operation& operation) {
    return set_mail_address(operation.tx, {"eva", "LUIS@example.org"});
  });
  EXPECT_EQ(refusal(second), "conflict IN_USE");
}

TEST(MailAddress, TakesWhatMeansNothingInASmtpCommand) {
  EXPECT_TRUE(is_mail_address("ana.b+c@mail.example.org"));
  for (const auto* one : {"", "ana", "@example.org", "ana@", "a b@example.org", "a@b@c", "a>\r\nRCPT TO:<x@y",
                          "-oQ@example.org", "ana@-x", "an\xC3\xA1@example.org", "a@.b", "\"a\"@b"})
    EXPECT_FALSE(is_mail_address(one)) << one;
}

TEST(MailAccounts, WithoutTlsOnlyThisMachineIsTalkedTo) {
  MailAccount account;
  account.way = "out";
  account.host = "mail.example.org";
  account.port = 25;
  account.address = "desk@example.org";
  account.language = "en";
  EXPECT_TRUE(check(account));
  account.security = MailSecurity::none;
  EXPECT_EQ(check(account).error().where, "security");
  account.host = "127.0.0.1";
  EXPECT_TRUE(check(account));
  account.host = "evil.org/\r\nx";
  EXPECT_EQ(check(account).error().where, "host");
}

}  // namespace
}  // namespace censo::desk
