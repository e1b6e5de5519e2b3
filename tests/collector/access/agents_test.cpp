// Enrolment, renewal, copies and revocation, in the database.
#include "collector/access/agents.h"

#include "base/digest.h"
#include "collector/access/enrolment_tokens.h"
#include "collector/access/secret.h"
#include "tests/cmdb/seeded_database.h"
#include "tests/collector/access/public_key.h"

#include <gtest/gtest.h>

namespace censo::collector::access {
namespace {

using base::Errc;

constexpr base::TimeMs hour_ms = 3'600'000;

class Agents : public testing::Test {
 protected:
  std::string token(std::int64_t uses = 1) {
    std::string text;
    db.write([&](store::Transaction& tx) {
      const NewEnrolmentToken wanted{"test", 24 * hour_ms, uses, "ana", authority.public_key_pin()};
      text = make_enrolment_token(tx, wanted, db.clock()).value().token;
    });
    return text;
  }
  // As the edge runs it: a failure rolls everything back.
  base::Result<Enrolment> try_enrol(const std::string& with, const std::string& key = new_public_key()) {
    base::Result<Enrolment> enrolment = base::fail(Errc::unavailable, "not run");
    static_cast<void>(db.database().write([&](store::Transaction& tx) -> store::Outcome {
      enrolment = enrol(tx, authority, {with, key, "web01", "192.0.2.1"}, db.clock());
      if (!enrolment) return enrolment.error();
      return {};
    }));
    return enrolment;
  }
  AgentCertificate enrolled() {
    const auto enrolment = try_enrol(token()).value();
    return {enrolment.agent_id, enrolment.certificate.serial};
  }
  AgentCertificate renew(const AgentCertificate& old) {
    AgentCertificate renewed{old.agent_id, {}};
    db.write([&](store::Transaction& tx) {
      renewed.serial = renew_agent(tx, authority, old, new_public_key(), db.clock().now()).value().serial;
    });
    return renewed;
  }
  // The reason of the refusal; empty when it is admitted.
  std::string refusal(const AgentCertificate& certificate) {
    std::string reason;
    db.write([&](store::Transaction& tx) {
      const auto admitted = admit_agent(tx, certificate, db.clock().now());
      if (!admitted) reason = admitted.error().reason;
    });
    return reason;
  }
  std::int64_t uses() {
    std::int64_t count = 0;
    db.write([&](store::Transaction& tx) {
      count = tx.query_one("select sum(uses) from enrolment_token")->integer(0);
    });
    return count;
  }

  SeededDatabase db;
  CertificateAuthority authority = CertificateAuthority::open(db.folder() + "/ca", db.clock().now()).value();
};

TEST_F(Agents, EnrolWithAToken) {
  EXPECT_EQ(refusal(enrolled()), "");
}

TEST_F(Agents, GetIdsThatAreNeverTheSame) {
  const auto text = token(2);
  EXPECT_NE(try_enrol(text).value().agent_id, try_enrol(text).value().agent_id);
}

TEST_F(Agents, UseATokenUp) {
  const auto text = token();
  ASSERT_TRUE(try_enrol(text));
  EXPECT_EQ(try_enrol(text).error().reason, "TOKEN_USED_UP");
  EXPECT_EQ(uses(), 1);
}

TEST_F(Agents, AreRefusedAnExpiredToken) {
  const auto text = token();
  db.advance_ms(25 * hour_ms);
  const auto refused = try_enrol(text);
  EXPECT_EQ(refused.error().code, Errc::expired);
  EXPECT_EQ(refused.error().reason, "TOKEN_EXPIRED");
}

TEST_F(Agents, AreRefusedAnUnknownToken) {
  const EnrolmentToken unknown{1, new_secret(), base::to_base64url(base::random_bytes(32))};
  EXPECT_EQ(try_enrol(to_text(unknown)).error().code, Errc::unauthenticated);
}

TEST_F(Agents, AreRefusedTheSecretOfAnotherToken) {
  auto first = parse_enrolment_token(token()).value();
  first.secret = parse_enrolment_token(token()).value().secret;
  EXPECT_EQ(try_enrol(to_text(first)).error().reason, "TOKEN_UNKNOWN");
}

TEST_F(Agents, WithABadTokenLearnNothingOfTheirKey) {
  EXPECT_EQ(try_enrol("ENR1.x.y.z", "no key").error().code, Errc::unauthenticated);
}

TEST_F(Agents, WithABadKeyDoNotUseTheTokenUp) {
  const auto text = token();
  EXPECT_EQ(try_enrol(text, "no key").error().code, Errc::malformed);
  EXPECT_EQ(uses(), 0);
}

TEST_F(Agents, KeepNoSecretInTheDatabase) {
  const auto secret = parse_enrolment_token(token()).value().secret;
  std::string stored;
  db.write([&](store::Transaction& tx) {
    stored = tx.query_one("select secret_hash from enrolment_token")->text(0);
  });
  EXPECT_EQ(stored, hash_of(secret));
}

TEST_F(Agents, RenewTheirCertificate) {
  EXPECT_EQ(refusal(renew(enrolled())), "");
}

TEST_F(Agents, MayUseTheOldCertificateForADay) {
  const auto old = enrolled();
  renew(old);
  db.advance_ms(23 * hour_ms);
  EXPECT_EQ(refusal(old), "");
}

TEST_F(Agents, AreSuspectedOfBeingCopiesAfterADay) {
  const auto old = enrolled();
  renew(old);
  db.advance_ms(25 * hour_ms);
  EXPECT_EQ(refusal(old), "CLONE_SUSPECTED");
}

TEST_F(Agents, AreSuspectedTwoGenerationsBack) {
  const auto oldest = enrolled();
  renew(renew(oldest));
  EXPECT_EQ(refusal(oldest), "CLONE_SUSPECTED");
}

TEST_F(Agents, MayAskAgainWhenTheAnswerWasLost) {
  const auto old = enrolled();
  renew(old);
  const auto again = renew(old);
  EXPECT_EQ(refusal(old), "");
  EXPECT_EQ(refusal(again), "");
}

// Whoever has the new certificate does not go back to the old one: two hosts use them.
TEST_F(Agents, WithAnOldCertificateAreCopiesAsSoonAsTheNewOneIsUsed) {
  const auto old = enrolled();
  const auto renewed = renew(old);
  EXPECT_EQ(refusal(renewed), "");
  EXPECT_EQ(refusal(old), "CLONE_SUSPECTED");
  EXPECT_EQ(refusal(renewed), "");
}

TEST_F(Agents, OfAnotherSerialAreRefused) {
  auto certificate = enrolled();
  certificate.serial = std::string(32, '0');
  EXPECT_EQ(refusal(certificate), "CLONE_SUSPECTED");
}

TEST_F(Agents, ThatAreRevokedAreRefused) {
  const auto certificate = enrolled();
  db.write([&](store::Transaction& tx) {
    ASSERT_TRUE(revoke_agent(tx, certificate.agent_id, "ana", db.clock()));
  });
  EXPECT_EQ(refusal(certificate), "AGENT_REVOKED");
}

TEST_F(Agents, ThatAreUnknownAreRefused) {
  EXPECT_EQ(refusal({"0f8fad5b-d9cb-469f-a165-70867728950e", "00"}), "AGENT_UNKNOWN");
}

}  // namespace
}  // namespace censo::collector::access
