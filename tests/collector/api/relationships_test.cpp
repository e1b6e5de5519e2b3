#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes relationships(const Services& services);
Routes cis(const Services& services);
}  // namespace api
namespace {

using base::Errc;

Routes both(const Services& services) {
  auto routes = api::relationships(services);
  for (auto& route : api::cis(services)) routes.push_back(std::move(route));
  return routes;
}

class RelationshipsApi : public testing::Test {
 protected:
  RelationshipsApi() {
    db.add_ci("server", "web01");
    db.add_ci("service_instance", "shop");
  }
  base::Result<Response> relate(const std::string& more = "", Texts query = {}) {
    return routes.send("POST", "/api/v1/relationships", {},
                       R"({"type": "part_of", "from": "web01", "to": "shop")" + more + "}", std::move(query));
  }
  boost::json::value listed() {
    return body_of(routes.get("/api/v1/cis/{id}/relationships", {{"id", "web01"}}));
  }

  CalledRoutes routes{both};
  SeededDatabase& db = routes.db;
};

TEST_F(RelationshipsApi, ARelationshipCarriesWhatThePersonSaid) {
  const auto made = relate(R"(, "note": "contract 7", "confidence": 80, "expires_in": "30d")");
  ASSERT_TRUE(made) << to_string(made.error());
  EXPECT_EQ(made->status, 201);
  const auto answer = listed();
  const auto& one = answer.at("items").as_array().at(0);
  EXPECT_EQ(one.at("origin").as_string(), "person");
  EXPECT_EQ(one.at("evidence").at("note").as_string(), "contract 7");
  EXPECT_EQ(one.at("confidence").as_int64(), 80);
  EXPECT_TRUE(one.at("expires_at").is_string());
  EXPECT_EQ(one.at("locked_by").as_string(), "ana");
}

TEST_F(RelationshipsApi, ADryRunRelatesNothing) {
  ASSERT_EQ(body_of(relate("", {{"dry_run", "true"}})).at("changes").as_array().size(), 2u);
  EXPECT_TRUE(listed().at("items").as_array().empty());
}

TEST_F(RelationshipsApi, AnUnknownItemNamesItsField) {
  const auto answer = routes.send("POST", "/api/v1/relationships", {},
                                  R"({"type": "part_of", "from": "web01", "to": "ghost"})");
  EXPECT_EQ(answer.error().where, "/to");
}

TEST_F(RelationshipsApi, WhatAPersonSaidIsEnded) {
  const std::string id(body_of(relate()).at("id").as_string());
  ASSERT_TRUE(routes.send("DELETE", "/api/v1/relationships/{id}", {{"id", id}}, ""));
  EXPECT_TRUE(listed().at("items").as_array().empty());
}

TEST_F(RelationshipsApi, ADeniedOneIsListedApartAndAllowedAgain) {
  const std::string id(body_of(relate()).at("id").as_string());
  ASSERT_TRUE(routes.send("PUT", "/api/v1/relationships/{id}/lock", {{"id", id}}, R"({"so": false})"));
  const auto answer = listed();
  EXPECT_TRUE(answer.at("items").as_array().empty());
  EXPECT_EQ(answer.at("denied").as_array().at(0).at("denied_by").as_string(), "ana");
  ASSERT_TRUE(routes.send("DELETE", "/api/v1/relationships/{id}/lock", {{"id", id}}, ""));
  EXPECT_TRUE(listed().at("denied").as_array().empty());
}

TEST_F(RelationshipsApi, AnUnknownIdIsNotFound) {
  EXPECT_EQ(routes.send("DELETE", "/api/v1/relationships/{id}", {{"id", "x"}}, "").error().code,
            Errc::not_found);
}

}  // namespace
}  // namespace censo::collector
