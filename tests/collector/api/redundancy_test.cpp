#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes redundancy(const Services& services);
}
namespace {

using base::Errc;

class RedundancyApi : public testing::Test {
 protected:
  RedundancyApi() {
    db.relate(core, "contains", web01);
    db.relate(spare, "contains", web01);
  }
  static constexpr auto one = "/api/v1/cis/{id}/redundancy/{relation}";
  base::Result<Response> put(const std::string& relation, std::string body) {
    return routes.send("PUT", one, {{"id", "web01"}, {"relation", relation}}, std::move(body));
  }
  base::Result<Response> remove(const std::string& relation) {
    return routes.send("DELETE", one, {{"id", "web01"}, {"relation", relation}}, "");
  }
  boost::json::value listed() {
    return body_of(routes.get("/api/v1/cis/{id}/redundancy", {{"id", "web01"}})).at("items");
  }
  CalledRoutes routes{api::redundancy};
  SeededDatabase& db = routes.db;
  const cmdb::CiId core = db.add_ci("rack", "core"), spare = db.add_ci("rack", "spare"),
                   web01 = db.add_ci("server", "web01");
};

TEST_F(RedundancyApi, WithoutARuleAllAreNeeded) {
  EXPECT_EQ(listed().at(0).at("relation").as_string(), "contains");
  EXPECT_EQ(listed().at(0).at("suppliers").as_int64(), 2);
  EXPECT_TRUE(listed().at(0).at("min_up").is_null());
  EXPECT_EQ(listed().at(0).at("from").as_string(), "none");
}

TEST_F(RedundancyApi, ARuleIsSetAndListedWithWhoSetIt) {
  EXPECT_EQ(body_of(put("contains", R"({"min_up":1})")).at("min_up").as_int64(), 1);
  EXPECT_EQ(listed().at(0).at("min_up").as_int64(), 1);
  EXPECT_EQ(listed().at(0).at("from").as_string(), "item");
  EXPECT_EQ(listed().at(0).at("set_by").as_string(), "ana");
}

TEST_F(RedundancyApi, ARuleIsReplaced) {
  ASSERT_TRUE(put("contains", R"({"min_up":1})"));
  db.advance_ms(1'000);
  ASSERT_TRUE(put("contains", R"({"min_up":2})"));
  EXPECT_EQ(listed().at(0).at("min_up").as_int64(), 2);
}

TEST_F(RedundancyApi, ARuleIsShown) {
  ASSERT_TRUE(put("contains", R"({"min_up":1})"));
  const auto shown = body_of(routes.get(one, {{"id", "web01"}, {"relation", "contains"}}));
  EXPECT_EQ(shown.at("min_up").as_int64(), 1);
}

TEST_F(RedundancyApi, ARelationThatNeverSuppliesItsClassIsRefused) {
  const auto answer = put("runs_on", R"({"min_up":2})");
  EXPECT_EQ(answer.error().reason, "NO_SUPPLIER");
  EXPECT_EQ(answer.error().message,
            "nothing supplies a server by runs_on: expected a software_runtime, found web01");
}

TEST_F(RedundancyApi, ARuleThatAsksForMoreThanThereAreIsSetAndSaysSo) {
  EXPECT_EQ(body_of(put("contains", R"({"min_up":3})")).at("warning").as_string(),
            "only 2 supply it by contains now: all of them are needed");
  EXPECT_EQ(body_of(put("depends_on", R"({"min_up":1})")).at("warning").as_string(),
            "nothing supplies it by depends_on now: the rule has no effect until something does");
  EXPECT_FALSE(body_of(put("contains", R"({"min_up":2})")).as_object().contains("warning"));
}

TEST_F(RedundancyApi, ARuleIsTakenAway) {
  ASSERT_TRUE(put("contains", R"({"min_up":1})"));
  EXPECT_EQ(remove("contains")->status, 204);
  EXPECT_EQ(listed().at(0).at("from").as_string(), "none");
}

TEST_F(RedundancyApi, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(remove("contains").error().code, Errc::not_found);
  EXPECT_EQ(routes.get(one, {{"id", "web01"}, {"relation", "contains"}}).error().code, Errc::not_found);
}

TEST_F(RedundancyApi, UnknownRelationTypeIsNotFound) {
  EXPECT_EQ(put("dreams_of", R"({"min_up":1})").error().code, Errc::not_found);
}

TEST_F(RedundancyApi, RelationTypeWithoutImpactIsRefused) {
  EXPECT_EQ(put("connects_to", R"({"min_up":1})").error().reason, "NO_IMPACT");
}

TEST_F(RedundancyApi, ANumberOutOfRangeIsRefused) {
  EXPECT_EQ(put("contains", R"({"min_up":-1})").error().where, "/min_up");
}

TEST_F(RedundancyApi, AMissingNumberIsRefused) {
  EXPECT_EQ(put("contains", "{}").error().reason, "MISSING_FIELD");
}

TEST_F(RedundancyApi, TheHistoryTellsWhoChangedIt) {
  ASSERT_TRUE(put("contains", R"({"min_up":1})"));
  db.write([&](store::Transaction& tx) {
    const auto entry =
        tx.query_one("select origin, what, subject, new_value from history where ci_id = $1", web01.value);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->text(0), "person ana");
    EXPECT_EQ(entry->text(1), "redundancy");
    EXPECT_EQ(entry->text(2), "contains");
    EXPECT_EQ(entry->text(3), "1");
  });
}

}  // namespace
}  // namespace censo::collector
