#include "collector/access/agent_groups.h"

#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes agent_groups(const Services& services);
Routes agents(const Services& services);
}  // namespace api
namespace {

constexpr auto one = "/api/v1/agent-groups/{name}";

class AgentGroupRoutes : public testing::Test {
 protected:
  base::Result<Response> put(const std::string& name, const std::string& body) {
    return routes.send("PUT", one, {{"name", name}}, body);
  }
  void add_agent(const std::string& id, const std::string& group) {
    routes.db.write([&](store::Transaction& tx) {
      tx.execute(
          "insert into agent (id, name, state, enrolled_at, enrolled_from, enrolment_token_id, generation, "
          "serial,"
          " previous_serial, renewed_at, certificate_expires_at, group_name)"
          " values ($1, 'web01', 'active', 1, '', 1, 1, 's', '', 1, 2, $2)",
          id, group);
    });
  }
  std::string settings_of(const std::string& id) {
    std::string settings;
    routes.db.write([&](store::Transaction& tx) { settings = access::settings_of_agent(tx, id); });
    return settings;
  }
  CalledRoutes routes{api::agent_groups};
};

TEST_F(AgentGroupRoutes, TheDefaultGroupIsThereAndEmpty) {
  EXPECT_EQ(texts_of(routes.get("/api/v1/agent-groups"), "name"), (std::vector<std::string>{"default"}));
  EXPECT_EQ(settings_of("nobody"), "{}");
}

TEST_F(AgentGroupRoutes, AnAgentIsToldTheSettingsOfItsGroup) {
  ASSERT_TRUE(
      put("dmz", R"({"interval":"15m","exclude":["processes"],"include_users":false,"tags":["web"]})"));
  add_agent("a1", "dmz");
  EXPECT_EQ(settings_of("a1"),
            R"({"interval":"15m","exclude":["processes"],"include_users":false,"tags":["web"]})");
  EXPECT_EQ(body_of(routes.get(one, {{"name", "dmz"}})).at("agents").as_int64(), 1);
}

TEST_F(AgentGroupRoutes, WhatABodyLeavesOutIsNotSet) {
  ASSERT_TRUE(put("dmz", R"({"interval":"15m"})"));
  ASSERT_TRUE(put("dmz", R"({"tags":["web"]})"));
  add_agent("a1", "dmz");
  EXPECT_EQ(settings_of("a1"), R"({"tags":["web"]})");
}

TEST_F(AgentGroupRoutes, AnIntervalOutOfTheLimitsIsRefusedInWords) {
  const auto refused = put("dmz", R"({"interval":"1s"})").error();
  EXPECT_EQ(refused.message, "expected 1m to 7d, found 1s");
  EXPECT_EQ(refused.where, "/interval");
}

TEST_F(AgentGroupRoutes, ACategoryThatNoAgentHasIsRefusedWithThoseThatThereAre) {
  const auto refused = put("dmz", R"({"exclude":["proceses"]})").error();
  EXPECT_EQ(refused.where, "/exclude/0");
  EXPECT_NE(refused.message.find("processes"), std::string::npos);
}

TEST_F(AgentGroupRoutes, ACommandIsNoSetting) {
  EXPECT_EQ(put("dmz", R"({"command":"reboot"})").error().reason, "UNKNOWN_FIELD");
}

TEST_F(AgentGroupRoutes, ANameIsAName) {
  EXPECT_EQ(put("No Name", "{}").error().code, base::Errc::invalid_argument);
}

TEST_F(AgentGroupRoutes, AgentsOfADeletedGroupAreInTheDefaultOne) {
  ASSERT_TRUE(put("dmz", R"({"tags":["web"]})"));
  add_agent("a1", "dmz");
  ASSERT_TRUE(routes.send("DELETE", one, {{"name", "dmz"}}, {}));
  EXPECT_EQ(settings_of("a1"), "{}");
  EXPECT_EQ(routes.send("DELETE", one, {{"name", "dmz"}}, {}).error().code, base::Errc::not_found);
  EXPECT_EQ(routes.send("DELETE", one, {{"name", "default"}}, {}).error().code, base::Errc::conflict);
}

}  // namespace
}  // namespace censo::collector
