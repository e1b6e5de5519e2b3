// Notifications as snmptrap and snmpinform send them, and what vouches for them.
#include "collector/scanner/trap.h"

#include "base/clock.h"
#include "collector/scanner/scan_job.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace censo::scanner {
namespace {

SnmpCredential with_community(SnmpVersion version) {
  SnmpCredential one;
  one.name = std::string(name_of(version)) + "-traps";
  one.version = version;
  one.community = "watch";
  return one;
}

SnmpCredential with_user(const std::string& passphrase = "authentication-1") {
  SnmpCredential one;
  one.name = "v3-traps";
  one.version = SnmpVersion::v3;
  one.user = "watcher";
  one.auth = AuthProtocol::sha256;
  one.auth_passphrase = passphrase;
  one.privacy = PrivacyProtocol::aes128;
  one.privacy_passphrase = "privacy-phrase-1";
  return one;
}

constexpr const char* proven =
    "-v 3 -u watcher -l authPriv -a SHA-256 -A authentication-1 -x AES -X privacy-phrase-1 ";
constexpr const char* link_down =
    " '' 1.3.6.1.6.3.1.1.5.3 1.3.6.1.2.1.2.2.1.1.3 i 3 1.3.6.1.2.1.2.2.1.2.3 s eth3";

class RealTraps : public testing::Test {
 protected:
  void SetUp() override {
    if (access("/usr/bin/snmptrap", X_OK) != 0) GTEST_SKIP() << "snmptrap is not installed";
    socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&own), sizeof own), 0);
    socklen_t size = sizeof own;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&own), &size);
    to_ = " 127.0.0.1:" + std::to_string(ntohs(own.sin_port));
    scanner_.trust_traps(
        {{with_community(SnmpVersion::v1), with_community(SnmpVersion::v2c), with_user()}, "here", 42});
  }
  void TearDown() override { close(socket_); }

  // What is read of all that the command sends until it ends; it gets our answers.
  std::vector<ReadTrap> sent_by(const std::string& command) {
    auto* process = popen(("MIBS= SNMPCONFPATH=/nonexistent SNMP_PERSISTENT_DIR=/dev/null " + command +
                           " >/dev/null 2>&1; echo $?")
                              .c_str(),
                          "r");
    std::vector<ReadTrap> found;
    pollfd waiting{socket_, POLLIN, 0};
    while (poll(&waiting, 1, 1'500) > 0) {
      std::string bytes(65'535, '\0');
      sockaddr_in peer{};
      socklen_t size = sizeof peer;
      const auto count =
          recvfrom(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&peer), &size);
      bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
      auto read = scanner_.read_traps({bytes}).at(0);
      for (const auto& reply : read.replies)
        sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&peer), size);
      const bool last = read.fault != TrapFault::question;
      found.push_back(std::move(read));
      if (last) break;
    }
    char status[16] = {};
    [[maybe_unused]] const auto* line = fgets(status, sizeof status, process);
    pclose(process);
    status_ = std::atoi(status);
    return found;
  }
  ReadTrap last_of(const std::string& command) {
    auto all = sent_by(command);
    return all.empty() ? ReadTrap{{}, TrapFault::malformed, "nothing came", {}} : std::move(all.back());
  }

  int socket_ = -1, status_ = -1;
  std::string to_;
  base::SystemClock clock_;
  Scanner scanner_{clock_};
};

TEST_F(RealTraps, SecondVersionIsRead) {
  const auto read = last_of("snmptrap -v 2c -c watch" + to_ + link_down);
  ASSERT_EQ(read.fault, TrapFault::none) << read.detail;
  EXPECT_EQ(to_text(read.trap.trap), "1.3.6.1.6.3.1.1.5.3");
  EXPECT_EQ(read.trap.credential, "v2c-traps");
  ASSERT_EQ(read.trap.binds.size(), 2U);
  EXPECT_EQ(std::get<std::int64_t>(read.trap.binds[0].value), 3);
  EXPECT_EQ(std::get<std::string>(read.trap.binds[1].value), "eth3");
  EXPECT_TRUE(read.replies.empty());
}

TEST_F(RealTraps, FirstVersionHasItsAgent) {
  const auto read = last_of("snmptrap -v 1 -c watch" + to_ + " 1.3.6.1.4.1.8072.3 198.51.100.4 2 0 ''");
  ASSERT_EQ(read.fault, TrapFault::none) << read.detail;
  EXPECT_EQ(read.trap.version, SnmpVersion::v1);
  EXPECT_EQ(to_text(read.trap.trap), "1.3.6.1.6.3.1.1.5.3");
  EXPECT_EQ(read.trap.agent, "198.51.100.4");
}

