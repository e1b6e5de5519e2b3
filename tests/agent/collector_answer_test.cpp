#include "agent/collector_answer.h"

#include <gtest/gtest.h>

namespace censo::agent {
namespace {

using base::Errc;

const std::string digest(64, 'd');

DeliveryOutcome judge(unsigned status, const std::string& body) {
  return judge_answer({status, body, {}}, 7, digest);
}
Verdict verdict(unsigned status, const std::string& body = "{}") {
  return judge(status, body).verdict;
}

TEST(CollectorAnswer, AReceiptOfOursIsAccepted) {
  EXPECT_EQ(verdict(200, R"({"outcome":"unchanged","ci":"01h","sequence":7,"digest":")" + digest + "\"}"),
            Verdict::accepted);
}

TEST(CollectorAnswer, AReceiptForAnotherSequenceIsTriedAgain) {
  EXPECT_EQ(verdict(201, R"({"outcome":"created","ci":"01h","sequence":8,"digest":")" + digest + "\"}"),
            Verdict::try_again);
}

TEST(CollectorAnswer, ASequenceWrittenAsTextIsNoReceipt) {
  EXPECT_EQ(verdict(201, R"({"sequence":"7","digest":")" + digest + "\"}"), Verdict::try_again);
}

TEST(CollectorAnswer, ADigestWithAControlCharacterInItIsNotOurs) {
  EXPECT_EQ(verdict(201, R"({"sequence":7,"digest":"d\u007f)" + digest.substr(1) + "\"}"),
            Verdict::try_again);
}

TEST(CollectorAnswer, ASuccessWithoutReceiptIsTriedAgain) {
  EXPECT_EQ(verdict(204, ""), Verdict::try_again);
  EXPECT_EQ(verdict(200, "<html>a captive portal</html>"), Verdict::try_again);
}

TEST(CollectorAnswer, ARedirectIsNotFollowed) {
  EXPECT_EQ(verdict(302), Verdict::try_again);
}

TEST(CollectorAnswer, PermanentRefusalsAreRefused) {
  EXPECT_EQ(verdict(400), Verdict::refused);
  EXPECT_EQ(verdict(403, R"({"reason":"AGENT_REVOKED"})"), Verdict::refused);
  EXPECT_EQ(verdict(413), Verdict::refused);
  EXPECT_EQ(verdict(422), Verdict::refused);
}

TEST(CollectorAnswer, TemporaryOnesAreTriedAgain) {
  EXPECT_EQ(verdict(408), Verdict::try_again);
  EXPECT_EQ(verdict(429), Verdict::try_again);
  EXPECT_EQ(verdict(500), Verdict::try_again);
  EXPECT_EQ(verdict(503), Verdict::try_again);
}

TEST(CollectorAnswer, ACounterThatWentBackIsOutOfStep) {
  EXPECT_EQ(verdict(409, R"({"reason":"STALE_SEQUENCE"})"), Verdict::out_of_step);
  EXPECT_EQ(verdict(409, R"({"reason":"DUPLICATE_REPORT"})"), Verdict::out_of_step);
}

TEST(CollectorAnswer, AnyOtherConflictIsTriedAgain) {
  EXPECT_EQ(verdict(409), Verdict::try_again);
}

TEST(CollectorAnswer, TheCollectorsWordsArePassedOnWithoutControlCharacters) {
  const auto outcome = judge(422, R"({"detail":"depth\u001b[2J 17","where":"/a","reason":"TOO_DEEP"})");
  EXPECT_EQ(outcome.error.message, "the collector answered 422: depth[2J 17");
  EXPECT_EQ(outcome.error.code, Errc::malformed);
}

TEST(CollectorAnswer, ALongSentenceIsCut) {
  EXPECT_LT(judge(422, "{\"detail\":\"" + std::string(60'000, 'x') + "\"}").error.message.size(), 1000U);
}

TEST(CollectorAnswer, AnIssuedCertificateNeedsAllItsFields) {
  const auto issued = parse_issued_certificate({201, R"({"agent_id":"a","certificate":"b","ca":"c"})", {}});
  ASSERT_FALSE(issued);
  EXPECT_EQ(issued.error().code, Errc::malformed);
}

}  // namespace
}  // namespace censo::agent
