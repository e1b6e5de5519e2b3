#include "collector/jobs/credential_box.h"

#include "base/file.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <cstdlib>
#include <filesystem>

namespace censo::collector::jobs {
namespace {

class CredentialBoxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/censo-box-XXXXXX";
    folder_ = mkdtemp(pattern);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string key(const char* name = "key") const { return folder_ + "/" + name; }

  static scanner::SnmpCredential v3() {
    scanner::SnmpCredential credential;
    credential.name = "core";
    credential.version = scanner::SnmpVersion::v3;
    credential.user = "reader";
    credential.auth = scanner::AuthProtocol::sha256;
    credential.auth_passphrase = "correct horse";
    credential.privacy = scanner::PrivacyProtocol::aes128;
    credential.privacy_passphrase = "battery staple";
    credential.context = "vlan-7";
    return credential;
  }

  std::string folder_;
};

TEST_F(CredentialBoxTest, WhatIsSealedOpensAgain) {
  const auto box = CredentialBox::open(key());
  ASSERT_TRUE(box) << base::to_string(box.error());
  const auto opened = box->unseal(box->seal(v3()), "core");
  ASSERT_TRUE(opened) << base::to_string(opened.error());
  EXPECT_EQ(opened->user, "reader");
  EXPECT_EQ(opened->auth, scanner::AuthProtocol::sha256);
  EXPECT_EQ(opened->auth_passphrase, "correct horse");
  EXPECT_EQ(opened->privacy_passphrase, "battery staple");
  EXPECT_EQ(opened->context, "vlan-7");
}

TEST_F(CredentialBoxTest, ACommunityKeepsItsVersion) {
  const auto box = CredentialBox::open(key());
  for (const auto version : {scanner::SnmpVersion::v1, scanner::SnmpVersion::v2c}) {
    scanner::SnmpCredential credential;
    credential.name = "old";
    credential.version = version;
    credential.community = "public";
    EXPECT_EQ(box->unseal(box->seal(credential), "old")->version, version);
  }
}

TEST_F(CredentialBoxTest, AVersionThatIsNoneIsNamed) {
  const auto version = parse_version("v2");
  ASSERT_FALSE(version);
  EXPECT_EQ(to_string(version.error()), "expected v1, v2c or v3, found \"v2\" (/version)");
}

TEST_F(CredentialBoxTest, TheSealedFormHoldsNoSecretInClear) {
  const auto box = CredentialBox::open(key());
  const auto sealed = box->seal(v3());
  const std::string text(sealed.begin(), sealed.end());
  EXPECT_EQ(text.find("correct horse"), std::string::npos);
  EXPECT_EQ(text.find("reader"), std::string::npos);
}

TEST_F(CredentialBoxTest, TheKeyIsKeptForTheNextStart) {
  const auto sealed = CredentialBox::open(key())->seal(v3());
  EXPECT_TRUE(CredentialBox::open(key())->unseal(sealed, "core"));
}

TEST_F(CredentialBoxTest, TheKeyFileIsForItsOwnerOnly) {
  ASSERT_TRUE(CredentialBox::open(key()));
  struct stat status {};
  ASSERT_EQ(stat(key().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(CredentialBoxTest, AnotherKeyDoesNotOpenIt) {
  const auto sealed = CredentialBox::open(key("one"))->seal(v3());
  const auto opened = CredentialBox::open(key("two"))->unseal(sealed, "core");
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("set it again"), std::string::npos);
}

TEST_F(CredentialBoxTest, ADamagedSealIsRefused) {
  const auto box = CredentialBox::open(key());
  auto sealed = box->seal(v3());
  sealed[sealed.size() / 2] ^= 1;
  EXPECT_FALSE(box->unseal(sealed, "core"));
  EXPECT_FALSE(box->unseal({}, "core"));
}

TEST_F(CredentialBoxTest, ARowMovedToAnotherNameIsRefused) {
  const auto box = CredentialBox::open(key());
  EXPECT_FALSE(box->unseal(box->seal(v3()), "edge"));
}

TEST_F(CredentialBoxTest, AKeyFileThatIsNoKeyIsNamed) {
  ASSERT_TRUE(base::write_own_file(key(), "hello\n", 0600));
  const auto box = CredentialBox::open(key());
  ASSERT_FALSE(box);
  EXPECT_EQ(box.error().where, key());
}

TEST(CredentialCheck, NamesTheFieldAtFault) {
  scanner::SnmpCredential credential;
  credential.name = "x";
  EXPECT_EQ(check(credential).error().where, "/community");
  credential.version = scanner::SnmpVersion::v3;
  EXPECT_EQ(check(credential).error().where, "/user");
  credential.user = "u";
  EXPECT_TRUE(check(credential));
  credential.privacy = scanner::PrivacyProtocol::aes128;
  EXPECT_EQ(check(credential).error().where, "/auth");
  credential.auth = scanner::AuthProtocol::sha256;
  credential.auth_passphrase = "short";
  EXPECT_EQ(check(credential).error().where, "/auth_passphrase");
  credential.auth_passphrase = "long enough";
  EXPECT_EQ(check(credential).error().where, "/privacy_passphrase");
}

TEST(CredentialWords, AnUnknownProtocolListsTheKnownOnes) {
  const auto auth = parse_auth_protocol("sha3");
  ASSERT_FALSE(auth);
  EXPECT_NE(auth.error().message.find("sha512"), std::string::npos);
  EXPECT_NE(auth.error().message.find("sha3"), std::string::npos);
}

}  // namespace
}  // namespace censo::collector::jobs
