// Slow, silent and too many: the edge under shortened limits.
#include "tests/collector/http/running_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace censo::collector::http {
namespace {

using std::chrono::milliseconds;

Limits quick() {
  Limits limits;
  limits.handshake = limits.header = limits.keep_alive = milliseconds(300);
  limits.body_grace = limits.write = limits.closing = limits.job = milliseconds(300);
  limits.drain = milliseconds(2000);
  return limits;
}

RunningServer::Settings with(const Limits& limits) {
  return {limits, 1024, {}};
}

// A route that holds its transaction until it is let go.
struct Gate {
  std::promise<void> entered;
  std::promise<void> open;
  Route route() {
    const auto opened = open.get_future().share();
    const auto arrive = std::make_shared<std::atomic<bool>>(false);
    return {"GET",
            "/gate",
            Role::none,
            Access::read,
            "waits",
            {},
            [this, opened, arrive](store::Transaction&, const Request&) -> base::Result<Response> {
              if (!arrive->exchange(true)) entered.set_value();
              opened.wait();
              return Response::ok("{}");
            }};
  }
};

bool is_closed(int file) {
  char byte = 0;
  const auto size = ::recv(file, &byte, 1, 0);
  return size == 0 || (size < 0 && errno == ECONNRESET);
}

TEST(Slow, AHandshakeThatStopsIsEnded) {
  RunningServer server(with(quick()));
  const int file = connect_tcp(server.api_port());
  ASSERT_EQ(::send(file, "\x16\x03\x01", 3, MSG_NOSIGNAL), 3);
  EXPECT_TRUE(is_closed(file));
  ::close(file);
}

TEST(Slow, AConnectionWithoutARequestIsEnded) {
  RunningServer server(with(quick()));
  TlsClient client(server.api_port(), server.api_client());
  EXPECT_TRUE(client.is_closed());
}

TEST(Slow, AHeaderThatStopsIsEnded) {
  RunningServer server(with(quick()));
  TlsClient client(server.api_port(), server.api_client());
  client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nX-");
  EXPECT_TRUE(client.is_closed());
}

TEST(Slow, AHeaderByteByByteIsEndedThoughItNeverStops) {
  RunningServer server(with(quick()));
  TlsClient client(server.api_port(), server.api_client());
  client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nX: ");
  std::jthread writer([&](const std::stop_token& stop) {
    while (!stop.stop_requested() && client.send("x")) std::this_thread::yield();
  });
  writer.join();  // ends only when the server no longer takes its bytes
  EXPECT_TRUE(client.is_closed());
}

TEST(Slow, ABodyThatStopsIsEnded) {
  RunningServer server(with(quick()));
  TlsClient client(server.api_port(), server.api_client());
  client.send("POST /api/v1/enrol HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{\"token\"");
  EXPECT_TRUE(client.is_closed());
}

TEST(Slow, AnIdleKeptAliveConnectionIsEnded) {
  RunningServer server(with(quick()));
  TlsClient client(server.api_port(), server.api_client());
  client.send(to_text({"GET", "/healthz"}));
  EXPECT_EQ(client.read_answer().value_or(HttpAnswer{}).status, 200);
  EXPECT_TRUE(client.is_closed());
}

TEST(Admission, ASourceHoldsOnlySoManyUnprovenConnections) {
  Limits limits;
  limits.unproven_per_source = 2;
  RunningServer server(with(limits));
  TlsClient first(server.api_port(), server.api_client()), second(server.api_port(), server.api_client());
  TlsClient third(server.api_port(), server.api_client());
  EXPECT_TRUE(first.connected());
  EXPECT_TRUE(second.connected());
  EXPECT_FALSE(third.connected());
}

TEST(Admission, AProvenConnectionLeavesItsPlaceToOthers) {
  Limits limits;
  limits.unproven_per_source = 1;
  RunningServer server(with(limits));
  TlsClient first(server.api_port(), server.api_client());
  first.send(to_text({"GET", "/api/v1/whoami", server.token(Role::viewer)}));
  ASSERT_EQ(first.read_answer().value_or(HttpAnswer{}).status, 200);
  TlsClient second(server.api_port(), server.api_client());
  EXPECT_TRUE(second.connected());
}

TEST(Admission, MoreThanFitWaitAndAreServed) {
  Limits limits;
  limits.connections = 2;
  limits.unproven_per_source = 100;
  RunningServer server(with(limits));
  std::atomic<int> served = 0;
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 24; ++i) {
      clients.emplace_back([&] { served += server.ask({"GET", "/healthz"}).status == 200 ? 1 : 0; });
    }
  }
  EXPECT_EQ(served, 24);
}

