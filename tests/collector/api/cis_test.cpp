#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes cis(const Services& services);
}
namespace {

using base::Errc;
using Names = std::vector<std::string>;

class CisApi : public testing::Test {
 protected:
  CisApi() {
    db.relate(nginx, "runs_on", web01);
    db.add_history(web01, db.clock().now() - 2000);
    db.add_history(web01, db.clock().now() - 1000);
  }
  CalledRoutes routes{api::cis};
  SeededDatabase& db = routes.db;
  const cmdb::CiId web01 = db.add_ci("server", "web01"), web02 = db.add_ci("server", "web02"),
                   nginx = db.add_ci("web_server", "nginx");
};

TEST_F(CisApi, ListsByName) {
  EXPECT_EQ(texts_of(routes.get("/api/v1/cis"), "name"), (Names{"nginx", "web01", "web02"}));
}

TEST_F(CisApi, ListsOfOneClassWithItsSubclasses) {
  EXPECT_EQ(texts_of(routes.get("/api/v1/cis", {}, {{"class", "computer_system"}}), "name"),
            (Names{"web01", "web02"}));
}

TEST_F(CisApi, ListsByText) {
  EXPECT_EQ(texts_of(routes.get("/api/v1/cis", {}, {{"text", "ngi"}}), "name"), Names{"nginx"});
}

TEST_F(CisApi, ListsByStage) {
  EXPECT_TRUE(texts_of(routes.get("/api/v1/cis", {}, {{"stage", "retired"}}), "name").empty());
}

TEST_F(CisApi, UnknownClassIsRefused) {
  const auto answer = routes.get("/api/v1/cis", {}, {{"class", "spaceship"}});
  EXPECT_EQ(answer.error().code, Errc::invalid_argument);
  EXPECT_EQ(answer.error().where, "class");
}

TEST_F(CisApi, PagesFollowEachOther) {
  const auto first = body_of(routes.get("/api/v1/cis", {}, {{"limit", "2"}}));
  const std::string next(first.at("next").as_string());
  const auto second = routes.get("/api/v1/cis", {}, {{"limit", "2"}, {"after", next}});
  EXPECT_EQ(texts_of(second, "name"), Names{"web02"});
}

TEST_F(CisApi, LastPageHasNoNext) {
  EXPECT_FALSE(body_of(routes.get("/api/v1/cis")).as_object().contains("next"));
}

TEST_F(CisApi, ForeignCursorIsRefused) {
  EXPECT_EQ(routes.get("/api/v1/cis", {}, {{"after", "!"}}).error().code, Errc::malformed);
}

TEST_F(CisApi, ShowsOneById) {
  const auto item = body_of(routes.get("/api/v1/cis/{id}", {{"id", base::to_text(web01)}}));
  EXPECT_EQ(item.at("name").as_string(), "web01");
  EXPECT_EQ(item.at("class").as_string(), "server");
  EXPECT_EQ(item.at("stage").as_string(), "operate");
  EXPECT_EQ(item.at("last_seen").as_string(), base::to_iso8601(db.clock().now()));
  EXPECT_EQ(item.at("origins").as_array().at(0).as_string(), "agent");
}

TEST_F(CisApi, ShowsOneByName) {
  EXPECT_EQ(body_of(routes.get("/api/v1/cis/{id}", {{"id", "web01"}})).at("id").as_string(),
            base::to_text(web01));
}

TEST_F(CisApi, ShowsOneByIdentifier) {
  db.add_key(web01, "serial_number", "abc123");
  EXPECT_EQ(body_of(routes.get("/api/v1/cis/{id}", {{"id", "ABC123"}})).at("name").as_string(), "web01");
}

TEST_F(CisApi, UnknownIsNotFound) {
  EXPECT_EQ(routes.get("/api/v1/cis/{id}", {{"id", "ghost"}}).error().code, Errc::not_found);
}

TEST_F(CisApi, NameOfTwoIsAConflictThatListsThem) {
  const auto other = db.add_ci("server", "web01");
  const auto answer = routes.get("/api/v1/cis/{id}", {{"id", "web01"}});
  EXPECT_EQ(answer.error().code, Errc::conflict);
  EXPECT_NE(answer.error().message.find(base::to_text(web01)), std::string::npos);
  EXPECT_NE(answer.error().message.find(base::to_text(other)), std::string::npos);
}

TEST_F(CisApi, ComponentsOfAnItemWithoutAny) {
  EXPECT_TRUE(texts_of(routes.get("/api/v1/cis/{id}/components", {{"id", "web01"}}), "class").empty());
}

TEST_F(CisApi, ComponentsOfAnUnknownClassAreRefused) {
  EXPECT_EQ(routes.get("/api/v1/cis/{id}/components", {{"id", "web01"}}, {{"class", "wing"}}).error().where,
            "class");
}

TEST_F(CisApi, RelationshipsNameBothEnds) {
  const auto answer = body_of(routes.get("/api/v1/cis/{id}/relationships", {{"id", "web01"}}));
  const auto& one = answer.at("items").as_array().at(0);
  EXPECT_EQ(one.at("type").as_string(), "runs_on");
  EXPECT_EQ(one.at("from").at("name").as_string(), "nginx");
  EXPECT_EQ(one.at("from").at("class").as_string(), "web_server");
  EXPECT_EQ(one.at("to").at("id").as_string(), base::to_text(web01));
}

TEST_F(CisApi, HistoryIsNewestFirst) {
  const auto times = texts_of(routes.get("/api/v1/cis/{id}/history", {{"id", "web01"}}), "at");
  EXPECT_EQ(times,
            (Names{base::to_iso8601(db.clock().now() - 1000), base::to_iso8601(db.clock().now() - 2000)}));
}

TEST_F(CisApi, HistoryHasOldAndNew) {
  const auto answer = body_of(routes.get("/api/v1/cis/{id}/history", {{"id", "web01"}}));
  const auto& entry = answer.at("items").as_array().at(0);
  EXPECT_EQ(entry.at("subject").as_string(), "memory_mib");
  EXPECT_EQ(entry.at("old").as_string(), "1024");
  EXPECT_EQ(entry.at("new").as_string(), "2048");
  EXPECT_TRUE(entry.at("not_before").is_null());
}

}  // namespace
}  // namespace censo::collector
