#include "collector/scanner/ports/port_scan.h"

#include "../built_in_devices.h"
#include "../snmp_daemon.h"
#include "collector/scanner/ports/tcp_talk.h"
#include "tcp_speaker.h"

#include <gtest/gtest.h>

#include <cerrno>
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

// Nobody connects to many at once, whatever the routes of the machine are.
TEST(Talk, ANetworkWithoutARouteIsTold) {
  const auto said = talk(*parse_address("224.0.0.1"), 80, {}, {}, {});
  EXPECT_EQ(said.outcome, Talk::Outcome::no_route);
  EXPECT_EQ(said.detail, "Network is unreachable");
}

TEST(Talk, WhatAFirewallSaysOfAPortIsNotSaidOfTheHost) {
  EXPECT_EQ(outcome_of(EHOSTUNREACH), Talk::Outcome::unreachable);
  EXPECT_EQ(outcome_of(EACCES), Talk::Outcome::unreachable);
  EXPECT_EQ(outcome_of(ENETUNREACH), Talk::Outcome::no_route);
  EXPECT_EQ(outcome_of(EHOSTDOWN), Talk::Outcome::no_route);
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
  DeviceResult looked_at(const std::string& ports, const PortSettings& settings = {},
                         const std::string& address = "127.0.0.1") {
    auto rules =
        PortRules::parse("ports.yaml", "ports:\n" + ports +
                                           "rules:\n"
                                           "  - {subject: 'O=Example', class: firewall}\n"
                                           "  - {title: '^Printer (?P<model>\\w+)', class: printer}\n"
                                           "  - {ssh: OpenSSH, class: server, os_name: Debian}\n");
    EXPECT_TRUE(rules) << to_string(rules.error());
    PortScan scan(std::move(*rules), settings);
    DeviceResult result;
    result.target.address = address;
    scan.look_at({*clock_of_looks, built_in_devices(), stop.get_token(), "job-1/ports"}, {}, result);
    return result;
  }

  const base::ManualClock clock{1'790'000'000'000};
  const base::SystemClock running;
  const base::Clock* clock_of_looks = &clock;
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

TEST_F(Ports, OfAHostWithoutARouteAreTriedOnce) {
  const auto result = looked_at(port(80, "open") + port(81, "open"), {}, "224.0.0.1");
  ASSERT_EQ(result.attempts.size(), 1u);
  EXPECT_EQ(result.attempts[0].detail, "Network is unreachable");
  EXPECT_EQ(result.attempts[0].verdict, Verdict::no_answer);
  EXPECT_EQ(result.attempts[0].at, clock.now());
}

// An address that is good on its own segment alone, without saying which that is.
TEST_F(Ports, OneThatIsUnreachableDoesNotEndTheHost) {
  const auto result = looked_at(port(80, "open") + port(81, "open"), {}, "fe80::1");
  ASSERT_EQ(result.attempts.size(), 1u);
  EXPECT_EQ(result.attempts[0].detail, "Invalid argument: 80, 81");
  EXPECT_EQ(result.verdict, Verdict::no_answer);
}

TEST_F(Ports, EachAttemptHasItsOwnBeginAndDuration) {
  const TcpSpeaker slow({.first = {}, .answer = {}, .stays = true});
  const TcpSpeaker ssh({.first = "SSH-2.0-OpenSSH_9.2\r\n", .answer = {}});
  clock_of_looks = &running;
  const auto result = looked_at(
      port(slow.port(), "ssh") + port(free_port(), "open") + port(ssh.port(), "ssh"), {.answer = 300ms});
  ASSERT_EQ(result.attempts.size(), 3u);
  const auto &first = result.attempts[0], &second = result.attempts[1], &closed = result.attempts[2];
  EXPECT_GE(first.duration_ms, 300);
  EXPECT_GE(second.at, first.at + 300);
  EXPECT_GE(closed.at, first.at + 300);
  EXPECT_LE(closed.at, second.at);
  EXPECT_LT(closed.duration_ms, 300);
  EXPECT_GE(result.duration_ms, first.duration_ms + second.duration_ms + closed.duration_ms);
}

TEST_F(Ports, AreTriedNoFasterThanAllowed) {
  const auto start = std::chrono::steady_clock::now();
  looked_at(port(free_port(), "open") + port(free_port(), "open") + port(free_port(), "open"), {.rate = 10});
  EXPECT_GE(std::chrono::steady_clock::now() - start, 200ms);
}

TEST_F(Ports, AStopEndsTheWaitForATurn) {
  auto looking = std::async(std::launch::async, [&] {
    const auto closed = port(free_port(), "open");
    return looked_at(closed + closed + closed, {.rate = 1});
  });
  stop.request_stop();
  EXPECT_EQ(looking.wait_for(1900ms), std::future_status::ready);
}

TEST_F(Ports, AreNotTriedAfterAStop) {
  const TcpSpeaker ssh({.first = "SSH-2.0-OpenSSH_9.2\r\n", .answer = {}});
  stop.request_stop();
  looked_at(port(ssh.port(), "ssh"));
  EXPECT_EQ(ssh.connections(), 0);
}

}  // namespace
}  // namespace censo::scanner
