#include "collector/access/certificate_authority.h"

#include "base/file.h"
#include "collector/access/agent_certificate.h"
#include "collector/access/x509.h"
#include "tests/base/scratch_folder.h"
#include "tests/collector/access/public_key.h"

#include <gtest/gtest.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>

namespace censo::collector::access {
namespace {

using base::Errc;

constexpr base::TimeMs now = 1'790'000'000'000;
constexpr base::TimeMs day_ms = 86'400'000;
constexpr auto agent_id = "0f8fad5b-d9cb-469f-a165-70867728950e";

class Authority : public testing::Test {
 protected:
  CertificateAuthority open(base::TimeMs at = now) { return CertificateAuthority::open(folder / "ca", at).value(); }
  static Certificate leaf_of(const IssuedCertificate& issued) { return parse_certificate(issued.pem).value(); }
  static unsigned mode_of(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777u : 0;
  }
  base::ScratchFolder folder;
};

TEST_F(Authority, IsMadeOnce) { EXPECT_EQ(open().fingerprint(), open().fingerprint()); }

TEST_F(Authority, KeepsItsKeyToItself) {
  open();
  EXPECT_EQ(mode_of(folder / "ca/ca.key"), 0600u);
  EXPECT_EQ(mode_of(folder / "ca"), 0700u);
}

TEST_F(Authority, RefusesAKeyThatOthersMayRead) {
  open();
  ::chmod((folder / "ca/ca.key").c_str(), 0640);
  const auto again = CertificateAuthority::open(folder / "ca", now);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::permission_denied);
  EXPECT_EQ(again.error().where, folder / "ca/ca.key");
}

TEST_F(Authority, RefusesAFolderThatOthersMayWrite) {
  open();
  ::chmod((folder / "ca").c_str(), 0777);
  EXPECT_EQ(CertificateAuthority::open(folder / "ca", now).error().code, Errc::permission_denied);
}

TEST_F(Authority, RefusesAKeyOfAnother) {
  open();
  ASSERT_TRUE(base::write_own_file(folder / "ca/ca.key", to_pem(make_key())));
  EXPECT_EQ(CertificateAuthority::open(folder / "ca", now).error().code, Errc::malformed);
}

TEST_F(Authority, RefusesToWorkAfterItsEnd) {
  open();
  EXPECT_EQ(CertificateAuthority::open(folder / "ca", now + 3'700 * day_ms).error().code, Errc::expired);
}

TEST_F(Authority, SignsALeafThatIsAnAgents) {
  const auto leaf = leaf_of(open().issue_agent(agent_id, new_public_key(), now).value());
  const auto read = read_agent_certificate(*leaf).value();
  EXPECT_EQ(read.agent_id, agent_id);
}

TEST_F(Authority, GivesALeafThirtyDays) {
  const auto issued = open().issue_agent(agent_id, new_public_key(), now).value();
  EXPECT_EQ(issued.expires_at, now + 30 * day_ms);
}

TEST_F(Authority, DatesALeafFiveMinutesBack) {
  const auto leaf = leaf_of(open().issue_agent(agent_id, new_public_key(), now).value());
  std::time_t before = (now - 301'000) / 1000, after = (now - 299'000) / 1000;
  EXPECT_GT(X509_cmp_time(X509_get0_notBefore(leaf.get()), &before), 0);
  EXPECT_LT(X509_cmp_time(X509_get0_notBefore(leaf.get()), &after), 0);
}

TEST_F(Authority, MarksALeafAsNoAuthorityInACriticalExtension) {
  const auto leaf = leaf_of(open().issue_agent(agent_id, new_public_key(), now).value());
  int critical = 0;
  auto* constraints =
      static_cast<BASIC_CONSTRAINTS*>(X509_get_ext_d2i(leaf.get(), NID_basic_constraints, &critical, nullptr));
  ASSERT_NE(constraints, nullptr);
  EXPECT_EQ(constraints->ca, 0);
  EXPECT_EQ(critical, 1);
  BASIC_CONSTRAINTS_free(constraints);
}

TEST_F(Authority, LetsALeafSignAndNothingElse) {
  const auto leaf = leaf_of(open().issue_agent(agent_id, new_public_key(), now).value());
  EXPECT_EQ(X509_get_key_usage(leaf.get()), static_cast<std::uint32_t>(KU_DIGITAL_SIGNATURE));
  EXPECT_EQ(X509_get_extended_key_usage(leaf.get()), static_cast<std::uint32_t>(XKU_SSL_CLIENT));
}

TEST_F(Authority, GivesSerialsOf128Bits) {
  const auto authority = open();
  const auto first = authority.issue_agent(agent_id, new_public_key(), now).value();
  const auto second = authority.issue_agent(agent_id, new_public_key(), now).value();
  EXPECT_EQ(first.serial.size(), 32u);
  EXPECT_NE(first.serial, second.serial);
}

TEST_F(Authority, TakesNoRsaKey) {
  const Key key(EVP_RSA_gen(2048));
  EXPECT_EQ(open().issue_agent(agent_id, public_pem(key), now).error().reason, "KEY_UNSUPPORTED");
}

TEST_F(Authority, TakesNoKeyOnAnotherCurve) {
  const Key key(EVP_EC_gen("P-384"));
  EXPECT_EQ(open().issue_agent(agent_id, public_pem(key), now).error().reason, "KEY_UNSUPPORTED");
}

TEST_F(Authority, TakesNoKeyWithSomethingAfterIt) {
  EXPECT_FALSE(open().issue_agent(agent_id, new_public_key() + new_public_key(), now));
}

TEST_F(Authority, TakesNoPrivateKey) { EXPECT_FALSE(open().issue_agent(agent_id, to_pem(make_key()), now)); }

TEST_F(Authority, NamesTheListenersByLocalhostAndWhatIsConfigured) {
  const auto identity = open().server_identity({"cmdb.example.org", "192.0.2.7"}, now).value();
  const auto names = alternative_names(*parse_certificate(identity.certificate_pem).value());
  for (const char* name : {"localhost", "127.0.0.1", "::1", "cmdb.example.org", "192.0.2.7"}) {
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  }
}

TEST_F(Authority, KeepsTheListenersCertificate) {
  const auto authority = open();
  const auto first = authority.server_identity({"a.example"}, now).value();
  EXPECT_EQ(first.certificate_pem, authority.server_identity({"a.example"}, now + day_ms).value().certificate_pem);
}

TEST_F(Authority, RenewsTheListenersCertificateNearItsEnd) {
  const auto authority = open();
  const auto first = authority.server_identity({}, now).value();
  EXPECT_NE(first.certificate_pem, authority.server_identity({}, now + 340 * day_ms).value().certificate_pem);
}

TEST_F(Authority, RenewsTheListenersCertificateForOtherNames) {
  const auto authority = open();
  const auto first = authority.server_identity({"a.example"}, now).value();
  EXPECT_NE(first.certificate_pem, authority.server_identity({"b.example"}, now).value().certificate_pem);
}

TEST_F(Authority, RefusesANameThatWouldChangeTheCertificate) {
  const auto identity = open().server_identity({"a.example,URI:urn:censo:agent:x"}, now);
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().where, "public_names");
}

}  // namespace
}  // namespace censo::collector::access
