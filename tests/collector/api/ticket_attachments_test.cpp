#include "tests/collector/api/called_routes.h"
#include "tests/collector/http/running_server.h"

namespace censo::collector {
namespace api {
Routes ticket_attachments(const Services& services);
Routes tickets(const Services& services);
}  // namespace api
namespace {

using base::Errc;

Routes both(const Services& services) {
  auto routes = api::tickets(services);
  for (auto& route : api::ticket_attachments(services)) routes.push_back(std::move(route));
  return routes;
}

class AttachmentsApi : public testing::Test {
 protected:
  AttachmentsApi() {
    EXPECT_TRUE(
        routes.send("POST", "/api/v1/tickets", {}, R"({"title": "Web is slow", "requester": "luis"})"));
  }
  base::Result<Response> attach(std::string name, std::string content, std::string kind = "public") {
    return routes.send("POST", "/api/v1/tickets/{number}/attachments", {{"number", "INC-1"}},
                       std::move(content), {{"name", std::move(name)}, {"kind", std::move(kind)}});
  }
  base::Result<Response> download(const std::string& id) {
    return routes.get("/api/v1/tickets/{number}/attachments/{id}", {{"number", "INC-1"}, {"id", id}});
  }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return {};
  }

  CalledRoutes routes{both};
};

TEST_F(AttachmentsApi, IsListedAndDownloaded) {
  const auto attached = attach("a.log", "since noon\n");
  ASSERT_TRUE(attached) << to_string(attached.error());
  EXPECT_EQ(attached->status, 201);
  const auto id = std::string(body_of(attached).at("id").as_string());
  EXPECT_EQ(texts_of(routes.get("/api/v1/tickets/{number}/attachments", {{"number", "INC-1"}}), "name"),
            (std::vector<std::string>{"a.log"}));
  EXPECT_EQ(download(id)->body, "since noon\n");
}

TEST_F(AttachmentsApi, IsNeverShownInPlace) {
  const auto id = std::string(body_of(attach("señal \"1\".log", "since noon\n")).at("id").as_string());
  const auto file = download(id).value();
  EXPECT_EQ(file.content_type, "text/plain");
  EXPECT_EQ(header(file, "Content-Disposition"),
            "attachment; filename=\"se__al _1_.log\"; filename*=UTF-8''se%C3%B1al%20_1_.log");
  EXPECT_EQ(header(file, "Content-Security-Policy"), "sandbox; default-src 'none'; frame-ancestors 'none'");
}

TEST_F(AttachmentsApi, ViewerWhoIsNotTheRequesterAttachesNothing) {
  routes.role = Role::viewer;
  EXPECT_EQ(attach("a.log", "x\n").error().code, base::Errc::not_found);
}

TEST_F(AttachmentsApi, UnknownOneIsNotFound) {
  EXPECT_EQ(download("0000000000001").error().code, Errc::not_found);
  EXPECT_EQ(download("nonsense").error().code, Errc::not_found);
}

TEST_F(AttachmentsApi, IsTakenAway) {
  const auto id = std::string(body_of(attach("a.log", "x\n")).at("id").as_string());
  EXPECT_EQ(
      routes
          .send("DELETE", "/api/v1/tickets/{number}/attachments/{id}", {{"number", "INC-1"}, {"id", id}}, "")
          ->status,
      204);
  EXPECT_EQ(download(id).error().code, Errc::not_found);
}

// Over the wire: bodies larger than others.
class LargeBodies : public testing::Test {
 protected:
  LargeBodies() {
    EXPECT_EQ(server.ask({"POST", "/api/v1/tickets", token, R"({"title": "Web is slow"})"}).status, 201);
  }
  http::HttpAnswer attach(const std::string& bearer, std::size_t bytes) {
    return server.ask(
        {"POST", "/api/v1/tickets/INC-1/attachments?name=a.log", bearer, std::string(bytes, 'a')});
  }
  // The header alone.
  http::HttpAnswer announce(const std::string& target, std::size_t bytes) {
    http::TlsClient client(server.api_port(), server.api_client());
    client.send("POST " + target + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token +
                "\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n");
    return client.read_answer().value_or(http::HttpAnswer{});
  }
  static std::string reason(const http::HttpAnswer& answer) {
    return std::string(boost::json::parse(answer.body).at("reason").as_string());
  }

  http::RunningServer server;
  const std::string token = server.token(Role::technician);
};

TEST_F(LargeBodies, AreTakenWhereTheRouteSaysSo) {
  EXPECT_EQ(attach(token, 1024 * 1024).status, 201);
}

TEST_F(LargeBodies, AreRefusedElsewhere) {
  const auto answer = announce("/api/v1/tickets", 1024 * 1024);
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(reason(answer), "BODY_TOO_LARGE");
}

TEST_F(LargeBodies, BeyondTheRoutesLimitAreRefused) {
  EXPECT_EQ(announce("/api/v1/tickets/INC-1/attachments?name=a.log", 10 * 1024 * 1024 + 1).status, 413);
}

TEST_F(LargeBodies, InPiecesAreBoundedByTheRoute) {
  http::TlsClient client(server.api_port(), server.api_client());
  client.send("POST /api/v1/tickets HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token +
              "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n" +
              std::string(0x20000, 'a'));
  EXPECT_EQ(client.read_answer().value_or(http::HttpAnswer{}).status, 413);
}

TEST_F(LargeBodies, AreNotReadFromWhoIsUnknown) {
  http::TlsClient client(server.api_port(), server.api_client());
  client.send("POST /api/v1/tickets/INC-1/attachments?name=a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
              std::string(64, 'x') + "\r\nContent-Length: 10000000\r\n\r\n");
  EXPECT_EQ(client.read_answer().value_or(http::HttpAnswer{}).status, 401);
}

TEST_F(LargeBodies, WaitForTheGoAheadWhereOneIsAskedFor) {
  http::TlsClient client(server.api_port(), server.api_client());
  client.send("POST /api/v1/tickets/INC-1/attachments?name=a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
              token + "\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_answer().value_or(http::HttpAnswer{}).status, 100);
  client.send("hi");
  EXPECT_EQ(client.read_answer().value_or(http::HttpAnswer{}).status, 201);
}

}  // namespace
}  // namespace censo::collector
