// The HTTPS client against a real TLS server, and reports on their way to it.
#include "agent/delivery.h"

#include "agent/reporter.h"
#include "agent/tls_session.h"
#include "base/digest.h"
#include "base/file.h"
#include "tests/agent/temporary_folder.h"
#include "tests/agent/tls_server.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

namespace censo::agent {
namespace {

using base::Errc;
using test::Answer;
using test::http_answer;
using test::Speech;
using test::TestAuthority;
using test::TlsServer;

constexpr std::string_view local = "IP:127.0.0.1,DNS:localhost";
const std::string digest(64, 'd');

TimeLimits short_limits() {
  constexpr std::chrono::milliseconds limit(1000);
  return {limit, limit, limit, limit, std::chrono::milliseconds(300)};
}

std::string receipt(std::uint64_t sequence, const std::string& of_digest = digest) {
  return R"({"outcome":"updated","ci":"01h2xcejqtf2n","sequence":)" + std::to_string(sequence) +
         R"(,"digest":")" + of_digest + "\"}";
}

class Delivery : public testing::Test {
 protected:
  TlsServer server(Answer answer, Speech speech = Speech::tls) {
    return TlsServer(
        authority_.issue(std::string(local)), [answer](const std::string&) { return answer; },
        authority_.ca_pem(), speech);
  }
  Enrolment enrolment(const std::string& report_url) const {
    const auto agent = authority_.issue("URI:urn:censo:agent:0192c3a1-7d5e-7000-8000-000000000001");
    Enrolment enrolment;
    enrolment.report_url = report_url;
    enrolment.certificate_pem = agent.certificate_pem;
    enrolment.private_key_pem = agent.key_pem;
    enrolment.ca_pem = authority_.ca_pem();
    return enrolment;
  }
  DeliveryOutcome deliver_to(const TlsServer& server, const std::string& host = "127.0.0.1") const {
    return deliver(enrolment(server.url("/api/v1/reports", host)), {7, digest, "compressed"}, short_limits());
  }

