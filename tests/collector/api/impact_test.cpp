#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes impact(const Services& services);
}
namespace {

using base::Errc;
using Names = std::vector<std::string>;

class ImpactApi : public testing::Test {
 protected:
  ImpactApi() {
    db.relate(nginx, "runs_on", web01);
    db.relate(core, "contains", web01);
    db.relate(spare, "contains", web01);
  }
  base::Result<Response> impact(const std::string& ci, Texts query = {}) {
    return routes.get("/api/v1/cis/{id}/impact", {{"id", ci}}, std::move(query));
  }
  base::Result<Response> what_if(std::string body) {
    return routes.send("POST", "/api/v1/impact", {}, std::move(body));
  }
  base::Result<Response> single_points(Texts query) {
    return routes.get("/api/v1/impact/single-points", {}, std::move(query));
  }
  void needs_one(cmdb::CiId ci) {
    db.write([&](store::Transaction& tx) {
      tx.execute(
          "insert into redundancy_rule (ci_id, relation, since, min_up, set_by) values ($1, 'contains', 1, "
          "1, 'ana')",
          ci.value);
    });
  }
  CalledRoutes routes{api::impact};
  SeededDatabase& db = routes.db;
  const cmdb::CiId core = db.add_ci("rack", "core"), spare = db.add_ci("rack", "spare"),
                   web01 = db.add_ci("server", "web01"), nginx = db.add_ci("web_server", "nginx");
};

TEST_F(ImpactApi, IsDownstreamUnlessTold) {
  const auto answer = body_of(routes.get("/api/v1/cis/{id}/impact", {{"id", "web01"}}));
  const auto& one = answer.at("items").as_array().at(0);
  EXPECT_EQ(one.at("name").as_string(), "nginx");
  EXPECT_EQ(one.at("depth").as_int64(), 1);
  EXPECT_EQ(one.at("through").at("name").as_string(), "web01");
  EXPECT_EQ(one.at("relation").as_string(), "runs_on");
  EXPECT_FALSE(answer.at("truncated").as_bool());
}

TEST_F(ImpactApi, Upstream) {
  const auto answer = routes.get("/api/v1/cis/{id}/impact", {{"id", "nginx"}}, {{"direction", "upstream"}});
  EXPECT_EQ(texts_of(answer, "name"), (Names{"web01", "core", "spare"}));
}

TEST_F(ImpactApi, SidewardsIsRefused) {
  EXPECT_EQ(
      routes.get("/api/v1/cis/{id}/impact", {{"id", "nginx"}}, {{"direction", "sidewards"}}).error().where,
      "direction");
}

TEST_F(ImpactApi, TellsTheVerdictAndWhy) {
  needs_one(web01);
  const auto answer = body_of(impact("core"));
  const auto& one = answer.at("items").as_array().at(0);
  EXPECT_EQ(one.at("verdict").as_string(), "degraded");
  EXPECT_EQ(one.at("reason").as_string(), "is contained by core: 1 of 2 down, needs 1");
  EXPECT_EQ(answer.at("counts").at("degraded").as_int64(), 2);
}

TEST_F(ImpactApi, HasTheWholePath) {
  const auto answer = body_of(impact("core"));
  const auto& path = answer.at("items").as_array().at(1).at("path").as_array();
  EXPECT_EQ(path.size(), 3U);
  EXPECT_EQ(path.at(0).at("name").as_string(), "core");
  EXPECT_EQ(path.at(1).at("reason").as_string(), "is contained by core");
  EXPECT_EQ(path.at(2).at("reason").as_string(), "runs on web01");
}

TEST_F(ImpactApi, PathsCanBeLeftOut) {
  EXPECT_FALSE(body_of(impact("core", {{"paths", "false"}})).at("items").at(0).as_object().contains("path"));
}

TEST_F(ImpactApi, DepthCutsAndSaysSo) {
  const auto answer = body_of(impact("core", {{"depth", "1"}}));
  EXPECT_EQ(answer.at("items").as_array().size(), 1U);
  EXPECT_TRUE(answer.at("truncated").as_bool());
}

TEST_F(ImpactApi, PagesFollowEachOther) {
  const auto first = body_of(impact("core", {{"limit", "1"}}));
  const std::string next(first.at("next").as_string());
  EXPECT_EQ(texts_of(impact("core", {{"limit", "1"}, {"after", next}}), "name"), Names{"nginx"});
}

TEST_F(ImpactApi, LastPageHasNoNext) {
  EXPECT_FALSE(body_of(impact("core", {{"limit", "2"}})).as_object().contains("next"));
}

TEST_F(ImpactApi, ForeignCursorIsRefused) {
  EXPECT_EQ(impact("core", {{"after", "!"}}).error().where, "after");
}

TEST_F(ImpactApi, SimilarNeighboursAreAGroupWithACountAndNames) {
  db.relate(db.add_ci("web_server", "apache"), "runs_on", web01);
  const auto answer = body_of(impact("core", {{"group", "1"}}));
  EXPECT_EQ(answer.at("items").as_array().size(), 1U);
  const auto& group = answer.at("groups").as_array().at(0);
  EXPECT_EQ(group.at("count").as_int64(), 2);
  EXPECT_EQ(group.at("class").as_string(), "web_server");
  EXPECT_EQ(group.at("through").at("name").as_string(), "web01");
  EXPECT_EQ(group.at("names").as_array().at(0).as_string(), "apache");
  EXPECT_EQ(answer.at("counts").at("down").as_int64(), 3);
}

TEST_F(ImpactApi, NoGroupWhereThereAreNotMoreThanAsked) {
  const auto answer = body_of(impact("core", {{"group", "20"}}));
  EXPECT_TRUE(answer.at("groups").as_array().empty());
  EXPECT_EQ(answer.at("items").as_array().size(), 2U);
}

TEST_F(ImpactApi, AsOfAMomentBeforeTheRelationshipBegan) {
  db.advance_ms(60'000);
  const auto then = base::to_iso8601(db.clock().now() - 1);
  db.relate(db.add_ci("web_server", "apache"), "runs_on", web01);
  EXPECT_EQ(texts_of(impact("web01"), "name"), (Names{"apache", "nginx"}));
  EXPECT_EQ(texts_of(impact("web01", {{"at", then}}), "name"), Names{"nginx"});
}

TEST_F(ImpactApi, AnItemThatWasNotThereYetIsRefusedAsWhereItIsShown) {
  const auto then = base::to_iso8601(db.clock().now());
  db.advance_ms(60'000);
  const auto late = db.add_ci("web_server", "apache");
  db.write([&](store::Transaction& tx) {
    tx.execute("update ci set since = first_seen where id = $1", late.value);
  });
  const auto told = impact("apache", {{"at", then}});
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, Errc::not_found);
  EXPECT_NE(told.error().message.find("was not known at " + then), std::string::npos) << told.error().message;
  const auto asked = [&](const std::string& members) {
    return what_if("{" + members + R"(,"at":")" + then + "\"}").error();
  };
  EXPECT_EQ(asked(R"("failed":["core","apache"])").where, "/failed/1");
  EXPECT_EQ(asked(R"("failed":["core","apache"])").reason, "CI_NOT_FOUND");
  EXPECT_EQ(asked(R"("failed":["core"],"excluded":["apache"])").where, "/excluded/0");
  EXPECT_EQ(single_points({{"ci", "apache"}, {"at", then}}).error().where, "/ci/0");
}

TEST_F(ImpactApi, TheFutureIsRefused) {
  EXPECT_EQ(impact("core", {{"at", "2999-01-01"}}).error().where, "at");
}

TEST_F(ImpactApi, WhatIfSeveralFail) {
  needs_one(web01);
  const auto answer = body_of(what_if(R"({"failed":["core","spare"]})"));
  EXPECT_EQ(answer.at("counts").at("down").as_int64(), 2);
  EXPECT_EQ(answer.at("failed").as_array().size(), 2U);
}

TEST_F(ImpactApi, WhatIfWithOneKnownToBeSound) {
  EXPECT_TRUE(texts_of(what_if(R"({"failed":["core"],"excluded":["web01"]})"), "name").empty());
}

TEST_F(ImpactApi, WhatIfTakesTheOptionsOfTheQuery) {
  EXPECT_EQ(texts_of(what_if(R"({"failed":["nginx"],"direction":"upstream","depth":1})"), "name"),
            Names{"web01"});
}

TEST_F(ImpactApi, WhatIfNothingFailsIsRefused) {
  EXPECT_EQ(what_if(R"({"failed":[]})").error().where, "/failed");
}

TEST_F(ImpactApi, WhatIfAnUnknownItemFailsIsRefusedWithItsPlace) {
  EXPECT_EQ(what_if(R"({"failed":["core","ghost"]})").error().where, "/failed/1");
}

TEST_F(ImpactApi, SinglePointsOfAnItem) {
  needs_one(web01);
  const auto answer = single_points({{"ci", "nginx"}});
  EXPECT_EQ(texts_of(answer, "name"), Names{"web01"});
  EXPECT_EQ(body_of(answer).at("tried").as_int64(), 4);
}

TEST_F(ImpactApi, SinglePointsOfAClass) {
  const auto answer = body_of(single_points({{"class", "computer_system"}}));
  EXPECT_EQ(answer.at("asked").as_int64(), 1);
  EXPECT_EQ(answer.at("items").as_array().size(), 2U);
  EXPECT_EQ(answer.at("items").at(0).at("takes_down").as_int64(), 1);
  EXPECT_EQ(answer.at("items").at(0).at("names").at(0).as_string(), "web01");
}

TEST_F(ImpactApi, SinglePointsOfAClassAsItWas) {
  const auto then = base::to_iso8601(db.clock().now());
  db.advance_ms(1'000);
  const cmdb::CiId later = db.add_ci("server", "web02");
  db.relate(core, "contains", later);
  const auto now = db.clock().now();
  db.write([&](store::Transaction& tx) {
    tx.execute("update ci set since = $2 where id = $1", later.value, now);
    tx.execute(
        "insert into redundancy_rule (ci_id, relation, since, min_up, set_by) values ($1, 'contains', $2, 1, "
        "'ana')",
        web01.value, now);
  });
  db.advance_ms(1'000);
  const auto answer = body_of(single_points({{"class", "computer_system"}, {"at", then}}));
  EXPECT_EQ(answer.at("asked").as_int64(), 1);
  EXPECT_EQ(answer.at("items").as_array().size(), 2U);
  EXPECT_FALSE(answer.at("truncated").as_bool());
  EXPECT_EQ(texts_of(single_points({{"class", "computer_system"}}), "name"), Names{"core"});
}

TEST_F(ImpactApi, SinglePointsOfNothingIsRefused) {
  EXPECT_EQ(single_points({}).error().where, "ci");
}

TEST_F(ImpactApi, SinglePointsOfAnUnknownClassIsRefused) {
  EXPECT_EQ(single_points({{"class", "spaceship"}}).error().where, "class");
}

}  // namespace
}  // namespace censo::collector
