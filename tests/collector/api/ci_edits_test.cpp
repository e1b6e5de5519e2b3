#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes ci_edits(const Services& services);
}
namespace {

using base::Errc;

class CiEditsApi : public testing::Test {
 protected:
  base::Result<Response> patch(std::string body, Texts query = {}) {
    return routes.send("PATCH", "/api/v1/cis/{id}", {{"id", "web01"}}, std::move(body), std::move(query));
  }
  base::Result<Response> create(std::string body, Texts query = {}) {
    return routes.send("POST", "/api/v1/cis", {}, std::move(body), std::move(query));
  }
  base::Result<Response> remove(Texts query) {
    return routes.send("DELETE", "/api/v1/cis/{id}", {{"id", "web01"}}, "", std::move(query));
  }
  std::string column(const std::string& name) {
    std::string text;
    db.write([&](store::Transaction& tx) {
      const auto row = tx.query_one("select " + name + " from ci where id = $1", web01.value);
      text = row ? row->text(0) : "gone";
    });
    return text;
  }

  CalledRoutes routes{api::ci_edits};
  SeededDatabase& db = routes.db;
  const cmdb::CiId web01 = db.add_ci("server", "web01");
};

TEST_F(CiEditsApi, SetSaysWhatChanged) {
  const auto answer = body_of(patch(R"({"attributes": {"location": "Madrid"}})"));
  const auto& change = answer.at("changes").as_array().at(0);
  EXPECT_EQ(change.at("subject").as_string(), "location");
  EXPECT_EQ(change.at("new").as_string(), "Madrid");
  EXPECT_FALSE(answer.at("dry_run").as_bool());
}

TEST_F(CiEditsApi, ADryRunSaysTheSameAndChangesNothing) {
  const auto answer = body_of(patch(R"({"attributes": {"location": "Madrid"}})", {{"dry_run", "true"}}));
  EXPECT_EQ(answer.at("changes").as_array().at(0).at("new").as_string(), "Madrid");
  EXPECT_TRUE(answer.at("dry_run").as_bool());
  EXPECT_EQ(column("attributes"), "{}");
}

TEST_F(CiEditsApi, AValueThatDoesNotFitNamesItsField) {
  EXPECT_EQ(patch(R"({"attributes": {"criticality": 9}})").error().where, "/attributes/criticality");
}

TEST_F(CiEditsApi, ANullIsNoValue) {
  EXPECT_EQ(patch(R"({"attributes": {"location": null}})").error().where, "/attributes/location");
}

TEST_F(CiEditsApi, AStageIsChangedWithItsStatus) {
  const auto answer = body_of(patch(R"({"stage": "stock", "status": "in_repair"})"));
  EXPECT_EQ(answer.at("stage").as_string(), "stock");
  EXPECT_EQ(column("stage"), "stock");
}

TEST_F(CiEditsApi, APastVersionIsStale) {
  EXPECT_EQ(patch(R"({"version": 1, "stage": "stock"})").error().reason, "VERSION_CHANGED");
}

TEST_F(CiEditsApi, CreateAnswersWhereTheItemIs) {
  const auto answer = create(R"({"class": "business_service", "name": "Shop"})");
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->headers.at(0).second, "/api/v1/cis/" + std::string(body_of(answer).at("id").as_string()));
}

TEST_F(CiEditsApi, CreateDryMakesNothing) {
  ASSERT_TRUE(create(R"({"class": "business_service", "name": "Shop"})", {{"dry_run", "true"}}));
  db.write(
      [](store::Transaction& tx) { EXPECT_FALSE(tx.query_one("select 1 from ci where name = 'Shop'")); });
}

TEST_F(CiEditsApi, DeleteRetires) {
  ASSERT_TRUE(remove({}));
  EXPECT_EQ(column("stage"), "retired");
}

TEST_F(CiEditsApi, OnlyAnAdminPurges) {
  EXPECT_EQ(remove({{"purge", "true"}}).error().code, Errc::permission_denied);
}

TEST_F(CiEditsApi, APurgeIsLogged) {
  routes.role = Role::admin;
  ASSERT_TRUE(remove({{"purge", "true"}, {"reason", "sold"}}));
  EXPECT_EQ(column("stage"), "gone");
  EXPECT_EQ(texts_of(routes.get("/api/v1/purges"), "reason"), std::vector<std::string>{"sold"});
}

TEST_F(CiEditsApi, ADryPurgeTakesNothingAway) {
  routes.role = Role::admin;
  const auto answer = body_of(remove({{"purge", "true"}, {"dry_run", "true"}}));
  EXPECT_EQ(answer.at("purged").as_array().at(0).at("name").as_string(), "web01");
  EXPECT_EQ(column("stage"), "operate");
}

TEST_F(CiEditsApi, ATicketKeepsAReadableTraceOfAPurgedItem) {
  db.write([&](store::Transaction& tx) {
    tx.execute(
        "insert into ticket (id, kind, number, title, title_folded, description, state, requester, opened_at,"
        " updated_at, version) values (1, 'incident', 'INC-1', 't', 't', '', 'new', 'ana', 1, 1, 1)");
    tx.execute("insert into ticket_link (ticket_id, ci_id, role) values (1, $1, 'affected')", web01.value);
  });
  routes.role = Role::admin;
  ASSERT_TRUE(remove({{"purge", "true"}}));
  db.write([](store::Transaction& tx) {
    const auto row = tx.query_one("select event, reason from ticket_history where ticket_id = 1");
    ASSERT_TRUE(row);
    EXPECT_EQ(row->text(0), "unlink");
    EXPECT_EQ(row->text(1), "purged: server web01");
  });
}

}  // namespace
}  // namespace censo::collector