TEST(Admission, SilentConnectionsOfOneSourceDoNotStopAnAgent) {
  Limits limits;
  limits.unproven_per_source = 4;
  limits.handshakes = 4;
  limits.handshake = milliseconds(500);
  RunningServer server(with(limits));
  std::vector<int> silent;
  for (int i = 0; i < 30; ++i) {
    silent.push_back(connect_tcp(server.agents_port()));
    ::send(silent.back(), "\x16", 1, MSG_NOSIGNAL);
  }
  const auto agent = server.enrol();
  HttpAnswer answer;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (answer.status == 0 && std::chrono::steady_clock::now() < deadline) {
    answer = server.ask_as(agent, {"POST", "/api/v1/renew", {}, "{}"});
  }
  EXPECT_EQ(answer.status, 422);
  for (const int file : silent) ::close(file);
}

TEST(Queue, AFullWriterQueueIs503WithRetryAfter) {
  std::promise<void> started, open;  // outlive the server, whose writer waits on them
  const auto opened = open.get_future().share();
  Limits limits;
  RunningServer server({limits, 1, {}});
  const auto token = server.token(Role::admin);
  const auto hold = [&started, opened](store::Transaction&) -> store::Outcome {
    started.set_value();
    opened.wait();
    return {};
  };
  ASSERT_TRUE(server.database().submit_write(hold, [](const store::Outcome&) {}));
  started.get_future().wait();
  ASSERT_TRUE(server.database().submit_write([](store::Transaction&) -> store::Outcome { return {}; },
                                             [](const store::Outcome&) {}));
  const auto answer = server.ask({"POST", "/api/v1/api-tokens", token, R"({"name":"a","role":"viewer"})"});
  open.set_value();
  EXPECT_EQ(answer.status, 503);
  EXPECT_GE(std::stoi(answer.fields.at("retry-after")), 1);
}

TEST(Queue, ADatabaseThatDoesNotAnswerIs504) {
  Gate gate;
  auto limits = quick();
  RunningServer server({limits, 1024, {gate.route()}});
  const auto answer = server.ask({"GET", "/gate"});
  gate.open.set_value();
  EXPECT_EQ(answer.status, 504);
}

TEST(Budget, ABodyOverTheMemoryInFlightIs503) {
  Limits limits;
  limits.in_flight_bytes = 100;
  RunningServer server(with(limits));
  EXPECT_EQ(server.ask({"POST", "/api/v1/enrol", {}, std::string(200, ' ')}).status, 503);
}

TEST(Stop, ARequestInFlightIsAnswered) {
  Gate gate;
  Limits limits;
  RunningServer server({limits, 1024, {gate.route()}});
  TlsClient client(server.api_port(), server.api_client());
  client.send(to_text({"GET", "/gate"}));
  gate.entered.get_future().wait();
  std::jthread stopper([&] { server.stop(); });
  gate.open.set_value();
  EXPECT_EQ(client.read_answer().value_or(HttpAnswer{}).status, 200);
  EXPECT_TRUE(client.is_closed());
}

TEST(Stop, IdleConnectionsDoNotHoldItUp) {
  Limits limits;
  limits.drain = std::chrono::minutes(5);
  RunningServer server(with(limits));
  TlsClient client(server.api_port(), server.api_client());
  client.send(to_text({"GET", "/healthz"}));
  ASSERT_EQ(client.read_answer().value_or(HttpAnswer{}).status, 200);
  server.stop();
  EXPECT_TRUE(client.is_closed());
}

TEST(Stop, ARequestThatDoesNotEndIsLeftBehind) {
  Gate gate;
  auto limits = quick();
  limits.drain = milliseconds(200);
  limits.job = std::chrono::minutes(5);
  RunningServer server({limits, 1024, {gate.route()}});
  TlsClient client(server.api_port(), server.api_client());
  client.send(to_text({"GET", "/gate"}));
  gate.entered.get_future().wait();
  server.stop();
  gate.open.set_value();
  SUCCEED();  // stop() has returned though the handler still waited
}

TEST(Stop, NobodyIsAcceptedAfterIt) {
  RunningServer server;
  const auto port = server.api_port();
  server.stop();
  TlsClient client(port, server.api_client());
  EXPECT_FALSE(client.connected());
}

TEST(Ports, OneInUseIsNamed) {
  RunningServer server;
  const auto identity = server.authority().server_identity({}, base::SystemClock().now()).value();
  const auto taken = "127.0.0.1:" + std::to_string(server.api_port());
  const base::SystemClock clock;
  const auto second =
      Server::open({taken, "127.0.0.1:0", 1, {}}, identity, server.authority().certificate_pem(), clock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::Errc::conflict);
  EXPECT_EQ(second.error().where, taken);
}

}  // namespace
}  // namespace censo::collector::http
