#include "collector/scanner/ports/greetings.h"

#include "collector/scanner/ports/neighbour_mac.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace censo::scanner {
namespace {

using namespace std::string_literals;

TEST(SshBanner, IsTheIdentificationLine) {
  EXPECT_EQ(ssh_banner("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n\x01\x02"),
            "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3");
}
TEST(SshBanner, OtherLinesMayComeBefore) {
  EXPECT_EQ(ssh_banner("Welcome\r\nKeep out\r\nSSH-2.0-x\n"), "SSH-2.0-x");
}
TEST(SshBanner, IsNotJustAnything) {
  EXPECT_EQ(ssh_banner("220 mail ESMTP\r\n"), "");
  EXPECT_EQ(ssh_banner("SSH-" + std::string(300, 'x') + "\n"), "");
}
TEST(SshBanner, ControlCharactersAreLeftOut) {
  EXPECT_EQ(ssh_banner("SSH-2.0-a\x1b[31m\x07 b\n").find('\x1b'), std::string::npos);
}

TEST(HttpSayings, TellStatusServerRealmAndTitle) {
  const auto said = http_sayings(
      "HTTP/1.1 401 Unauthorized\r\nserver: lighttpd/1.4\r\nWWW-Authenticate: Basic "
      "realm=\"AXIS_00408C\"\r\n\r\n"
      "<html><HEAD><Title lang=en>\n  Network \n Camera </TITLE>");
  EXPECT_EQ(said.status, 401);
  EXPECT_EQ(said.server, "lighttpd/1.4");
  EXPECT_EQ(said.realm, "AXIS_00408C");
  EXPECT_EQ(said.title, "Network Camera");
}
TEST(HttpSayings, AFieldIsNoTitle) {
  EXPECT_EQ(http_sayings("HTTP/1.0 200 OK\r\nX: <title>no</title>\r\n\r\nnothing").title, "");
}
TEST(HttpSayings, ATitleThatIsCutIsTakenAsFarAsItGoes) {
  EXPECT_EQ(http_sayings("HTTP/1.0 200 OK\r\n\r\n<title>Switch").title, "Switch");
}
TEST(HttpSayings, WhatIsNoHttpSaysNothing) {
  const auto said = http_sayings("SSH-2.0-x\r\nServer: x\r\n\r\n<title>x</title>");
  EXPECT_EQ(said.status, 0);
  EXPECT_EQ(said.server + said.title, "");
}

TEST(PlainGreeting, IsWithoutTelnetsCommands) {
  EXPECT_EQ(
      plain_greeting("\xff\xfd\x18\xff\xfa\x18\x01\xff\xf0\r\nUser Access Verification\r\n\r\nUsername: "s),
      "User Access Verification Username:");
}
TEST(PlainGreeting, ACommandThatIsCutIsNoText) {
  EXPECT_EQ(plain_greeting("\xff\xfd"s), "");
}

TEST(CertificateSayings, WhatIsNoCertificateSaysNothing) {
  const std::vector<std::uint8_t> der{0x30, 0x03, 0x02, 0x01, 0x01};
  EXPECT_FALSE(certificate_sayings(der));
  EXPECT_FALSE(certificate_sayings({}));
}

// DER of a certificate that is signed by nobody.
std::vector<std::uint8_t> certificate_with(const std::vector<std::pair<const char*, std::string>>& name) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  for (const auto& [field, value] : name)
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), field, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(value.data()),
                               static_cast<int>(value.size()), -1, 0);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  unsigned char* octets = nullptr;
  const int size = i2d_X509(certificate.get(), &octets);
  std::vector<std::uint8_t> der(octets, octets + std::max(size, 0));
  OPENSSL_free(octets);
  return der;
}

TEST(CertificateSayings, NameWhatDevicesFillIn) {
  const auto said = certificate_sayings(certificate_with({{"CN", "printer7"}, {"O", "Example, Inc"}}));
  ASSERT_TRUE(said);
  EXPECT_EQ(said->subject, "CN=printer7,O=Example  Inc");
  EXPECT_EQ(said->issuer, "");
}
TEST(CertificateSayings, AreNoLongerThanOtherSayings) {
  const std::string longest(64, 'x');
  const auto said = certificate_sayings(
      certificate_with({{"CN", longest}, {"O", longest}, {"OU", longest}, {"serialNumber", longest}}));
  ASSERT_TRUE(said);
  EXPECT_EQ(said->subject.size(), longest_saying);
  EXPECT_TRUE(said->subject.starts_with("CN=xxx"));
}

constexpr std::string_view arp_table =
    "IP address       HW type     Flags       HW address            Mask     Device\n"
    "10.0.0.7         0x1         0x2         00:11:22:AA:bb:cc     *        eth0\n"
    "10.0.0.8         0x1         0x0         00:00:00:00:00:00     *        eth0\n";

TEST(ArpTable, TellsTheMacOfANeighbour) {
  EXPECT_EQ(mac_in_arp_table(arp_table, "10.0.0.7"), "00:11:22:aa:bb:cc");
}
TEST(ArpTable, AnEntryThatIsNotCompleteTellsNothing) {
  EXPECT_EQ(mac_in_arp_table(arp_table, "10.0.0.8"), "");
  EXPECT_EQ(mac_in_arp_table(arp_table, "10.0.0.70"), "");
}

}  // namespace
}  // namespace censo::scanner
