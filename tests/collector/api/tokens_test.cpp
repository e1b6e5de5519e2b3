#include "collector/access/api_tokens.h"
#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes tokens(const Services& services);
}
namespace {

class ApiTokens : public testing::Test {
 protected:
  base::Result<Response> make(const std::string& body) { return routes.send("POST", "/api/v1/api-tokens", {}, body); }
  CalledRoutes routes{api::tokens};
};

TEST_F(ApiTokens, AreShownWhenMade) {
  const auto answer = make(R"({"name":"grafana","role":"viewer","expires_in":"30d"})");
  EXPECT_EQ(answer->status, 201);
  EXPECT_TRUE(access::parse_api_token(std::string(body_of(answer).at("token").as_string())));
}

TEST_F(ApiTokens, AreListedWithoutTheirSecret) {
  ASSERT_TRUE(make(R"({"name":"grafana","role":"viewer"})"));
  const auto item = body_of(routes.get("/api/v1/api-tokens")).at("items").at(0).as_object();
  EXPECT_EQ(item.at("name").as_string(), "grafana");
  EXPECT_EQ(item.at("created_by").as_string(), "ana");
  EXPECT_FALSE(item.contains("token"));
  EXPECT_FALSE(item.contains("secret_hash"));
}

TEST_F(ApiTokens, AreListedByPages) {
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(make(R"({"role":"viewer","name":")" + std::string(name) + "\"}"));
  const auto first = routes.get("/api/v1/api-tokens", {}, {{"limit", "2"}});
  const auto next = std::string(body_of(first).at("next").as_string());
  EXPECT_EQ(texts_of(first, "name"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(texts_of(routes.get("/api/v1/api-tokens", {}, {{"limit", "2"}, {"after", next}}), "name"),
            (std::vector<std::string>{"c"}));
}

TEST_F(ApiTokens, OfAnUnknownRoleAreRefused) {
  EXPECT_EQ(make(R"({"name":"a","role":"agent"})").error().where, "/role");
}

TEST_F(ApiTokens, LiveAtMostAYear) {
  EXPECT_EQ(make(R"({"name":"a","role":"viewer","expires_in":"400d"})").error().where, "/expires_in");
}

TEST_F(ApiTokens, AreDeleted) {
  const auto id = std::string(body_of(make(R"({"name":"a","role":"viewer"})")).at("id").as_string());
  EXPECT_EQ(routes.send("DELETE", "/api/v1/api-tokens/{id}", {{"id", id}}, {})->status, 204);
  EXPECT_TRUE(body_of(routes.get("/api/v1/api-tokens")).at("items").as_array().empty());
}

TEST_F(ApiTokens, ThatAreUnknownCannotBeDeleted) {
  EXPECT_EQ(routes.send("DELETE", "/api/v1/api-tokens/{id}", {{"id", "x"}}, {}).error().code, base::Errc::not_found);
}

}  // namespace
}  // namespace censo::collector
