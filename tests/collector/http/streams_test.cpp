// Answers that go on.
#include "collector/jobs/scan_store.h"
#include "tests/collector/http/running_server.h"

#include <gtest/gtest.h>

namespace censo::collector::http {
namespace {

using Answer = base::Result<Response>;

constexpr int silent_looks = 50;

// "1", "2", ... until `last`; 0: never ends.
Answer counted(int number, int last) {
  auto response = Response::ok(std::to_string(number) + "\n");
  response.content_type = "text/event-stream";
  if (number != last)
    response.more = [number, last](store::Transaction&, const Request&) { return counted(number + 1, last); };
  return response;
}

// Says something, is silent for so many looks, and ends.
Answer silent(int looks) {
  auto response = Response::ok(looks == silent_looks ? "begin\n" : "");
  response.content_type = "text/event-stream";
  if (looks > 0) response.more = [looks](store::Transaction&, const Request&) { return silent(looks - 1); };
  return response;
}

Route counting(std::string_view pattern, int last) {
  return {
      "GET", pattern, Role::viewer, Access::read, "Counts", {}, [last](store::Transaction&, const Request&) {
        return counted(1, last);
      }};
}

class Streams : public testing::Test {
 protected:
  static RunningServer::Settings settings() {
    RunningServer::Settings settings;
    settings.limits.stream_pause = std::chrono::milliseconds(20);
    settings.limits.streams = 1;
    settings.more_routes = {counting("/api/v1/count", 3), counting("/api/v1/count-on", 0)};
    return settings;
  }
  // All that comes on a connection of its own.
  std::string all_of(const HttpRequest& request) {
    TlsClient client(server.api_port(), server.api_client());
    client.send(to_text(request));
    return client.read_to_end();
  }

  RunningServer server{settings()};
};

TEST_F(Streams, ComesInChunksUntilItsEnd) {
  const auto text = all_of({"GET", "/api/v1/count", server.token(Role::viewer)});
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
  EXPECT_NE(text.find("Content-Type: text/event-stream\r\n"), std::string::npos);
  EXPECT_NE(text.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\n2\r\n1\n\r\n2\r\n2\n\r\n2\r\n3\n\r\n0\r\n\r\n")) << text;
}

TEST(SilentStream, EndsAsItShouldAfterAPauseLongerThanAWriteMayTake) {
  RunningServer::Settings settings;
  settings.limits.stream_pause = std::chrono::milliseconds(20);
  settings.limits.write = std::chrono::milliseconds(500);
  settings.more_routes = {{"GET",
                           "/api/v1/silent",
                           Role::viewer,
                           Access::read,
                           "Says little",
                           {},
                           [](store::Transaction&, const Request&) { return silent(silent_looks); }}};
  RunningServer server(settings);
  TlsClient client(server.api_port(), server.api_client());
  client.send(to_text({"GET", "/api/v1/silent", server.token(Role::viewer)}));
  const auto text = client.read_to_end();
  EXPECT_TRUE(text.ends_with("\r\n\r\n6\r\nbegin\n\r\n0\r\n\r\n")) << text;
}

TEST_F(Streams, NeedsATokenAsAnyRoute) {
  EXPECT_TRUE(all_of({"GET", "/api/v1/count"}).starts_with("HTTP/1.1 401 "));
}

TEST_F(Streams, OneMoreThanAllowedIsRefused) {
  const auto token = server.token(Role::viewer);
  TlsClient first(server.api_port(), server.api_client());
  first.send(to_text({"GET", "/api/v1/count-on", token}));
  ASSERT_TRUE(first.read_answer());
  const auto refused = server.ask({"GET", "/api/v1/count-on", token});
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.body.find("STREAMS_FULL"), std::string::npos);
}

TEST_F(Streams, ATokenThatWasRevokedEndsIt) {
  const auto token = server.token(Role::viewer);
  TlsClient client(server.api_port(), server.api_client());
  client.send(to_text({"GET", "/api/v1/count-on", token}));
  ASSERT_TRUE(client.read_answer());
  server.write([](store::Transaction& tx) { tx.execute("delete from api_token"); });
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Streams, AStopOfTheServerEndsIt) {
  TlsClient client(server.api_port(), server.api_client());
  client.send(to_text({"GET", "/api/v1/count-on", server.token(Role::viewer)}));
  ASSERT_TRUE(client.read_answer());
  server.stop();
  EXPECT_TRUE(client.is_closed());
}

class RunEvents : public Streams {
 protected:
  void SetUp() override {
    server.write([&](store::Transaction& tx) {
      jobs::save_credential(tx, {"public", "v2c", "", 1}, {1});
      jobs::StoredJob job;
      job.name = "office";
      job.ranges = {"10.0.0.0/30"};
      job.credentials = {"public"};
      // Of a collector that is not here: nobody runs it.
      run = *jobs::queue_run(tx, *jobs::add_job(tx, job, clock), clock, "elsewhere");
      jobs::save_device(tx, run.id, {{"10.0.0.2", 161}, "ok", "", "public", {}, "", "", "", 3, 1});
    });
  }
  void end_run() {
    server.write([&](store::Transaction& tx) {
      jobs::save_device(tx, run.id, {{"10.0.0.1", 161}, "ok", "", "public", {}, "", "", "", 3, 2});
      run.state = "done";
      run.ended_at = clock.now();
      jobs::save_run(tx, run);
    });
  }
  HttpRequest events() {
    return {"GET", "/api/v1/scan-runs/" + to_text(run.id) + "/events", server.token(Role::viewer)};
  }

  base::SystemClock clock;
  jobs::StoredRun run;
};

TEST_F(RunEvents, TellDevicesAndCountsAndTheEnd) {
  TlsClient client(server.api_port(), server.api_client());
  client.send(to_text(events()));
  ASSERT_TRUE(client.read_answer());
  end_run();
  const auto text = client.read_to_end();
  const auto first = text.find("event: device\nid: 1\ndata: {\"address\":\"10.0.0.2\"");
  const auto progress = text.find("event: progress\nid: 1\n");
  const auto second = text.find("event: device\nid: 2\ndata: {\"address\":\"10.0.0.1\"");
  const auto end = text.find("event: end\nid: 2\n");
  EXPECT_LT(first, progress) << text;
  EXPECT_LT(progress, second) << text;
  EXPECT_LT(second, end) << text;
  EXPECT_NE(end, std::string::npos) << text;
}

TEST_F(RunEvents, GoOnAfterTheLastThatWasSeen) {
  end_run();
  auto again = events();
  again.fields["Last-Event-ID"] = "1";
  const auto text = all_of(again);
  EXPECT_EQ(text.find("10.0.0.2"), std::string::npos) << text;
  EXPECT_NE(text.find("10.0.0.1"), std::string::npos) << text;
}

TEST_F(RunEvents, AnIdThatIsNoneIsRefused) {
  auto wrong = events();
  wrong.target += "?after=x";
  const auto answer = server.ask(wrong);
  EXPECT_EQ(answer.status, 422);
  EXPECT_NE(answer.body.find("expected the id of an event of this stream"), std::string::npos);
}

}  // namespace
}  // namespace censo::collector::http
