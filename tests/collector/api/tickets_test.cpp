#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes tickets(const Services& services);
}
namespace {

using base::Errc;
using Names = std::vector<std::string>;

class TicketsApi : public testing::Test {
 protected:
  TicketsApi() { db.relate(nginx, "runs_on", web01); }

  base::Result<Response> open(std::string body) {
    return routes.send("POST", "/api/v1/tickets", {}, std::move(body));
  }
  void open_about_web01() { ASSERT_TRUE(open(R"({"title": "Web is slow", "affected": ["web01"]})")); }
  base::Result<Response> link(std::string ci, std::string body) {
    return routes.send("PUT", "/api/v1/tickets/{number}/cis/{id}",
                       {{"number", "INC-1"}, {"id", std::move(ci)}}, std::move(body));
  }
  base::Result<Response> unlink(std::string ci) {
    return routes.send("DELETE", "/api/v1/tickets/{number}/cis/{id}",
                       {{"number", "INC-1"}, {"id", std::move(ci)}}, "");
  }

  CalledRoutes routes{api::tickets};
  SeededDatabase& db = routes.db;
  const cmdb::CiId web01 = db.add_ci("server", "web01"), nginx = db.add_ci("web_server", "nginx");
};

TEST_F(TicketsApi, OpensWithStatus201AndLocation) {
  const auto answer = open(R"({"title": "Web is slow"})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->headers.at(0),
            (std::pair<std::string, std::string>{"Location", "/api/v1/tickets/INC-1"}));
}

TEST_F(TicketsApi, OpenedTicketIsAnswered) {
  const auto ticket =
      body_of(open(R"({"title": "Web is slow", "description": "since noon", "requester": "Luis"})"));
  EXPECT_EQ(ticket.at("number").as_string(), "INC-1");
  EXPECT_EQ(ticket.at("kind").as_string(), "incident");
  EXPECT_EQ(ticket.at("title").as_string(), "Web is slow");
  EXPECT_EQ(ticket.at("description").as_string(), "since noon");
  EXPECT_EQ(ticket.at("state").as_string(), "new");
  EXPECT_EQ(ticket.at("requester").as_string(), "Luis");
  EXPECT_EQ(ticket.at("opened_at").as_string(), base::to_iso8601(db.clock().now()));
  EXPECT_EQ(ticket.at("version").as_int64(), 1);
}

TEST_F(TicketsApi, RequesterIsTheCallerUnlessNamed) {
  EXPECT_EQ(body_of(open(R"({"title": "Web is slow"})")).at("requester").as_string(), "ana");
}

TEST_F(TicketsApi, AffectedMayBeAName) {
  const auto ticket = body_of(open(R"({"title": "Web is slow", "affected": ["web01"]})"));
  const auto& link = ticket.at("links").as_array().at(0);
  EXPECT_EQ(link.at("ci").at("id").as_string(), base::to_text(web01));
  EXPECT_EQ(link.at("role").as_string(), "affected");
}

TEST_F(TicketsApi, AffectedMayBeAnIdentifier) {
  db.add_key(web01, "mac_addresses", "00:11:22:33:44:55");
  const auto ticket = body_of(open(R"({"title": "Web is slow", "affected": ["0011.2233.4455"]})"));
  EXPECT_EQ(ticket.at("links").as_array().at(0).at("ci").at("name").as_string(), "web01");
}

TEST_F(TicketsApi, AffectedNamedTwiceIsLinkedOnce) {
  const auto body = R"({"title": "Web is slow", "affected": ["web01", ")" + base::to_text(web01) + "\"]}";
  EXPECT_EQ(body_of(open(body)).at("links").as_array().size(), 1U);
}

TEST_F(TicketsApi, SaysWhichAffectedWasNotFound) {
  const auto answer = open(R"({"title": "Web is slow", "affected": ["web01", "ghost"]})");
  EXPECT_EQ(answer.error().code, Errc::invalid_argument);
  EXPECT_EQ(answer.error().reason, "CI_NOT_FOUND");
  EXPECT_EQ(answer.error().where, "/affected/1");
  EXPECT_NE(answer.error().message.find("ghost"), std::string::npos);
}

TEST_F(TicketsApi, SaysWhichAffectedIsAmbiguousAndListsThem) {
  const auto other = db.add_ci("server", "web01");
  const auto answer = open(R"({"title": "Web is slow", "affected": ["web01"]})");
  EXPECT_EQ(answer.error().reason, "CI_AMBIGUOUS");
  EXPECT_EQ(answer.error().where, "/affected/0");
  EXPECT_NE(answer.error().message.find(base::to_text(web01)), std::string::npos);
  EXPECT_NE(answer.error().message.find(base::to_text(other)), std::string::npos);
}

TEST_F(TicketsApi, RefusedTicketTakesNoNumber) {
  EXPECT_FALSE(open(R"({"title": "Web is slow", "affected": ["ghost"]})"));
  EXPECT_EQ(body_of(open(R"({"title": "Web is slow"})")).at("number").as_string(), "INC-1");
}

TEST_F(TicketsApi, TicketWithoutTitleIsRefused) {
  const auto answer = open(R"({"description": "x"})");
  EXPECT_EQ(answer.error().where, "/title");
  EXPECT_EQ(answer.error().reason, "MISSING_FIELD");
}

