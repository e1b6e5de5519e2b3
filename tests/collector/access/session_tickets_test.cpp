// Sessions taken up again, over memory: what seals them, for how long, and what ends them.
#include "collector/access/session_tickets.h"

#include "collector/access/certificate_authority.h"
#include "collector/access/tls_settings.h"
#include "collector/access/x509.h"
#include "tests/base/scratch_folder.h"

#include <gtest/gtest.h>
#include <openssl/obj_mac.h>
#include <openssl/ssl.h>

#include <memory>

namespace censo::collector::access {
namespace {

constexpr base::TimeMs hour_ms = 3'600'000;
constexpr base::TimeMs period_ms = TicketKeys::period_ms;

std::string name_of(const TicketKeys::Key& key) {
  return {key.name.begin(), key.name.end()};
}

TEST(TicketKeys, LastAPeriodAndOpenForAnother) {
  const TicketKeys keys("secret", "agents");
  const base::TimeMs start = 100 * period_ms;
  const auto key = keys.at(start);
  EXPECT_EQ(key.cipher, keys.at(start + period_ms - 1).cipher);
  EXPECT_NE(key.cipher, keys.at(start + period_ms).cipher);
  EXPECT_EQ(keys.named(name_of(key), start + 2 * period_ms - 1)->mac, key.mac);
  EXPECT_FALSE(keys.named(name_of(key), start + 2 * period_ms));
}

TEST(TicketKeys, OfACollectorWhoseClockIsAheadAreKnown) {
  const TicketKeys keys("secret", "agents");
  const base::TimeMs start = 100 * period_ms;
  EXPECT_TRUE(keys.named(name_of(keys.at(start)), start - 1));
  EXPECT_FALSE(keys.named(name_of(keys.at(start)), start - period_ms - 1));
}

TEST(TicketKeys, AreTheSameForWhoeverHasTheSecret) {
  EXPECT_EQ(TicketKeys("secret", "agents").at(0).cipher, TicketKeys("secret", "agents").at(0).cipher);
  EXPECT_NE(TicketKeys("secret", "agents").at(0).cipher, TicketKeys("other", "agents").at(0).cipher);
  EXPECT_NE(TicketKeys("secret", "agents").at(0).cipher, TicketKeys("secret", "api").at(0).cipher);
}

TEST(TicketKeys, OfStrangeNamesAreNone) {
  EXPECT_FALSE(TicketKeys("secret", "agents").named("0123456789abcdef", 0));
}

using Session = std::shared_ptr<SSL_SESSION>;
using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Connection = std::unique_ptr<SSL, decltype(&SSL_free)>;

class Tickets : public testing::Test {
 protected:
  struct Outcome {
    bool resumed = false;
    std::string agent;  // the serial of the certificate that the server takes the client for
    Session session;    // for the next
  };

  Tickets() { clock_.set(base::SystemClock().now() / period_ms * period_ms); }

  Context server_context() { return server_context(authority_); }
  Context server_context(const CertificateAuthority& authority) {
    Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    const auto identity = authority.server_identity({}, clock_.now()).value();
    set_up_tls(*context, identity, TLS1_3_VERSION);
    set_up_tickets(*context, {identity.ticket_secret, "agents"}, clock_);
    const unsigned char scope[] = "agents";
    SSL_CTX_set_session_id_context(context.get(), scope, sizeof scope);
    const auto root = parse_certificate(authority.certificate_pem()).value();
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), root.get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    return context;
  }

  // A whole handshake and a byte to the client, which brings the ticket.
  Outcome contact(SSL_CTX& server, const Session& session) {
    const Context client(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(client.get(), certificate_.get());
    SSL_CTX_use_PrivateKey(client.get(), key_.get());
    const Connection near(SSL_new(client.get()), SSL_free), far(SSL_new(&server), SSL_free);
    BIO *one = nullptr, *other = nullptr;
    BIO_new_bio_pair(&one, 0, &other, 0);
    SSL_set_bio(near.get(), one, one);
    SSL_set_bio(far.get(), other, other);
    SSL_set_connect_state(near.get());
    SSL_set_accept_state(far.get());
    if (session) SSL_set_session(near.get(), session.get());
    char byte = 'x';
    for (int step = 0; step < 8; ++step) {
      SSL_do_handshake(near.get());
      SSL_do_handshake(far.get());
    }
    SSL_write(far.get(), &byte, 1);
    EXPECT_EQ(SSL_read(near.get(), &byte, 1), 1);
    const X509* shown = SSL_get0_peer_certificate(far.get());
    return {SSL_session_reused(far.get()) == 1, shown != nullptr ? serial_of(*shown) : "",
            Session(SSL_SESSION_dup(SSL_get0_session(near.get())), SSL_SESSION_free)};
  }

  base::ScratchFolder folder_;
  base::ManualClock clock_{0};
  CertificateAuthority authority_ =
      CertificateAuthority::open(folder_ / "ca", base::SystemClock().now()).value();
  Key key_ = make_key();
  IssuedCertificate issued_ =
      authority_
          .issue_agent("0192c3a1-7d5e-7000-8000-000000000001", public_pem(key_), base::SystemClock().now())
          .value();
  Certificate certificate_ = parse_certificate(issued_.pem).value();
};

TEST_F(Tickets, CarryTheClientsCertificateFromSessionToSession) {
  const auto server = server_context();
  auto outcome = contact(*server, nullptr);
  EXPECT_FALSE(outcome.resumed);
  for (int again = 0; again < 3; ++again) {
    outcome = contact(*server, outcome.session);
    EXPECT_TRUE(outcome.resumed);
    EXPECT_EQ(outcome.agent, issued_.serial);
  }
}

TEST_F(Tickets, AreGoodAfterARestartAndAtTheNextCollector) {
  const auto session = contact(*server_context(), nullptr).session;
  EXPECT_TRUE(contact(*server_context(), session).resumed);
}

TEST_F(Tickets, AreSealedAnewEachPeriodAndEndWithTheNext) {
  const auto server = server_context();
  const auto old = contact(*server, nullptr).session;
  clock_.advance(period_ms);
  const auto renewed = contact(*server, old);
  EXPECT_TRUE(renewed.resumed);
  clock_.advance(period_ms);
  EXPECT_FALSE(contact(*server, old).resumed);
  EXPECT_TRUE(contact(*server, renewed.session).resumed);
}

TEST_F(Tickets, EndWithTheCertificate) {
  const auto server = server_context();
  auto outcome = contact(*server, nullptr);
  for (base::TimeMs at = clock_.now(); at < issued_.expires_at - 10 * hour_ms; at += 10 * hour_ms) {
    outcome = contact(*server, outcome.session);
    EXPECT_TRUE(outcome.resumed);
    clock_.advance(10 * hour_ms);
  }
  clock_.set(issued_.expires_at);
  EXPECT_FALSE(contact(*server, outcome.session).resumed);
}

TEST_F(Tickets, OfAnotherAuthorityAreWorthNothing) {
  const auto session = contact(*server_context(), nullptr).session;
  const auto now = base::SystemClock().now();
  const auto other = CertificateAuthority::open(folder_ / "other", now).value();
  const auto issued =
      other.issue_agent("0192c3a1-7d5e-7000-8000-000000000001", public_pem(key_), now).value();
  certificate_ = parse_certificate(issued.pem).value();
  EXPECT_FALSE(contact(*server_context(other), session).resumed);
}

}  // namespace
}  // namespace censo::collector::access
