#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes imports(const Services& services);
}
namespace {

using base::Errc;

class RegisterImports : public testing::Test {
 protected:
  base::Result<Response> post(std::string csv, Texts query = {}) {
    Request request;
    query.emplace("source", "assets");
    request.query.insert(query.begin(), query.end());
    request.body = std::move(csv);
    request.content_type = content_type;
    db.advance_ms(60'000);
    return routes.call("POST", "/api/v1/imports/register", std::move(request));
  }
  boost::json::value taken(std::string csv, Texts query = {}) {
    return body_of(post(std::move(csv), std::move(query)));
  }
  std::int64_t items() {
    std::int64_t count = 0;
    db.write([&](store::Transaction& tx) { count = tx.query_one("select count(*) from ci")->integer(0); });
    return count;
  }
  std::string outcome(const boost::json::value& answer, std::size_t row = 0) {
    return std::string(answer.at("items").at(row).at("outcome").as_string());
  }

  CalledRoutes routes{api::imports};
  SeededDatabase& db = routes.db;
  std::string content_type = "text/csv; charset=utf-8";
};

TEST_F(RegisterImports, ARowMakesAnItemWithItsValues) {
  const auto answer = taken("class,name,serial,model,location\nserver,web01,CZJ91200F7,R640,Madrid\n");
  EXPECT_EQ(outcome(answer), "created");
  EXPECT_EQ(answer.at("items").at(0).at("line").as_int64(), 2);
  EXPECT_EQ(answer.at("items").at(0).at("ci").at("name").as_string(), "web01");
  EXPECT_EQ(answer.at("counts").at("created").as_int64(), 1);
  EXPECT_EQ(items(), 1);
}

TEST_F(RegisterImports, ADryRunSaysTheSameAndWritesNothing) {
  const auto answer = taken("class,name,serial\nserver,web01,CZJ91200F7\n", {{"dry_run", "true"}});
  EXPECT_EQ(outcome(answer), "created");
  EXPECT_TRUE(answer.at("dry_run").as_bool());
  EXPECT_EQ(items(), 0);
}

TEST_F(RegisterImports, AnotherTimeTellsWhatChanges) {
  const std::string header = "class,name,serial,location\n";
  taken(header + "server,web01,CZJ91200F7,Madrid\n");
  EXPECT_EQ(outcome(taken(header + "server,web01,CZJ91200F7,Madrid\n")), "unchanged");
  const auto answer = taken(header + "server,web01,CZJ91200F7,Bilbao\n");
  EXPECT_EQ(outcome(answer), "changed");
  const auto& change = answer.at("items").at(0).at("changes").at(0);
  EXPECT_EQ(change.at("subject").as_string(), "location");
  EXPECT_EQ(change.at("old").as_string(), "Madrid");
  EXPECT_EQ(change.at("new").as_string(), "Bilbao");
  EXPECT_EQ(items(), 1);
}

TEST_F(RegisterImports, ARowOfAnotherRegisterIsLinkedByItsSerialNumber) {
  taken("class,name,serial\nserver,web01,CZJ91200F7\n");
  const auto answer =
      taken("class,name,serial,owner\nserver,web01,CZJ91200F7,Ana\n", {{"source", "finance"}});
  EXPECT_EQ(outcome(answer), "linked");
  EXPECT_NE(answer.at("items").at(0).at("why").as_string().find("serial"), std::string::npos);
  EXPECT_EQ(items(), 1);
}

TEST_F(RegisterImports, HeadersMayBeLabelsAndTheClassStandBeside) {
  const auto answer = taken("\xEF\xBB\xBFNombre;Número de serie;Entorno\r\nweb01;CZJ91200F7;Production\r\n",
                            {{"class", "server"}});
  EXPECT_EQ(outcome(answer), "created");
  EXPECT_TRUE(answer.at("errors").as_array().empty());
}

TEST_F(RegisterImports, FaultsNameLineAndColumnAndRefuseAll) {
  const std::string csv = "class,name,memory_mib\nserver,web01,much\nlaptopp,pc01,\nserver,web02,1024\n";
  const auto refused = post(csv);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "line 2, column 3");
  EXPECT_EQ(refused.error().message,
            "memory_mib: expected integer, found \"much\" (and 1 more; dry_run=true lists them)");
  EXPECT_EQ(items(), 0);
  const auto tried = taken(csv, {{"dry_run", "true"}, {"line", "102"}});
  EXPECT_EQ(tried.at("errors").as_array().size(), 2U);
  EXPECT_EQ(tried.at("errors").at(1).at("line").as_int64(), 103);
  EXPECT_EQ(outcome(tried), "created");
}

TEST_F(RegisterImports, AnUnknownColumnIsRefusedWithTheNearest) {
  EXPECT_EQ(post("class,name,locaton\nserver,web01,x\n").error().message,
            "no class has the attribute \"locaton\"; did you mean \"location\"?");
  EXPECT_EQ(post("name\nweb01\n").error().where, "line 1");
}

TEST_F(RegisterImports, ARowOfAnotherLengthIsRefused) {
  EXPECT_EQ(post("class,name\nserver\n").error().message, "expected 2 cells, found 1");
}

TEST_F(RegisterImports, AnythingButCsvIsRefused) {
  content_type = "application/json";
  EXPECT_EQ(post("{}").error().code, Errc::unsupported);
  content_type = "text/csv";
  EXPECT_EQ(post("class,name\nserver,web01\n", {{"source", ""}}).error().where, "source");
}

}  // namespace
}  // namespace censo::collector