TEST_F(TicketsApi, UnknownFieldIsRefused) {
  EXPECT_EQ(open(R"({"title": "x", "priority": 1})").error().where, "/priority");
}

TEST_F(TicketsApi, UnknownKindIsRefused) {
  EXPECT_EQ(open(R"({"title": "x", "kind": "wish"})").error().where, "kind");
}

TEST_F(TicketsApi, ShowsOne) {
  open_about_web01();
  const auto ticket = body_of(routes.get("/api/v1/tickets/{number}", {{"number", "inc-1"}}));
  EXPECT_EQ(ticket.at("title").as_string(), "Web is slow");
  EXPECT_EQ(ticket.at("links").as_array().size(), 1U);
}

TEST_F(TicketsApi, UnknownIsNotFound) {
  EXPECT_EQ(routes.get("/api/v1/tickets/{number}", {{"number", "INC-99"}}).error().code, Errc::not_found);
}

TEST_F(TicketsApi, ListsNewestFirst) {
  open_about_web01();
  ASSERT_TRUE(open(R"({"title": "Second"})"));
  EXPECT_EQ(texts_of(routes.get("/api/v1/tickets"), "number"), (Names{"INC-2", "INC-1"}));
}

TEST_F(TicketsApi, ListsByState) {
  open_about_web01();
  EXPECT_TRUE(texts_of(routes.get("/api/v1/tickets", {}, {{"state", "closed"}}), "number").empty());
}

TEST_F(TicketsApi, UnknownStateIsRefused) {
  EXPECT_EQ(routes.get("/api/v1/tickets", {}, {{"state", "asleep"}}).error().where, "state");
}

TEST_F(TicketsApi, UnknownKindInTheListIsRefused) {
  EXPECT_EQ(routes.get("/api/v1/tickets", {}, {{"kind", "wish"}}).error().where, "kind");
}

TEST_F(TicketsApi, AffectedAssetsAreTheLinkedAndTheHarmed) {
  open_about_web01();
  const auto answer = routes.get("/api/v1/tickets/{number}/affected-assets", {{"number", "INC-1"}});
  EXPECT_EQ(texts_of(answer, "name"), (Names{"web01", "nginx"}));
  EXPECT_EQ(texts_of(answer, "role"), (Names{"affected", "impacted"}));
  EXPECT_EQ(texts_of(answer, "reason"), (Names{"named in the ticket", "runs on web01"}));
  EXPECT_FALSE(body_of(answer).at("truncated").as_bool());
}

TEST_F(TicketsApi, OfManyAffectedAssetsTheFirstAreListedAndAllAreCounted) {
  open_about_web01();
  const std::string path = "/api/v1/tickets/{number}/affected-assets";
  const auto answer = body_of(routes.get(path, {{"number", "INC-1"}}, {{"limit", "1"}}));
  EXPECT_EQ(answer.at("items").as_array().size(), 1u);
  EXPECT_EQ(answer.at("total").as_int64(), 2);
  EXPECT_TRUE(answer.at("truncated").as_bool());
  EXPECT_EQ(routes.get(path, {{"number", "INC-1"}}, {{"limit", "0"}}).error().where, "limit");
  EXPECT_EQ(routes.get(path, {{"number", "INC-1"}}, {{"limit", "many"}}).error().where, "limit");
}

TEST_F(TicketsApi, AssetThatNeverChangedHasNoTime) {
  open_about_web01();
  const auto answer = body_of(routes.get("/api/v1/tickets/{number}/affected-assets", {{"number", "INC-1"}}));
  EXPECT_TRUE(answer.at("items").as_array().at(0).at("last_changed").is_null());
}

TEST_F(TicketsApi, LinksAnItemInARole) {
  open_about_web01();
  const auto ticket = body_of(link("nginx", R"({"role": "cause"})"));
  EXPECT_EQ(ticket.at("links").as_array().at(0).at("role").as_string(), "cause");
  EXPECT_EQ(ticket.at("version").as_int64(), 2);
}

TEST_F(TicketsApi, ComputedRoleIsRefused) {
  open_about_web01();
  EXPECT_EQ(link("nginx", R"({"role": "impacted"})").error().where, "role");
}

TEST_F(TicketsApi, UnknownRoleIsRefused) {
  open_about_web01();
  EXPECT_EQ(link("nginx", R"({"role": "owner"})").error().code, Errc::invalid_argument);
}

TEST_F(TicketsApi, LinkingAnUnknownItemIsNotFound) {
  open_about_web01();
  EXPECT_EQ(link("ghost", R"({"role": "cause"})").error().code, Errc::not_found);
}

TEST_F(TicketsApi, UnlinkAnswers204) {
  open_about_web01();
  EXPECT_EQ(unlink("web01")->status, 204);
}

TEST_F(TicketsApi, UnlinkingWhatIsNotLinkedIsNotFound) {
  open_about_web01();
  EXPECT_EQ(unlink("nginx").error().code, Errc::not_found);
}

TEST_F(TicketsApi, ActorInTheHistoryIsTheCaller) {
  open_about_web01();
  db.write([&](store::Transaction& tx) {
    EXPECT_EQ(tx.query_one("select actor from ticket_history")->text(0), "ana");
  });
}

TEST_F(TicketsApi, ViewerMayNotOpen) {
  EXPECT_EQ(routes.route("POST", "/api/v1/tickets").role, Role::technician);
}

}  // namespace
}  // namespace censo::collector
