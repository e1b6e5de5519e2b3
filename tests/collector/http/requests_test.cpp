// What the edge refuses, as a client sees it.
#include "tests/collector/http/running_server.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace censo::collector::http {
namespace {

class Requests : public testing::Test {
 protected:
  // Raw bytes on a connection of their own.
  HttpAnswer raw(const std::string& bytes) {
    TlsClient client(server.api_port(), server.api_client());
    client.send(bytes);
    return client.read_answer().value_or(HttpAnswer{});
  }
  static std::string reason(const HttpAnswer& answer) {
    return std::string(boost::json::parse(answer.body).at("reason").as_string());
  }

  RunningServer server;
};

TEST_F(Requests, HealthNeedsNoToken) {
  const auto answer = server.ask({"GET", "/healthz"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
}

TEST_F(Requests, EveryAnswerCarriesAnIdOfItsOwn) {
  const auto first = server.ask({"GET", "/healthz"}), second = server.ask({"GET", "/healthz"});
  EXPECT_EQ(first.fields.at("x-request-id").size(), 13u);
  EXPECT_NE(first.fields.at("x-request-id"), second.fields.at("x-request-id"));
}

TEST_F(Requests, AProblemNamesTheIdOfTheAnswer) {
  const auto answer = server.ask({"GET", "/nowhere"});
  EXPECT_EQ(answer.fields.at("content-type"), "application/problem+json");
  EXPECT_EQ(boost::json::parse(answer.body).at("request_id").as_string(), answer.fields.at("x-request-id"));
}

TEST_F(Requests, TwoRequestsShareAConnection) {
  TlsClient client(server.api_port(), server.api_client());
  client.send(to_text({"GET", "/healthz"}) + to_text({"GET", "/nowhere"}));
  EXPECT_EQ(client.read_answer().value_or(HttpAnswer{}).status, 200);
  EXPECT_EQ(client.read_answer().value_or(HttpAnswer{}).status, 404);
}

TEST_F(Requests, AnUnknownAddressIsNotFound) {
  EXPECT_EQ(server.ask({"GET", "/api/v1/nothing"}).status, 404);
}

TEST_F(Requests, AWrongMethodIsToldTheRightOnes) {
  const auto answer = server.ask({"DELETE", "/healthz"});
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.fields.at("allow"), "GET");
}

TEST_F(Requests, AnUnknownQueryParameterIsRefused) {
  const auto answer = server.ask({"GET", "/healthz?verbose=1"});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(boost::json::parse(answer.body).at("where").as_string(), "verbose");
}

TEST_F(Requests, AMissingTokenIsChallenged) {
  const auto answer = server.ask({"GET", "/api/v1/status"});
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.fields.at("www-authenticate"), "Bearer");
}

TEST_F(Requests, AnAlteredTokenIsUnknown) {
  auto token = server.token(Role::admin);
  token[token.size() - 5] = token[token.size() - 5] == 'A' ? 'B' : 'A';
  const auto answer = server.ask({"GET", "/api/v1/status", token});
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.body.find(token), std::string::npos);
}

TEST_F(Requests, AnExpiredTokenIsToldWhen) {
  const auto token = server.token(Role::admin);
  server.write([](store::Transaction& tx) { tx.execute("update api_token set expires_at = 1"); });
  const auto answer = server.ask({"GET", "/api/v1/status", token});
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(reason(answer), "TOKEN_EXPIRED");
}

TEST_F(Requests, ABodyThatIsNoJsonIs400) {
  EXPECT_EQ(server.ask({"POST", "/api/v1/api-tokens", server.token(Role::admin), "{nonsense"}).status, 400);
}

TEST_F(Requests, AnUnknownFieldIs422) {
  const auto answer =
      server.ask({"POST", "/api/v1/api-tokens", server.token(Role::admin), R"({"colour":1})"});
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(reason(answer), "UNKNOWN_FIELD");
}

TEST_F(Requests, BytesThatAreNoHttpAreRefused) {
  EXPECT_EQ(reason(raw("\x16\x03\x01 hello\r\n\r\n")), "HTTP_SYNTAX");
}

