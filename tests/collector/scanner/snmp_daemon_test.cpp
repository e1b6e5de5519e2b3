#include "snmp_daemon.h"
#include "report_lines.h"
#include "scan_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace censo::scanner {
namespace {

class RealDaemon : public testing::Test {
 protected:
  void SetUp() override {
    if (!SnmpDaemon::is_installed()) GTEST_SKIP() << "snmpd is not installed";
    daemon_ = std::make_unique<SnmpDaemon>(free_port());
    ASSERT_TRUE(daemon_->is_ready());
  }

  ScanJob job(std::vector<SnmpCredential> credentials) const {
    ScanJob job;
    job.id = "job-1";
    job.ranges = {"127.0.0.1"};
    job.port = daemon_->port();
    job.credentials = std::move(credentials);
    job.limits.request_ms = 1'000;
    job.limits.retries = 1;
    return job;
  }
  DeviceResult scan(std::vector<SnmpCredential> credentials) const {
    return scanned(job(std::move(credentials))).at("127.0.0.1");
  }

  std::unique_ptr<SnmpDaemon> daemon_;
};

TEST_F(RealDaemon, AnswersItsCommunity) {
  const auto result = scan({community()});
  EXPECT_EQ(result.verdict, Verdict::ok) << result.detail;
  EXPECT_EQ(result.credential, "public");
}

TEST_F(RealDaemon, IsAServerWithItsName) {
  const auto result = scan({community()});
  ASSERT_TRUE(result.report);
  EXPECT_EQ(result.report->subject_class, "server");
  EXPECT_EQ(result.report->subject_name, "lab-host.example");
  EXPECT_EQ(inventory::subject_text(*result.report, "host_name"), "lab-host");
}

TEST_F(RealDaemon, HasTheLoopbackInterface) {
  const auto result = scan({community()});
  ASSERT_TRUE(result.report);
  const auto& items = result.report->sections.at(1).items;
  EXPECT_TRUE(std::any_of(items.begin(), items.end(),
                          [](const auto& i) { return i.attributes.text("name") == "lo"; }));
}

TEST_F(RealDaemon, IsReadInWholeSections) {
  const auto result = scan({community()});
  ASSERT_TRUE(result.report);
  const auto& sections = result.report->sections;
  EXPECT_EQ(sections.size(), 14u);
  EXPECT_TRUE(std::all_of(sections.begin(), sections.end(), [](const auto& s) { return s.complete; }));
}

TEST_F(RealDaemon, TellsItsEngineId) {
  const auto result = scan({community()});
  ASSERT_TRUE(result.report);
  EXPECT_GE(inventory::subject_text(*result.report, "snmp_engine_id").size(), 10u);
}

TEST_F(RealDaemon, IsSilentToAnotherCommunity) {
  const auto result = scan({community("secret")});
  EXPECT_EQ(result.verdict, Verdict::no_answer) << result.detail;
  EXPECT_FALSE(result.report);
}

TEST_F(RealDaemon, AnswersWithSha256AndAes) {
  const auto result = scan({user("private", AuthProtocol::sha256, PrivacyProtocol::aes128)});
  EXPECT_EQ(result.verdict, Verdict::ok) << result.detail;
}

TEST_F(RealDaemon, AnswersWithSha512AndAes256) {
  const auto result = scan({user("strong", AuthProtocol::sha512, PrivacyProtocol::aes256)});
  EXPECT_EQ(result.verdict, Verdict::ok) << result.detail;
}

TEST_F(RealDaemon, AnswersWithoutPrivacy) {
  const auto result = scan({user("signed", AuthProtocol::sha1, PrivacyProtocol::none)});
  EXPECT_EQ(result.verdict, Verdict::ok) << result.detail;
}

TEST_F(RealDaemon, AnswersWithoutAuthentication) {
  const auto result = scan({user("open", AuthProtocol::none, PrivacyProtocol::none)});
  EXPECT_EQ(result.verdict, Verdict::ok) << result.detail;
}

TEST_F(RealDaemon, RefusesAWrongAuthenticationPassphrase) {
  auto credential = user("private", AuthProtocol::sha256, PrivacyProtocol::aes128);
  credential.auth_passphrase = "something else";
  const auto result = scan({credential});
  EXPECT_EQ(result.verdict, Verdict::auth_failed);
  EXPECT_EQ(result.detail, "wrong authentication passphrase or protocol");
}

TEST_F(RealDaemon, DoesNotHangOnAWrongPrivacyPassphrase) {
  auto credential = user("private", AuthProtocol::sha256, PrivacyProtocol::aes128);
  credential.privacy_passphrase = "something else";
  const auto result = scan({credential});
  EXPECT_EQ(result.verdict, Verdict::auth_failed) << result.detail;
  EXPECT_LT(result.duration_ms, 5'000);
}

TEST_F(RealDaemon, DoesNotKnowAnotherUser) {
  const auto result = scan({user("nobody", AuthProtocol::sha256, PrivacyProtocol::aes128)});
  EXPECT_EQ(result.verdict, Verdict::auth_failed);
  EXPECT_EQ(result.detail, "the device does not know the user");
}

TEST_F(RealDaemon, IsNotAskedWithAShortPassphrase) {
  auto credential = user("private", AuthProtocol::sha256, PrivacyProtocol::aes128);
  credential.auth_passphrase = "short";
  const auto result = scan({credential});
  EXPECT_EQ(result.verdict, Verdict::auth_failed);
  EXPECT_EQ(result.detail, "the authentication passphrase is shorter than 8 characters");
}

TEST_F(RealDaemon, IsAskedWithVersion3First) {
  const auto result = scan({community(), user("private", AuthProtocol::sha256, PrivacyProtocol::aes128)});
  EXPECT_EQ(result.credential, "v3 private");
}

TEST_F(RealDaemon, IsAskedWithTheNextCredentialWhenOneFails) {
  const auto result = scan({user("nobody", AuthProtocol::sha256, PrivacyProtocol::aes128), community()});
  EXPECT_EQ(result.verdict, Verdict::ok) << result.detail;
  EXPECT_EQ(result.credential, "public");
}

TEST_F(RealDaemon, IsNotAskedWithAFourthCredential) {
  auto three = job({community("a"), community("b"), community("c"), community()});
  three.limits.request_ms = 100;
  three.limits.retries = 0;
  const auto result = scanned(three).at("127.0.0.1");
  EXPECT_EQ(result.verdict, Verdict::no_answer);
  EXPECT_TRUE(result.detail.starts_with("no answer to 3 credentials in ")) << result.detail;
}

TEST_F(RealDaemon, AnswersVersion1) {
  const auto result = scan({old_community()});
  EXPECT_EQ(result.verdict, Verdict::ok) << result.detail;
  EXPECT_EQ(result.credential, "v1 old");
}

TEST_F(RealDaemon, DoesNotAnswerItsVersion1CommunityInVersion2c) {
  EXPECT_FALSE(scan({community("old")}).report);
}

// What a GET in version 1 is missing does not hide what is there, and every walk comes to its end.
TEST_F(RealDaemon, TellsTheSameInVersion1AsInVersion2c) {
  const auto old = scan({old_community()});
  const auto present = scan({community()});
  ASSERT_TRUE(old.report && present.report);
  EXPECT_TRUE(old.report->problems.empty());
  for (std::size_t i = 0; i < present.report->sections.size(); ++i) {
    const auto& section = old.report->sections.at(i);
    EXPECT_EQ(section.name, present.report->sections[i].name);
    EXPECT_EQ(section.digest, present.report->sections[i].digest) << section.name;
    EXPECT_TRUE(section.complete) << section.name;
  }
}

TEST_F(RealDaemon, IsAskedInVersion1LastWhateverTheOrder) {
  const auto result = scan({old_community(), community()});
  EXPECT_EQ(result.credential, "public");
}

TEST_F(RealDaemon, IsReadInVersion1WhenVersion2cIsSilent) {
  const auto result = scan({community("secret"), old_community()});
  EXPECT_EQ(result.verdict, Verdict::ok) << result.detail;
  EXPECT_EQ(result.credential, "v1 old");
}

TEST_F(RealDaemon, IsSilentToAnotherCommunityInVersion1) {
  EXPECT_EQ(scan({old_community("secret")}).verdict, Verdict::no_answer);
}

TEST_F(RealDaemon, IsReadAndWhatWasTriedIsTold) {
  const auto result = scan({user("nobody", AuthProtocol::sha256, PrivacyProtocol::aes128), community()});
  ASSERT_EQ(result.attempts.size(), 2u);
  const auto& first = result.attempts[0];
  EXPECT_EQ(first.what, "snmp");
  EXPECT_EQ(first.credential, "v3 nobody");
  EXPECT_EQ(first.version, "v3");
  EXPECT_EQ(first.verdict, Verdict::auth_failed);
  EXPECT_EQ(first.detail, "the device does not know the user");
  const auto& second = result.attempts[1];
  EXPECT_EQ(second.version, "v2c");
  EXPECT_EQ(second.verdict, Verdict::ok);
  EXPECT_TRUE(second.detail.starts_with("read, ")) << second.detail;
  EXPECT_GE(first.at, 1'790'000'000'000);
}

// The same name with two passphrases at once: libsnmp's own list of users would mix them up.
TEST_F(RealDaemon, KeepsTwoPassphrasesOfOneUserApart) {
  auto wrong = user("private", AuthProtocol::sha256, PrivacyProtocol::aes128);
  wrong.auth_passphrase = "something else";
  const auto result = scan({wrong, user("private", AuthProtocol::sha256, PrivacyProtocol::aes128)});
  EXPECT_EQ(result.verdict, Verdict::ok) << result.detail;
}

TEST_F(RealDaemon, IsNotHeldUpByASilentNeighbourWithVersion3) {
  auto both = job({user("private", AuthProtocol::sha256, PrivacyProtocol::aes128)});
  both.ranges = {"127.0.0.1-127.0.0.2"};
  const auto results = scanned(both);
  EXPECT_EQ(results.at("127.0.0.1").verdict, Verdict::ok);
  EXPECT_EQ(results.at("127.0.0.2").verdict, Verdict::refused) << results.at("127.0.0.2").detail;
}

TEST_F(RealDaemon, GivesTheSameReportTwice) {
  const auto first = scan({community()});
  const auto second = scan({community()});
  ASSERT_TRUE(first.report && second.report);
  EXPECT_EQ(first.report->sections.at(1).digest, second.report->sections.at(1).digest);
  EXPECT_EQ(section_of(*first.report, "entities").digest, section_of(*second.report, "entities").digest);
}

}  // namespace
}  // namespace censo::scanner
