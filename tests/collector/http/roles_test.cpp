// Every route, for every role: generated from the route table.
#include "tests/collector/http/running_server.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace censo::collector::http {
namespace {

std::string address_of(const Route& route) {
  static const std::regex parameter(R"(\{[a-z]+\})");
  return std::regex_replace(std::string(route.pattern), parameter, "x");
}

std::string label(const Route& route, std::string_view who) {
  return std::string(who) + " " + std::string(route.method) + " " + std::string(route.pattern);
}

class Roles : public testing::Test {
 protected:
  HttpAnswer call(const Route& route, const std::string& token) {
    return server.ask({std::string(route.method), address_of(route), token, {}});
  }
  Routes people_routes() {
    auto routes = all_routes(server.services());
    std::erase_if(routes, [](const Route& route) { return route.role == Role::agent; });
    return routes;
  }
  RunningServer server;
};

TEST_F(Roles, NobodyReachesARouteThatAsksForARole) {
  for (const auto& route : people_routes()) {
    if (route.role == Role::none) continue;
    EXPECT_EQ(call(route, {}).status, 401) << label(route, "nobody");
  }
}

TEST_F(Roles, EachReachesWhatItsRoleAllowsAndNothingElse) {
  for (const Role role : {Role::viewer, Role::technician, Role::admin}) {
    const auto token = server.token(role);
    for (const auto& route : people_routes()) {
      const auto answer = call(route, token);
      const auto status = answer.status;
      // What tells of everybody's tickets asks for a role at the desk, which no token of a viewer brings.
      const bool of_the_desk = route.method == "GET" && answer.body.find("ROLE_NEEDED") != std::string::npos;
      if (may_call(role, route.role)) {
        EXPECT_TRUE(status != 401 && (status != 403 || of_the_desk) && status != 405 && status != 500 &&
                    status != 0)
            << label(route, name_of(role)) << ": " << status;
      } else {
        EXPECT_EQ(status, 403) << label(route, name_of(role));
      }
    }
  }
}

TEST_F(Roles, AgentsReachNoRouteOfPeople) {
  const auto agent = server.enrol();
  const auto token = server.token(Role::admin);
  for (const auto& route : people_routes()) {
    const auto answer = server.ask_as(agent, {std::string(route.method), address_of(route), token, {}});
    EXPECT_EQ(answer.status, 404) << label(route, "agent");
  }
}

TEST_F(Roles, PeopleReachNoRouteOfAgents) {
  const auto token = server.token(Role::admin);
  EXPECT_EQ(server.ask({"POST", "/api/v1/reports", token, "{}"}).status, 404);
  EXPECT_EQ(server.ask({"POST", "/api/v1/renew", token, "{}"}).status, 404);
}

TEST_F(Roles, OnlyHealthAndEnrolmentAreOpenToNobody) {
  std::vector<std::string_view> open;
  for (const auto& route : people_routes()) {
    if (route.role == Role::none) open.push_back(route.pattern);
  }
  std::sort(open.begin(), open.end());
  EXPECT_EQ(open,
            (std::vector<std::string_view>{"/agents/{file}", "/api/v1/enrol", "/enrol.sh", "/healthz"}));
}

TEST(MayCall, AgentsAndPeopleStandApart) {
  EXPECT_FALSE(may_call(Role::admin, Role::agent));
  EXPECT_FALSE(may_call(Role::agent, Role::viewer));
  EXPECT_FALSE(may_call(Role::none, Role::viewer));
  EXPECT_TRUE(may_call(Role::agent, Role::agent));
}

}  // namespace
}  // namespace censo::collector::http