TEST_F(Requests, AChunkHeaderOrTrailerWithoutEndIsRefused) {
  const std::string head =
      "POST /api/v1/api-tokens HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(raw(head + "1;" + std::string(70'000, 'x')).status, 400);
  EXPECT_EQ(raw(head + "0\r\nX: " + std::string(70'000, 'a')).status, 400);
}

TEST_F(Requests, ABareLineFeedIsRefused) {
  EXPECT_EQ(raw("GET /healthz HTTP/1.1\nHost: a\n\n").status, 400);
}

TEST_F(Requests, ARequestWithoutHostIsRefused) {
  EXPECT_EQ(raw("GET /healthz HTTP/1.1\r\n\r\n").status, 400);
}

TEST_F(Requests, TwoHostsAreRefused) {
  EXPECT_EQ(raw("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").status, 400);
}

TEST_F(Requests, LengthAndChunksTogetherAreRefused) {
  const auto answer =
      raw("POST /api/v1/enrol HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: "
          "chunked\r\n\r\n0\r\n\r\n");
  EXPECT_EQ(answer.status, 400);
}

TEST_F(Requests, ChunksAndLengthTogetherAreRefused) {
  const auto answer =
      raw("POST /api/v1/enrol HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: "
          "5\r\n\r\n0\r\n\r\n");
  EXPECT_EQ(answer.status, 400);
}

TEST_F(Requests, TwoLengthsAreRefused) {
  EXPECT_EQ(raw("POST /api/v1/enrol HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}")
                .status,
            400);
}

TEST_F(Requests, AnotherTransferEncodingIsRefused) {
  const auto answer =
      raw("POST /api/v1/enrol HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
  EXPECT_EQ(reason(answer), "AMBIGUOUS_LENGTH");
}

TEST_F(Requests, ABadLengthIsRefused) {
  EXPECT_EQ(raw("POST /api/v1/enrol HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n{}").status, 400);
}

TEST_F(Requests, ARefusedFramingEndsTheConnection) {
  TlsClient client(server.api_port(), server.api_client());
  client.send("POST /api/v1/enrol HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x");
  EXPECT_EQ(client.read_answer().value_or(HttpAnswer{}).status, 400);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Requests, ChunkedBodiesAreRead) {
  const auto body = std::string("14\r\n{\"name\":\"a\",\"role\":\"\r\n8\r\nviewer\"}\r\n0\r\n\r\n");
  const auto answer = raw("POST /api/v1/api-tokens HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                          server.token(Role::admin) + "\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
  EXPECT_EQ(answer.status, 201);
}

TEST_F(Requests, WhoExpectsAContinueGetsIt) {
  const std::string body = R"({"name":"a","role":"viewer"})";
  TlsClient client(server.api_port(), server.api_client());
  client.send(
      "POST /api/v1/api-tokens HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nAuthorization: Bearer " +
      server.token(Role::admin) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
  EXPECT_EQ(client.read_answer().value_or(HttpAnswer{}).status, 100);
  client.send(body);
  EXPECT_EQ(client.read_answer().value_or(HttpAnswer{}).status, 201);
}

TEST_F(Requests, AnotherExpectationIsRefused) {
  EXPECT_EQ(raw("GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n").status, 400);
}

TEST_F(Requests, AnExpectedBodyThatIsTooLongIsNotAskedFor) {
  const auto answer =
      raw("POST /api/v1/enrol HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 70000\r\n\r\n");
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(reason(answer), "BODY_TOO_LARGE");
}

TEST_F(Requests, ABodyOverTheLimitIs413AndTheAnswerArrives) {
  const auto answer = server.ask({"POST", "/api/v1/enrol", {}, std::string(1024 * 1024, 'x')});
  EXPECT_EQ(answer.status, 413);
}

TEST_F(Requests, ChunksOverTheLimitAre413) {
  std::string body;
  for (int i = 0; i < 9; ++i) body += "2000\r\n" + std::string(0x2000, 'x') + "\r\n";
  const auto answer = raw("POST /api/v1/enrol HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
                          body + "0\r\n\r\n");
  EXPECT_EQ(answer.status, 413);
}

TEST_F(Requests, AHeaderOver8KibIsRefused) {
  const auto answer = raw("GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'x') + "\r\n\r\n");
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(reason(answer), "HEADER_TOO_LARGE");
}

TEST_F(Requests, MoreThan64FieldsAreRefused) {
  std::string fields;
  for (int i = 0; i < 64; ++i) fields += "A" + std::to_string(i) + ": 1\r\n";
  EXPECT_EQ(reason(raw("GET /healthz HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n")), "HEADER_TOO_LARGE");
}

TEST_F(Requests, EnrolmentIsLimitedToTenTriesAMinute) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(server.ask({"POST", "/api/v1/enrol", {}, "{}"}).status, 422);
  const auto answer = server.ask({"POST", "/api/v1/enrol", {}, "{}"});
  EXPECT_EQ(answer.status, 429);
  EXPECT_GT(std::stoi(answer.fields.at("retry-after")), 0);
}

TEST_F(Requests, AreCountedByRouteAndStatus) {
  server.ask({"GET", "/nowhere"});
  const auto answer = server.ask({"GET", "/metrics", server.token(Role::viewer)});
  EXPECT_NE(answer.body.find(R"(censo_http_requests_total{method="none",route="none",status="404"} 1)"),
            std::string::npos);
}

}  // namespace
}  // namespace censo::collector::http
