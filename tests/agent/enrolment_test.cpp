// Enrolment and renewal against a real TLS server that plays the collector.
#include "agent/enrolment.h"

#include "agent/certificate.h"
#include "base/digest.h"
#include "tests/agent/temporary_folder.h"
#include "tests/agent/tls_server.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <boost/json.hpp>

namespace censo::agent {
namespace {

using base::Errc;
using test::Answer;
using test::http_answer;
using test::TestAuthority;
using test::TlsServer;

constexpr std::string_view local = "IP:127.0.0.1,DNS:localhost";
const std::string agent_id = "0192c3a1-7d5e-7000-8000-000000000001";
const std::string urn = "URI:urn:censo:agent:" + agent_id;

TimeLimits short_limits() {
  constexpr std::chrono::milliseconds limit(2000);
  return {limit, limit, limit, limit, limit};
}

EnrolmentToken token_for(const base::Sha256& pin) {
  const std::string secret = base::to_base64url(base::Bytes(20, 0x42));
  return *parse_enrolment_token("ENR1.01h2xcejqtf2n." + secret + "." + base::to_base64url(pin));
}

boost::json::object body_of(const std::string& request) {
  return boost::json::parse(request.substr(request.find("\r\n\r\n") + 4)).as_object();
}

class Enrolling : public testing::Test {
 protected:
  // Issues what it is asked for, as the collector does.
  Answer issue(const std::string& request, const std::string& names, const std::string& ca,
               int days_ago = 0) const {
    const std::string key(body_of(request).at("public_key").as_string());
    return {http_answer(201, boost::json::serialize(
                                 boost::json::object{{"agent_id", agent_id},
                                                     {"certificate", authority_.sign(key, names, days_ago)},
                                                     {"ca", ca},
                                                     {"report_url", "https://127.0.0.1:8444/api/v1/reports"},
                                                     {"expires_at", "2026-10-31T12:00:00.000Z"}}))};
  }
  base::Result<Enrolment> enrol_with(TlsServer::Handler handler, const base::Sha256& pin) const {
    const TlsServer collector(authority_.issue(std::string(local)), std::move(handler));
    return enrol(collector.url(""), token_for(pin), "web01", clock_, short_limits());
  }

