#include "collector/access/agents.h"
#include "collector/access/agent_events.h"

#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes agents(const Services& services);
}
namespace {

class AgentRoutes : public testing::Test {
 protected:
  void add(const std::string& id, const std::string& name) {
    routes.db.write([&](store::Transaction& tx) {
      tx.execute(
          "insert into agent (id, name, state, enrolled_at, enrolled_from, enrolment_token_id, generation, "
          "serial,"
          " previous_serial, renewed_at, certificate_expires_at) values ($1, $2, 'active', 1, '', 1, 1, 's', "
          "'', 1, 2)",
          id, name);
    });
  }
  CalledRoutes routes{api::agents};
};

TEST_F(AgentRoutes, ShowAnAgentThatNeverReported) {
  add("a1", "web01");
  const auto body = body_of(routes.get("/api/v1/agents/{id}", {{"id", "a1"}})).as_object();
  EXPECT_EQ(body.at("state").as_string(), "active");
  EXPECT_TRUE(body.at("last_report_at").is_null());
  EXPECT_TRUE(body.at("ci").is_null());
  EXPECT_TRUE(body.at("problems").as_array().empty());
}

TEST_F(AgentRoutes, ListByPages) {
  add("a1", "web01");
  add("a2", "web02");
  const auto first = routes.get("/api/v1/agents", {}, {{"limit", "1"}});
  EXPECT_EQ(texts_of(first, "name"), (std::vector<std::string>{"web01"}));
  const auto next = std::string(body_of(first).at("next").as_string());
  EXPECT_EQ(texts_of(routes.get("/api/v1/agents", {}, {{"after", next}}), "name"),
            (std::vector<std::string>{"web02"}));
}

TEST_F(AgentRoutes, ListThoseBehindAProbe) {
  add("a1", "web01");
  add("a2", "web02");
  routes.db.write([&](store::Transaction& tx) {
    tx.execute("update agent set probe = 'berlin' where id = 'a2'");
    tx.execute(
        "insert into probe (name, names, agent_id, state, invited_at, invited_by, enrolled_at, seen_at, "
        "address, version, delivered, waiting, waiting_bytes, lost, refused, refusal) values ('berlin', "
        "'[]', 'p', 'active', 1, 'ana', 1, 1, '', '', 0, 0, 0, 0, 0, '')");
  });
  EXPECT_EQ(texts_of(routes.get("/api/v1/agents"), "probe"), (std::vector<std::string>{"", "berlin"}));
  EXPECT_EQ(texts_of(routes.get("/api/v1/agents", {}, {{"probe", "berlin"}}), "name"),
            (std::vector<std::string>{"web02"}));
  EXPECT_EQ(routes.get("/api/v1/agents", {}, {{"probe", "paris"}}).error().code, base::Errc::not_found);
}

TEST_F(AgentRoutes, Revoke) {
  add("a1", "web01");
  EXPECT_EQ(routes.send("POST", "/api/v1/agents/{id}/revoke", {{"id", "a1"}}, {})->status, 204);
  EXPECT_EQ(body_of(routes.get("/api/v1/agents/{id}", {{"id", "a1"}})).at("state").as_string(), "revoked");
}

TEST_F(AgentRoutes, RevocationIsAnEventThatNamesWhoDidIt) {
  add("a1", "web01");
  ASSERT_TRUE(routes.send("POST", "/api/v1/agents/{id}/revoke", {{"id", "a1"}}, {}));
  const auto body = body_of(routes.get("/api/v1/agents/{id}", {{"id", "a1"}})).as_object();
  EXPECT_EQ(body.at("events").at(0).at("what").as_string(), "revoked");
  EXPECT_EQ(body.at("events").at(0).at("detail").as_string(), "by ana");
}

TEST_F(AgentRoutes, MoveToAGroupThatThereIs) {
  add("a1", "web01");
  constexpr auto path = "/api/v1/agents/{id}/group";
  EXPECT_EQ(routes.send("PUT", path, {{"id", "a1"}}, R"({"group":"dmz"})").error().code,
            base::Errc::not_found);
  EXPECT_EQ(routes.send("PUT", path, {{"id", "a1"}}, R"({"group":"default"})")->status, 204);
  EXPECT_EQ(body_of(routes.get("/api/v1/agents/{id}", {{"id", "a1"}})).at("group").as_string(), "default");
}

TEST_F(AgentRoutes, TellThatACloneIsSuspected) {
  add("a1", "web01");
  routes.db.write([&](store::Transaction& tx) {
    access::note_agent_event(tx, "a1", {"two_machines", "x"}, routes.db.clock());
  });
  EXPECT_FALSE(body_of(routes.get("/api/v1/agents/{id}", {{"id", "a1"}})).at("clone_suspected_at").is_null());
}

TEST_F(AgentRoutes, AskForAReportOfEverythingByName) {
  add("a1", "web01");
  const auto asked = body_of(routes.send("POST", "/api/v1/agents/{id}/refresh", {{"id", "a1"}}, {}));
  EXPECT_EQ(asked.at("refresh_asked_by").as_string(), "ana");
  EXPECT_FALSE(asked.at("refresh_asked_at").is_null());
}

TEST_F(AgentRoutes, KnowNoOther) {
  EXPECT_EQ(routes.send("POST", "/api/v1/agents/{id}/refresh", {{"id", "x"}}, {}).error().code,
            base::Errc::not_found);
  EXPECT_EQ(routes.get("/api/v1/agents/{id}", {{"id", "x"}}).error().code, base::Errc::not_found);
  EXPECT_EQ(routes.send("POST", "/api/v1/agents/{id}/revoke", {{"id", "x"}}, {}).error().code,
            base::Errc::not_found);
}

}  // namespace
}  // namespace censo::collector
