// The feed for calendar programs, which know a user and a password alone (RFC 7617).
#include "tests/collector/http/running_server.h"

#include "base/digest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace censo::collector::http {
namespace {

constexpr const char* feed = "/api/v1/change-calendar.ics";

class CalendarFeed : public testing::Test {
 protected:
  // base64 with padding, as programs send it.
  static std::string basic(const std::string& both) {
    auto text = base::to_base64url(base::Bytes(both.begin(), both.end()));
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    while (text.size() % 4 != 0) text += '=';
    return "Basic " + text;
  }
  HttpAnswer with_password(const std::string& target, const std::string& password) {
    return server.ask({"GET", target, {}, {}, {{"Authorization", basic("eva:" + password)}}});
  }
  RunningServer server;
};

TEST_F(CalendarFeed, AsksForAPassword) {
  const auto answer = server.ask({"GET", feed, {}, {}, {}});
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.fields.at("www-authenticate"), "Basic realm=\"censo\"");
}

TEST_F(CalendarFeed, TokenIsTakenAsPassword) {
  const auto answer = with_password(feed, server.token(Role::calendar_reader));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.fields.at("content-type"), "text/calendar; charset=utf-8");
  EXPECT_TRUE(answer.body.starts_with("BEGIN:VCALENDAR\r\n"));
  EXPECT_TRUE(answer.body.ends_with("END:VCALENDAR\r\n"));
}

TEST_F(CalendarFeed, TokenIsTakenAsBearerToo) {
  EXPECT_EQ(server.ask({"GET", feed, server.token(Role::viewer), {}, {}}).status, 200);
}

TEST_F(CalendarFeed, WrongPasswordsAreRefused) {
  EXPECT_EQ(with_password(feed, "guess").status, 401);
  for (const auto* value : {"Basic", "Basic !", "Basic ZXZh", "Basic ZXZhOg==", "Digest a=b"})
    EXPECT_EQ(server.ask({"GET", feed, {}, {}, {{"Authorization", value}}}).status, 401) << value;
}

TEST_F(CalendarFeed, NoOtherAddressTakesAPassword) {
  EXPECT_EQ(with_password("/api/v1/tickets", server.token(Role::admin)).status, 401);
}

TEST_F(CalendarFeed, CalendarReaderReadsNothingElse) {
  const auto token = server.token(Role::calendar_reader);
  EXPECT_EQ(server.ask({"GET", "/api/v1/tickets", token, {}, {}}).status, 403);
  EXPECT_EQ(server.ask({"GET", "/api/v1/change-calendar", token, {}, {}}).status, 403);
  EXPECT_EQ(server.ask({"POST", "/api/v1/events", token, "{}", {}}).status, 403);
}

TEST_F(CalendarFeed, EventSenderDoesNotReadIt) {
  EXPECT_EQ(server.ask({"GET", feed, server.token(Role::event_sender), {}, {}}).status, 403);
}

}  // namespace
}  // namespace censo::collector::http
