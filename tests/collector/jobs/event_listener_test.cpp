// Syslog over UDP and TCP and traps into the database, from sockets on.
#include "collector/jobs/event_listener.h"

#include "cmdb/class_catalog.h"
#include "cmdb/impact_graph.h"
#include "collector/access/certificate_authority.h"
#include "collector/jobs/event_keeper.h"
#include "collector/jobs/scan_runner.h"
#include "collector/jobs/trap_trust.h"
#include "collector/listen/sockets.h"
#include "desk/event.h"
#include "desk/event_source.h"
#include "tests/cmdb/seeded_database.h"
#include "tests/collector/http/tls_client.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

namespace censo::collector::jobs {
namespace {

constexpr const char* down =
    "<3>Oct 11 22:14:15 web01 systemd[1]: shop.service: Failed with result 'exit-code'.";
constexpr const char* up = "<6>Oct 11 22:14:15 web01 systemd[1]: Started shop.service - The shop.";

// A version 2c coldStart with the community "watch".
std::string cold_start() {
  return std::string(
      "\x30\x41\x02\x01\x01\x04\x05watch\xa7\x35\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30\x2a"
      "\x30\x0f\x06\x08\x2b\x06\x01\x02\x01\x01\x03\x00\x43\x03\x01\x00\x00"
      "\x30\x17\x06\x0a\x2b\x06\x01\x06\x03\x01\x01\x04\x01\x00\x06\x09\x2b\x06\x01\x06\x03\x01\x01\x05\x01",
      67);
}

class Listening : public testing::Test {
 protected:
  void open(std::vector<std::string> from = {}) {
    listener = EventListener::open({"127.0.0.1:0", "127.0.0.1:0", std::move(from), &identity}, db.database(),
                                   scans, graph, catalog)
                   .value();
    listener->start(db.clock());
  }
  void send(std::uint16_t port, const std::string& bytes) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto to = loopback(port);
    sendto(socket, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    close(socket);
  }
  // To the syslog port over TCP; reads end after ten seconds. -1: refused.
  int connected() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{10, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const auto to = loopback(listener->syslog_port());
    return connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 ? socket : -1;
  }
  // It has been hung up, by its end or a reset.
  static bool is_hung_up(int socket) {
    char byte = 0;
    return read(socket, &byte, 1) == 0 || errno == ECONNRESET;
  }
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return to;
  }
  // Once so many messages have been counted; the newest source.
  desk::EventSource counted(std::int64_t messages) {
    desk::EventSource source;
    for (int i = 0; i < 200 && source.messages < messages; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      db.advance_ms(1'000);
      db.write([&](store::Transaction& tx) {
        const auto all = desk::event_sources(tx, "", false, 10);
        if (!all.empty()) source = all.front();
      });
    }
    return source;
  }
  // As when the database fails, and is well again.
  void take_database_away() { execute("alter table event rename to event_away"); }
  void bring_database_back() { execute("alter table event_away rename to event"); }
  void execute(const char* sql) {
    db.write([&](store::Transaction& tx) { tx.execute(sql); });
  }
  desk::EventLoss lost() {
    desk::EventLoss found;
    db.write([&](store::Transaction& tx) { found = desk::event_doors(tx).at(0).lost; });
    return found;
  }
  void pass(int rounds, base::TimeMs each_ms) {
    for (int i = 0; i < rounds; ++i) {
      db.advance_ms(each_ms);
      std::this_thread::sleep_for(std::chrono::milliseconds(1'050));
    }
  }
  std::vector<desk::Event> events() {
    std::vector<desk::Event> found;
    db.write([&](store::Transaction& tx) { found = desk::list_events(tx, {}, {}).value().rows; });
    return found;
  }
  void trust() {
    scanner::SnmpCredential credential;
    credential.name = "watch";
    credential.community = "watch";
    db.write([&](store::Transaction& tx) {
      save_credential(tx, {"watch", "v2c", "", 1}, scans.credential_box().seal(credential));
      const std::vector<std::string> names{"watch"};
      ASSERT_TRUE(set_trap_credentials(tx, names, "root", 1));
    });
  }

  SeededDatabase db;
  const cmdb::ClassCatalog catalog = cmdb::ClassCatalog::load(cmdb::built_in_schemas()).value();
  const access::CertificateAuthority authority =
      access::CertificateAuthority::open(db.folder() + "/ca", base::SystemClock().now()).value();
  const access::ServerIdentity identity = authority.server_identity({}, base::SystemClock().now()).value();
  cmdb::ImpactGraph graph{db.clock()};
  ScanRunner scans{db.database(), catalog, db.clock(),
                   CredentialBox::open(db.folder() + "/scanner.key").value()};
  std::unique_ptr<EventListener> listener;
  cmdb::CiId web01 = db.add_ci("server", "web01");
};

TEST_F(Listening, SyslogBecomesAnIncidentThatItsEndResolves) {
  open();
  send(listener->syslog_port(), down);
  EXPECT_EQ(counted(1).events, 1);
  ASSERT_EQ(events().size(), 1U);
  EXPECT_EQ(events()[0].ci, web01);
  EXPECT_EQ(events()[0].sender, "syslog:127.0.0.1");
  EXPECT_EQ(events()[0].handling, "incident");
  send(listener->syslog_port(), up);
  EXPECT_EQ(counted(2).events, 2);
  EXPECT_EQ(events()[0].state, "ended");
}

TEST_F(Listening, ConnectionsCarryManyMessages) {
  open();
  const int socket = connected();
  const std::string text =
      std::string(down) + "\n" + std::to_string(std::string(up).size()) + " " + up + "<13>rest";
  ASSERT_EQ(write(socket, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  EXPECT_EQ(counted(2).events, 2);
  close(socket);
  EXPECT_EQ(counted(3).passed, 1) << "what was not ended when it hung up";
  ASSERT_EQ(events().size(), 1U);
  EXPECT_EQ(events()[0].state, "ended");
}

TEST_F(Listening, BrokenConnectionIsHungUp) {
  open();
  const int socket = connected();
  ASSERT_EQ(write(socket, "0 <1>a", 6), 6);
  EXPECT_EQ(counted(1).refused, 1);
  EXPECT_TRUE(is_hung_up(socket));
  close(socket);
}

std::string counted_by_octets(const std::string& message) {
  return std::to_string(message.size()) + " " + message;
}

TEST_F(Listening, SyslogOverTlsIsTakenOnTheSamePort) {
  open();
  http::ClientSettings settings;
  settings.authority_pem = authority.certificate_pem();
  http::TlsClient client(listener->syslog_port(), settings);
  ASSERT_TRUE(client.connected()) << client.failure();
  const auto text = counted_by_octets(down) + counted_by_octets(up);
  ASSERT_TRUE(client.send(text.substr(0, 40)));
  ASSERT_TRUE(client.send(text.substr(40)));
  EXPECT_EQ(counted(2).events, 2);
  ASSERT_EQ(events().size(), 1U);
  EXPECT_EQ(events()[0].sender, "syslog:127.0.0.1");
  EXPECT_EQ(events()[0].state, "ended");
  db.write([&](store::Transaction& tx) { EXPECT_EQ(desk::event_doors(tx).at(0).syslog_tls, "127.0.0.1:0"); });
}

TEST_F(Listening, TlsCarriesMoreThanOneRecordAtATime) {
  open();
  http::ClientSettings settings;
  settings.authority_pem = authority.certificate_pem();
  settings.most_version = TLS1_2_VERSION;
  http::TlsClient client(listener->syslog_port(), settings);
  std::string text;
  constexpr int messages = 1'000;
  for (int i = 0; i < messages; ++i)
    text += counted_by_octets("<13>Oct 11 22:14:15 web01 app: " + std::string(200, 'x'));
  ASSERT_TRUE(client.send(text));
  EXPECT_EQ(counted(messages).passed, messages);
}

TEST_F(Listening, WhatIsNoTlsAfterAllIsRefusedAndHungUp) {
  open();
  const int socket = connected();
  ASSERT_EQ(write(socket, "\x16hello, I am no record", 23), 23);
  const auto source = counted(1);
  EXPECT_EQ(source.refused, 1);
  EXPECT_EQ(source.reason.substr(0, 12), "expected TLS") << source.reason;
  close(socket);
}

TEST_F(Listening, WhoDoesNotBelieveOurCertificateIsTold) {
  open();
  http::ClientSettings settings;
  const auto other = access::CertificateAuthority::open(db.folder() + "/other", base::SystemClock().now());
  settings.authority_pem = other->certificate_pem();
  http::TlsClient client(listener->syslog_port(), settings);
  EXPECT_FALSE(client.connected());
  const auto source = counted(1);
  EXPECT_EQ(source.refused, 1);
  EXPECT_NE(source.reason.find("unknown ca"), std::string::npos) << source.reason;
}

TEST_F(Listening, AHandshakeThatDoesNotEndIsHungUp) {
  open();
  const int socket = connected();
  ASSERT_EQ(write(socket, "\x16\x03\x01\x02\x00\x01", 6), 6);
  pass(1, 0);  // it has been accepted
  pass(1, listen::StreamDoor::longest_handshake_ms + 1);
  send(listener->syslog_port(), down);  // so that it looks
  EXPECT_TRUE(is_hung_up(socket));
  close(socket);
}

TEST_F(Listening, AConnectionFromANetworkThatIsNotLetInIsHungUp) {
  open({"192.0.2.0/24"});
  const int socket = connected();
  EXPECT_TRUE(is_hung_up(socket));
  EXPECT_EQ(counted(1).reason, "from a network that is not let in");
  close(socket);
}

TEST_F(Listening, RubbishIsCountedAndTold) {
  open();
  send(listener->syslog_port(), "hello");
  const auto source = counted(1);
  EXPECT_EQ(source.refused, 1);
  EXPECT_EQ(source.reason.substr(0, 9), "malformed");
  EXPECT_TRUE(events().empty());
}

TEST_F(Listening, NetworkThatIsNotLetInIsRefused) {
  open({"192.0.2.0/24"});
  send(listener->syslog_port(), down);
  EXPECT_EQ(counted(1).reason, "from a network that is not let in");
  EXPECT_TRUE(events().empty());
}

TEST_F(Listening, TrapThatNobodyVouchesForIsRefused) {
  open();
  send(listener->trap_port(), cold_start());
  EXPECT_EQ(counted(1).reason.substr(0, 17), "unknown_community");
  EXPECT_TRUE(events().empty());
}

TEST_F(Listening, TrapIsTakenOnceItsCommunityIsTrusted) {
  open();
  trust();
  send(listener->trap_port(), cold_start());
  EXPECT_EQ(counted(1).events, 1);
  ASSERT_EQ(events().size(), 1U);
  EXPECT_EQ(events()[0].condition, "ColdStart");
  EXPECT_EQ(events()[0].handling, "noted");
}

TEST_F(Listening, FloodIsCountedAndBounded) {
  open();
  constexpr int flood = 5'000;
  for (int i = 0; i < flood; ++i) {
    send(listener->syslog_port(), down);
    if (i % 100 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));  // for the kernel's queue
  }
  const auto source = counted(4'000);
  EXPECT_GT(source.over_limit, 0);
  EXPECT_EQ(events().size(), 1U);
  EXPECT_LE(events()[0].times, 3'000);
}

TEST_F(Listening, WhatCannotBeWrittenIsTriedAgain) {
  open();
  take_database_away();
  send(listener->syslog_port(), down);
  pass(2, 1'000);
  bring_database_back();
  EXPECT_EQ(counted(1).events, 1);
  EXPECT_EQ(events().size(), 1U);
  EXPECT_EQ(lost().messages, 0);
}

TEST_F(Listening, WhatCanNeverBeWrittenIsCountedAndTheNextIsTaken) {
  open();
  take_database_away();
  send(listener->syslog_port(), down);
  pass(EventKeeper::most_tries, 30'000);
  bring_database_back();
  send(listener->syslog_port(), "<13>Oct 11 22:14:15 web01 app: nothing of note");
  EXPECT_EQ(counted(1).passed, 1);
  EXPECT_TRUE(events().empty());
  EXPECT_EQ(lost().messages, 1);
  EXPECT_NE(lost().why.find("event"), std::string::npos) << lost().why;
  EXPECT_GT(lost().at, 0);
}

TEST_F(Listening, PortInUseIsRefused) {
  open();
  const auto taken = "127.0.0.1:" + std::to_string(listener->trap_port());
  const auto second = EventListener::open({taken, "", {}}, db.database(), scans, graph, catalog);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::Errc::conflict);
}

TEST_F(Listening, NoNetworkIsRefused) {
  const auto wrong = EventListener::open({"", "", {"somewhere"}}, db.database(), scans, graph, catalog);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().where, "events.from");
}

TEST_F(Listening, UnknownCredentialIsNotTrusted) {
  db.write([&](store::Transaction& tx) {
    const std::vector<std::string> names{"nobody"};
    const auto done = set_trap_credentials(tx, names, "root", 1);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().where, "/credentials");
  });
}

}  // namespace
}  // namespace censo::collector::jobs