TEST_F(RealTraps, SpecificTrapOfTheFirstVersionIsNamedByItsEnterprise) {
  const auto read = last_of("snmptrap -v 1 -c watch" + to_ + " 1.3.6.1.4.1.8072.3 198.51.100.4 6 7 ''");
  ASSERT_EQ(read.fault, TrapFault::none) << read.detail;
  EXPECT_EQ(to_text(read.trap.trap), "1.3.6.1.4.1.8072.3.0.7");
}

TEST_F(RealTraps, InformIsAnswered) {
  const auto read = last_of("snmpinform -r 0 -t 2 -v 2c -c watch" + to_ + link_down);
  ASSERT_EQ(read.fault, TrapFault::none) << read.detail;
  EXPECT_TRUE(read.trap.inform);
  EXPECT_EQ(read.replies.size(), 1U);
  EXPECT_EQ(status_, 0) << "snmpinform took the answer";
}

TEST_F(RealTraps, ThirdVersionIsProvenByItsUser) {
  const auto read = last_of(std::string("snmptrap -e 0x8000000001020304 ") + proven + to_ + link_down);
  ASSERT_EQ(read.fault, TrapFault::none) << read.detail;
  EXPECT_EQ(read.trap.version, SnmpVersion::v3);
  EXPECT_EQ(read.trap.credential, "v3-traps");
  EXPECT_EQ(read.trap.engine_id, "8000000001020304");
  EXPECT_EQ(read.trap.binds.size(), 2U);
}

TEST_F(RealTraps, InformOfTheThirdVersionAsksForOurEngineFirst) {
  const auto all = sent_by(std::string("snmpinform -r 1 -t 2 ") + proven + to_ + link_down);
  ASSERT_GE(all.size(), 2U);
  EXPECT_EQ(all.front().fault, TrapFault::question);
  ASSERT_EQ(all.back().fault, TrapFault::none) << all.back().detail;
  EXPECT_TRUE(all.back().trap.inform);
  EXPECT_EQ(status_, 0) << "snmpinform took the answer";
}

TEST_F(RealTraps, StrangersCommunityIsNotTrusted) {
  EXPECT_EQ(last_of("snmptrap -v 2c -c public" + to_ + link_down).fault, TrapFault::unknown_community);
}

TEST_F(RealTraps, CommunityOfAnotherVersionIsNotTrusted) {
  scanner_.trust_traps({{with_community(SnmpVersion::v1)}, "here", 42});
  EXPECT_EQ(last_of("snmptrap -v 2c -c watch" + to_ + link_down).fault, TrapFault::unknown_community);
}

TEST_F(RealTraps, StrangersUserIsNotTrusted) {
  const auto read = last_of("snmptrap -e 0x8000000001020304 -v 3 -u eve -l noAuthNoPriv" + to_ + link_down);
  EXPECT_EQ(read.fault, TrapFault::unknown_user);
}

TEST_F(RealTraps, NameWithoutProofIsNotTrusted) {
  const auto read =
      last_of("snmptrap -e 0x8000000001020304 -v 3 -u watcher -l noAuthNoPriv" + to_ + link_down);
  EXPECT_EQ(read.fault, TrapFault::unknown_user);
}

TEST_F(RealTraps, WrongPassphraseIsNotTrusted) {
  const auto read = last_of(
      "snmptrap -e 0x8000000001020304 -v 3 -u watcher -l authPriv -a SHA-256 -A "
      "authentication-2 -x AES -X privacy-phrase-1" +
      to_ + link_down);
  EXPECT_EQ(read.fault, TrapFault::not_proven);
}

TEST_F(RealTraps, WrongPrivacyIsNotTrusted) {
  const auto read = last_of(
      "snmptrap -e 0x8000000001020304 -v 3 -u watcher -l authPriv -a SHA-256 -A "
      "authentication-1 -x AES -X privacy-phrase-2" +
      to_ + link_down);
  EXPECT_EQ(read.fault, TrapFault::not_proven);
}

TEST_F(RealTraps, TwoCredentialsMayHaveOneUser) {
  scanner_.trust_traps({{with_user("another-passphrase"), with_user()}, "here", 42});
  const auto read = last_of(std::string("snmptrap -e 0x8000000001020305 ") + proven + to_ + link_down);
  EXPECT_EQ(read.fault, TrapFault::none) << read.detail;
}

TEST_F(RealTraps, RubbishIsMalformed) {
  const auto read = scanner_.read_traps({"", "hello", std::string("\x30\x02\x02\x01", 4)});
  ASSERT_EQ(read.size(), 3U);
  for (const auto& one : read) EXPECT_EQ(one.fault, TrapFault::malformed);
}

}  // namespace
}  // namespace censo::scanner