  TestAuthority authority_{"censo test CA"};
};

TEST_F(Delivery, AcceptsAReceiptThatRepeatsSequenceAndDigest) {
  const auto collector = server({http_answer(201, receipt(7))});
  const auto outcome = deliver_to(collector);
  EXPECT_EQ(outcome.verdict, Verdict::accepted) << base::to_string(outcome.error);
  EXPECT_EQ(outcome.ci, "01h2xcejqtf2n");
}

TEST_F(Delivery, SendsThePathEncodingAndBodyOfTheContract) {
  const auto collector = server({http_answer(201, receipt(7))});
  deliver_to(collector);
  const auto requests = collector.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_TRUE(requests[0].starts_with("POST /api/v1/reports HTTP/1.1\r\n"));
  EXPECT_NE(requests[0].find("Content-Encoding: zstd\r\n"), std::string::npos);
  EXPECT_NE(requests[0].find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_TRUE(requests[0].ends_with("\r\n\r\ncompressed"));
}

TEST_F(Delivery, AcceptsADnsNameOfTheCertificate) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "names are resolved in a thread of glibc's own, which the sanitizer cannot follow";
#endif
  const auto collector = server({http_answer(201, receipt(7))});
  EXPECT_EQ(deliver_to(collector, "localhost").verdict, Verdict::accepted);
}

TEST_F(Delivery, AReceiptForAnotherDigestIsTriedAgain) {
  const auto collector = server({http_answer(201, receipt(7, std::string(64, 'e')))});
  const auto outcome = deliver_to(collector);
  EXPECT_EQ(outcome.verdict, Verdict::try_again);
  EXPECT_EQ(outcome.error.code, Errc::malformed);
}

TEST_F(Delivery, TellsHowLongTheCollectorWantsToBeLeftAlone) {
  const auto collector = server({http_answer(503, "{}", "Retry-After: 17\r\n")});
  const auto outcome = deliver_to(collector);
  EXPECT_EQ(outcome.verdict, Verdict::try_again);
  EXPECT_EQ(outcome.retry_after, std::chrono::seconds(17));
}

TEST_F(Delivery, AStaleSequenceIsOutOfStep) {
  const auto collector =
      server({http_answer(409, R"({"code":"stale","reason":"STALE_SEQUENCE","detail":"older"})")});
  EXPECT_EQ(deliver_to(collector).verdict, Verdict::out_of_step);
}

TEST_F(Delivery, AnInvalidReportIsRefusedWithTheCollectorsWords) {
  const auto collector =
      server({http_answer(422, R"({"reason":"TOO_DEEP","detail":"depth 17","where":"/sections/0"})")});
  const auto outcome = deliver_to(collector);
  EXPECT_EQ(outcome.verdict, Verdict::refused);
  EXPECT_EQ(outcome.error.message, "the collector answered 422: depth 17");
  EXPECT_EQ(outcome.error.where, "/sections/0");
}

TEST_F(Delivery, AServerThatNeverAnswersIsATimeout) {
  const auto collector = server({"", Answer::Manner::never});
  EXPECT_EQ(deliver_to(collector).error.code, Errc::timeout);
}

TEST_F(Delivery, AServerThatDripsItsAnswerIsATimeout) {
  const auto collector = server({http_answer(201, receipt(7)), Answer::Manner::drip});
  EXPECT_EQ(deliver_to(collector).error.code, Errc::timeout);
}

TEST_F(Delivery, AServerThatNeverShakesHandsIsATimeout) {
  const auto collector = server({}, Speech::silence);
  const auto outcome = deliver_to(collector);
  EXPECT_EQ(outcome.error.code, Errc::timeout);
  EXPECT_TRUE(outcome.error.where.starts_with("the TLS handshake with 127.0.0.1:")) << outcome.error.where;
}

TEST_F(Delivery, AServerWithoutTlsIsUnavailable) {
  const auto collector = server({}, Speech::garbage);
  EXPECT_EQ(deliver_to(collector).error.code, Errc::unavailable);
}

TEST_F(Delivery, AnAnswerThatIsNotHttpIsMalformed) {
  const auto collector = server({"garbage\r\n\r\n"});
  const auto outcome = deliver_to(collector);
  EXPECT_EQ(outcome.verdict, Verdict::try_again);
  EXPECT_EQ(outcome.error.code, Errc::malformed) << base::to_string(outcome.error);
}

TEST_F(Delivery, AnAnswerCutShortIsTriedAgain) {
  const auto collector = server({http_answer(201, receipt(7)).substr(0, 120)});
  EXPECT_EQ(deliver_to(collector).verdict, Verdict::try_again);
}

TEST_F(Delivery, AnAnswerAboveTheLimitIsMalformed) {
  const auto collector = server({http_answer(201, std::string(100'000, ' '))});
  EXPECT_EQ(deliver_to(collector).error.code, Errc::malformed);
}

TEST_F(Delivery, AServerOfAnotherAuthorityIsNotTrusted) {
  const TestAuthority other("another CA");
  const TlsServer collector(other.issue(std::string(local)),
                            [](const std::string&) { return Answer{http_answer(201, receipt(7))}; });
  EXPECT_EQ(deliver_to(collector).error.code, Errc::unauthenticated);
  EXPECT_TRUE(collector.requests().empty());
}

TEST_F(Delivery, AServerOfAnotherNameIsNotTrusted) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "names are resolved in a thread of glibc's own, which the sanitizer cannot follow";
#endif
  const TlsServer collector(authority_.issue("DNS:elsewhere.example,IP:127.0.0.9"),
                            [](const std::string&) { return Answer{http_answer(201, receipt(7))}; });
  EXPECT_EQ(deliver_to(collector, "localhost").error.code, Errc::unauthenticated);
  EXPECT_EQ(deliver_to(collector, "127.0.0.1").error.code, Errc::unauthenticated);
}

TEST_F(Delivery, ARefusedCertificateOfOursIsSaidSo) {
  const TestAuthority other("another CA");
  const TlsServer collector(
      authority_.issue(std::string(local)),
      [](const std::string&) { return Answer{http_answer(201, receipt(7))}; }, other.ca_pem());
  const auto outcome = deliver_to(collector);
  EXPECT_EQ(outcome.verdict, Verdict::try_again);
  EXPECT_EQ(outcome.error.code, Errc::unauthenticated) << base::to_string(outcome.error);
}

class Sessions : public Delivery {
 protected:
  DeliveryOutcome contact(TlsSession& session) {
    return deliver(agent_, {7, digest, "compressed"}, short_limits(), &session);
  }

  test::TemporaryFolder folder_;
  TlsServer collector_ = server({http_answer(201, receipt(7))});
  Enrolment agent_ = enrolment(collector_.url("/api/v1/reports"));
  TlsSession session_{folder_.path()};
};

TEST_F(Sessions, TheSecondContactTakesTheFirstOnesUpAgain) {
  EXPECT_EQ(contact(session_).verdict, Verdict::accepted);
  EXPECT_EQ(collector_.resumed(), 0);
  EXPECT_EQ(contact(session_).verdict, Verdict::accepted);
  EXPECT_EQ(contact(session_).verdict, Verdict::accepted);
  EXPECT_EQ(collector_.resumed(), 2);
}

TEST_F(Sessions, OutliveTheProgram) {
  contact(session_);
  TlsSession after_restart(folder_.path());
  EXPECT_EQ(contact(after_restart).verdict, Verdict::accepted);
  EXPECT_EQ(collector_.resumed(), 1);
}

TEST_F(Sessions, AreNotUsedUpByACollectorThatIsDown) {
  std::unique_ptr<TlsServer> collector(new TlsServer(server({http_answer(201, receipt(7))})));
  agent_ = enrolment(collector->url("/api/v1/reports"));
  contact(session_);
  const auto kept = base::read_own_file(folder_.path() + "/session", 16 * 1024);
  collector.reset();
  EXPECT_EQ(contact(session_).error.code, Errc::unavailable);
  EXPECT_EQ(base::read_own_file(folder_.path() + "/session", 16 * 1024).value(), kept.value());
}

TEST_F(Sessions, AreKeptAsTheKeyIs) {
  contact(session_);
  const auto status = std::filesystem::status(folder_.path() + "/session");
  EXPECT_EQ(status.permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(Sessions, EndWithTheCertificateThatBeganThem) {
  contact(session_);
  agent_ = enrolment(agent_.report_url);  // the same agent with a new certificate
  EXPECT_EQ(contact(session_).verdict, Verdict::accepted);
  EXPECT_EQ(collector_.resumed(), 0);
}

TEST_F(Sessions, AreNoWayAroundARootThatIsNotTrustedAnyMore) {
  contact(session_);
  agent_.ca_pem = TestAuthority("another CA").ca_pem();
  EXPECT_EQ(contact(session_).error.code, Errc::unauthenticated);
}

TEST_F(Sessions, ThatAreGarbageOnDiskAreDropped) {
  for (const auto* content : {"", "x", "\n\n"}) {
    ASSERT_TRUE(base::write_own_file(folder_.path() + "/session", content));
    TlsSession session(folder_.path());
    EXPECT_EQ(contact(session).verdict, Verdict::accepted);
  }
  EXPECT_EQ(collector_.resumed(), 0);
}

TEST_F(Sessions, WithoutAFolderThatCanBeWrittenLastAsLongAsTheProgram) {
  TlsSession session("/proc/no-such-folder");
  EXPECT_EQ(contact(session).verdict, Verdict::accepted);
  EXPECT_EQ(contact(session).verdict, Verdict::accepted);
  EXPECT_EQ(collector_.resumed(), 1);
}

TEST_F(Delivery, AClosedPortIsUnavailable) {
  const auto closed = server({}).port();
  const auto outcome = deliver(enrolment("https://127.0.0.1:" + std::to_string(closed) + "/"),
                               {7, digest, ""}, short_limits());
  EXPECT_EQ(outcome.verdict, Verdict::try_again);
  EXPECT_EQ(outcome.error.code, Errc::unavailable);
}

}  // namespace
}  // namespace censo::agent
