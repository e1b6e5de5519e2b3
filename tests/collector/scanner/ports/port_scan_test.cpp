#include "collector/scanner/ports/port_scan.h"

#include "../built_in_devices.h"
#include "../snmp_daemon.h"
#include "collector/scanner/ports/tcp_talk.h"
#include "tcp_speaker.h"

#include <gtest/gtest.h>

#include <future>

namespace censo::scanner {
namespace {

using namespace std::chrono_literals;

const Address loopback = *parse_address("127.0.0.1");

bool has_line(std::string_view text) {
  return text.find('\n') != text.npos;
}

TEST(Talk, ReadsWhatTheOtherSideSaysFirst) {
  const TcpSpeaker speaker({.first = "SSH-2.0-x\r\n", .answer = {}});
  const auto said = talk(loopback, speaker.port(), {false, {}, has_line}, {}, {});
  EXPECT_EQ(said.outcome, Talk::Outcome::open);
  EXPECT_EQ(said.received, "SSH-2.0-x\r\n");
}

TEST(Talk, SaysNothingToWhomItOnlyWantsToKnowThatHeIsThere) {
  const TcpSpeaker printer({.first = {}, .answer = {}});
  EXPECT_EQ(talk(loopback, printer.port(), {}, {}, {}).outcome, Talk::Outcome::open);
  EXPECT_EQ(printer.received(), 0u);
}

TEST(Talk, NobodyListeningIsRefused) {
  EXPECT_EQ(talk(loopback, free_port(), {}, {}, {}).outcome, Talk::Outcome::refused);
}

TEST(Talk, TakesNoMoreThanItsLimit) {
  const TcpSpeaker loud({.first = std::string(100'000, 'x'), .answer = {}});
  const auto said = talk(loopback, loud.port(), {false, {}, has_line}, {.max_bytes = 5000}, {});
  EXPECT_EQ(said.received.size(), 5000u);
}

TEST(Talk, WaitsNoLongerThanItsLimit) {
  const TcpSpeaker silent({.first = {}, .answer = {}, .stays = true});
  const auto start = std::chrono::steady_clock::now();
  const auto said = talk(loopback, silent.port(), {false, {}, has_line}, {.answer = 200ms}, {});
  EXPECT_EQ(said.outcome, Talk::Outcome::open);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST(Talk, AStopEndsItSoon) {
  const TcpSpeaker silent({.first = {}, .answer = {}, .stays = true});
  std::stop_source stop;
  auto talking = std::async(std::launch::async, [&] {
    return talk(loopback, silent.port(), {false, {}, has_line}, {.answer = 60s}, stop.get_token());
  });
  stop.request_stop();
  EXPECT_EQ(talking.wait_for(5s), std::future_status::ready);
}

TEST(Talk, ShowsTheCertificateOfTls) {
  const TcpSpeaker speaker({.first = {}, .answer = "HTTP/1.0 200 OK\r\n\r\nhello\n", .tls = true});
  const auto said = talk(loopback, speaker.port(), {true, "GET / HTTP/1.0\r\n\r\n", nullptr}, {}, {});
  EXPECT_FALSE(said.certificate.empty()) << said.detail;
  const auto page =
      talk(loopback, speaker.port(),
           {true, "GET / HTTP/1.0\r\n\r\n", [](std::string_view text) { return text.ends_with("hello\n"); }},
           {}, {});
  EXPECT_TRUE(page.received.ends_with("hello\n")) << page.received;
}

TEST(Talk, WhoSpeaksNoTlsIsOpenAllTheSame) {
  const TcpSpeaker plain({.first = "220 no TLS here\r\n", .answer = {}});
  const auto said = talk(loopback, plain.port(), {true, {}, nullptr}, {.answer = 1s}, {});
  EXPECT_EQ(said.outcome, Talk::Outcome::open);
  EXPECT_TRUE(said.detail.starts_with("TLS: ")) << said.detail;
}

class Ports : public testing::Test {
 protected:
  // A rule's name of a speaker's port.
  static std::string port(std::uint16_t number, std::string_view ask) {
    return "  - {port: " + std::to_string(number) + ", ask: " + std::string(ask) + "}\n";
  }
  DeviceResult looked_at(const std::string& ports, const PortSettings& settings = {}) {
    auto rules =
        PortRules::parse("ports.yaml", "ports:\n" + ports +
                                           "rules:\n"
                                           "  - {subject: 'O=Example', class: firewall}\n"
                                           "  - {title: '^Printer (?P<model>\\w+)', class: printer}\n"
                                           "  - {ssh: OpenSSH, class: server, os_name: Debian}\n");
    EXPECT_TRUE(rules) << to_string(rules.error());
    PortScan scan(std::move(*rules), settings);
    DeviceResult result;
    result.target.address = "127.0.0.1";
    scan.look_at({clock, built_in_devices(), stop.get_token(), "job-1/ports"}, result);
    return result;
  }

  const base::ManualClock clock{1'790'000'000'000};
  std::stop_source stop;
};

TEST_F(Ports, OfAServerTellThatItIsOne) {
  const TcpSpeaker ssh({.first = "SSH-2.0-OpenSSH_9.2\r\n", .answer = {}});
  const auto closed = free_port();
  const auto result = looked_at(port(closed, "open") + port(ssh.port(), "ssh"));
  EXPECT_EQ(result.verdict, Verdict::no_snmp);
  EXPECT_EQ(result.detail, "open: " + std::to_string(ssh.port()));
  ASSERT_TRUE(result.guess);
  EXPECT_EQ(result.guess->subject_class, "server");
  EXPECT_EQ(result.guess->origin.id, "job-1/ports");
  EXPECT_EQ(inventory::subject_text(*result.guess, "os_name"), "Debian");
  EXPECT_FALSE(result.report);
  ASSERT_EQ(result.attempts.size(), 2u);
  EXPECT_EQ(result.attempts[0].what, "tcp " + std::to_string(ssh.port()));
  EXPECT_EQ(result.attempts[0].detail, "open, ssh \"SSH-2.0-OpenSSH_9.2\"");
  EXPECT_EQ(result.attempts[1].detail, "refused: " + std::to_string(closed));
}

TEST_F(Ports, OfAPrinterTellItsModel) {
  const TcpSpeaker web(
      {.first = {}, .answer = "HTTP/1.0 200 OK\r\nServer: x\r\n\r\n<title>Printer P7</title>"});
  const auto result = looked_at(port(web.port(), "http"));
  ASSERT_TRUE(result.guess);
  EXPECT_EQ(result.guess->subject_class, "printer");
  EXPECT_EQ(inventory::subject_text(*result.guess, "model"), "P7");
}

TEST_F(Ports, TellWhatACertificateSays) {
  const TcpSpeaker web({.first = {}, .answer = "HTTP/1.0 200 OK\r\n\r\n<title>Log in</title>", .tls = true});
  const auto result = looked_at(port(web.port(), "https"));
  ASSERT_TRUE(result.guess);
  EXPECT_EQ(result.guess->subject_class, "firewall");
  EXPECT_NE(result.attempts.at(0).detail.find("subject \"CN=speaker.example,O=Example\""), std::string::npos)
      << result.attempts.at(0).detail;
}

TEST_F(Ports, ThatNobodyKnowsMakeNoItem) {
  const TcpSpeaker unknown({.first = "hello there\r\n", .answer = {}});
  const auto result = looked_at(port(unknown.port(), "greeting"));
  EXPECT_EQ(result.verdict, Verdict::no_snmp);
  EXPECT_FALSE(result.guess);
  EXPECT_EQ(result.attempts.at(0).detail, "open, greeting \"hello there\"");
}

TEST_F(Ports, ThatAreAllClosedLeaveTheVerdict) {
  const auto result = looked_at(port(free_port(), "open"));
  EXPECT_EQ(result.verdict, Verdict::no_answer);
  EXPECT_EQ(result.detail, "");
}

TEST_F(Ports, AreTriedNoFasterThanAllowed) {
  const auto start = std::chrono::steady_clock::now();
  looked_at(port(free_port(), "open") + port(free_port(), "open") + port(free_port(), "open"), {.rate = 10});
  EXPECT_GE(std::chrono::steady_clock::now() - start, 200ms);
}

TEST_F(Ports, AreNotTriedAfterAStop) {
  const TcpSpeaker ssh({.first = "SSH-2.0-OpenSSH_9.2\r\n", .answer = {}});
  stop.request_stop();
  looked_at(port(ssh.port(), "ssh"));
  EXPECT_EQ(ssh.connections(), 0);
}

}  // namespace
}  // namespace censo::scanner