  TestAuthority authority_{"censo test CA"};
  base::ManualClock clock_{1'790'000'000'000};
};

TEST_F(Enrolling, StoresTheIdAndACertificateForItsOwnKey) {
  const auto enrolment =
      enrol_with([this](const std::string& request) { return issue(request, urn, authority_.ca_pem()); },
                 authority_.pin());
  ASSERT_TRUE(enrolment) << base::to_string(enrolment.error());
  EXPECT_EQ(enrolment->agent_id, agent_id);
  EXPECT_EQ(enrolment->enrolled_at, clock_.now());
  EXPECT_TRUE(enrolment->private_key_pem.starts_with("-----BEGIN PRIVATE KEY-----"));
}

TEST_F(Enrolling, ShowsTokenKeyAndHostName) {
  boost::json::object shown;
  ASSERT_TRUE(enrol_with(
      [&](const std::string& request) {
        shown = body_of(request);
        EXPECT_TRUE(request.starts_with("POST /api/v1/enrol HTTP/1.1\r\n"));
        return issue(request, urn, authority_.ca_pem());
      },
      authority_.pin()));
  EXPECT_EQ(shown.size(), 3U);
  EXPECT_EQ(shown.at("token").as_string(), token_for(authority_.pin()).text);
  EXPECT_EQ(shown.at("host_name").as_string(), "web01");
}

TEST_F(Enrolling, AServerWithoutThePinnedRootNeverSeesTheToken) {
  bool asked = false;
  const auto enrolment = enrol_with(
      [&](const std::string& request) {
        asked = true;
        return issue(request, urn, authority_.ca_pem());
      },
      TestAuthority("another CA").pin());
  ASSERT_FALSE(enrolment);
  EXPECT_EQ(enrolment.error().code, Errc::unauthenticated);
  EXPECT_EQ(enrolment.error().message, "the server's chain has no root with the pinned key");
  EXPECT_FALSE(asked);
}

TEST_F(Enrolling, ARootThatDidNotSignTheServerIsNotEnough) {
  // The server appends the pinned root to a chain of its own.
  const TestAuthority other("another CA");
  auto identity = other.issue(std::string(local));
  identity.certificate_pem =
      identity.certificate_pem.substr(0, identity.certificate_pem.find("-----BEGIN", 1)) +
      authority_.ca_pem();
  const TlsServer collector(identity, [](const std::string&) { return Answer{http_answer(201, "{}")}; });
  const auto enrolment =
      enrol(collector.url(""), token_for(authority_.pin()), "web01", clock_, short_limits());
  ASSERT_FALSE(enrolment);
  EXPECT_EQ(enrolment.error().code, Errc::unauthenticated);
  EXPECT_TRUE(collector.requests().empty());
}

TEST_F(Enrolling, ThePinDoesNotReplaceTheHostName) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "names are resolved in a thread of glibc's own, which the sanitizer cannot follow";
#endif
  const TlsServer collector(authority_.issue("DNS:elsewhere.example"),
                            [](const std::string&) { return Answer{http_answer(201, "{}")}; });
  const auto enrolment =
      enrol(collector.url("", "localhost"), token_for(authority_.pin()), "web01", clock_, short_limits());
  ASSERT_FALSE(enrolment);
  EXPECT_EQ(enrolment.error().code, Errc::unauthenticated);
}

TEST_F(Enrolling, ACertificateForAnotherKeyIsRefused) {
  const auto enrolment = enrol_with(
      [this](const std::string&) {
        const std::string other =
            boost::json::serialize(boost::json::object{{"public_key", make_key_pair().public_pem}});
        return issue("\r\n\r\n" + other, urn, authority_.ca_pem());
      },
      authority_.pin());
  ASSERT_FALSE(enrolment);
  EXPECT_EQ(enrolment.error().message, "the collector answered with a certificate for another key");
}

TEST_F(Enrolling, ACertificateOfAnotherAgentIsRefused) {
  const auto enrolment = enrol_with(
      [this](const std::string& request) {
        return issue(request, "URI:urn:censo:agent:other", authority_.ca_pem());
      },
      authority_.pin());
  ASSERT_FALSE(enrolment);
  EXPECT_EQ(enrolment.error().code, Errc::malformed);
}

TEST_F(Enrolling, AnotherCaInTheAnswerIsRefused) {
  const TestAuthority other("another CA");
  const auto enrolment = enrol_with(
      [&](const std::string& request) { return issue(request, urn, other.ca_pem()); }, authority_.pin());
  ASSERT_FALSE(enrolment);
  EXPECT_EQ(enrolment.error().code, Errc::unauthenticated);
}

TEST_F(Enrolling, AUsedUpTokenIsToldAsTheCollectorSaysIt) {
  const auto enrolment = enrol_with(
      [](const std::string&) {
        return Answer{
            http_answer(410, R"({"code":"expired","reason":"TOKEN_USED_UP","detail":"the token was used"})")};
      },
      authority_.pin());
  ASSERT_FALSE(enrolment);
  EXPECT_EQ(enrolment.error().code, Errc::expired);
  EXPECT_EQ(enrolment.error().reason, "TOKEN_USED_UP");
}

TEST_F(Enrolling, RenewalUsesTheOldCertificateAndANewKey) {
  const TlsServer collector(
      authority_.issue(std::string(local)),
      [this](const std::string& request) {
        EXPECT_TRUE(request.starts_with("POST /api/v1/renew HTTP/1.1\r\n"));
        return issue(request, urn, authority_.ca_pem());
      },
      authority_.ca_pem());
  const KeyPair old_key = make_key_pair();
  Enrolment old;
  old.agent_id = agent_id;
  old.report_url = collector.url("/api/v1/reports");
  old.private_key_pem = old_key.private_pem;
  old.certificate_pem = authority_.sign(old_key.public_pem, urn);
  old.ca_pem = authority_.ca_pem();
  const auto renewed = renew(old, make_key_pair(), short_limits());
  ASSERT_TRUE(renewed) << base::to_string(renewed.error());
  EXPECT_NE(renewed->private_key_pem, old.private_key_pem);
  EXPECT_EQ(renewed->agent_id, agent_id);
}

TEST_F(Enrolling, RenewalIsDueAtTwoThirdsOfTheLife) {
  Enrolment enrolment;
  enrolment.certificate_pem = authority_.sign(make_key_pair().public_pem, urn);
  const auto facts = read_certificate(enrolment.certificate_pem);
  constexpr base::TimeMs second_ms = 1000;
  EXPECT_NEAR(static_cast<double>(*renewal_time(enrolment) - facts->not_before),
              static_cast<double>(facts->not_after - facts->not_before) * 2 / 3, second_ms);
}

TEST(EnrolmentToken, TakesTheFormOfTheContract) {
  const base::Sha256 pin = base::sha256("a key");
  EXPECT_EQ(token_for(pin).ca_pin, pin);
}

TEST(EnrolmentToken, RefusesAShortSecretWithoutRepeatingIt) {
  const std::string pin = base::to_base64url(base::sha256("a key"));
  const auto token = parse_enrolment_token("ENR1.id.c2VjcmV0." + pin);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().message.find("c2VjcmV0"), std::string::npos);
}

TEST(EnrolmentToken, RefusesAnythingElse) {
  EXPECT_FALSE(parse_enrolment_token(""));
  EXPECT_FALSE(parse_enrolment_token("censo_pat_abc"));
  EXPECT_FALSE(parse_enrolment_token("ENR1...."));
}

TEST(EnrolmentFile, IsPrivateAndReadsBackAsWritten) {
  const test::TemporaryFolder folder;
  const Enrolment written{agent_id,        "https://a", "https://b/c",    "KEY\n",
                          "CERTIFICATE\n", "CA\n",      1'790'000'000'000};
  ASSERT_TRUE(save_enrolment(folder.path(), written));
  struct stat status {};
  ASSERT_EQ(::stat((folder.path() + "/enrolment.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const auto read = load_enrolment(folder.path());
  ASSERT_TRUE(read) << base::to_string(read.error());
  EXPECT_EQ(read->private_key_pem, written.private_key_pem);
  EXPECT_EQ(read->enrolled_at, written.enrolled_at);
}

TEST(EnrolmentFile, SaysThatThereIsNone) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(load_enrolment(folder.path()).error().code, Errc::not_found);
}

}  // namespace
}  // namespace censo::agent
