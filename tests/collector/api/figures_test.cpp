// Figures over their routes: service-desk rules 76 to 80.
#include "tests/collector/api/called_routes.h"

#include <iterator>

namespace censo::collector {
namespace api {
Routes figures(const Services& services);
Routes identification_audit(const Services& services);
Routes tickets(const Services& services);
Routes ticket_acts(const Services& services);
}  // namespace api
namespace {

using base::Errc;

Routes of_figures(const Services& services) {
  Routes all;
  for (auto* resource : {api::figures, api::identification_audit, api::tickets, api::ticket_acts}) {
    auto routes = resource(services);
    std::move(routes.begin(), routes.end(), std::back_inserter(all));
  }
  return all;
}

class FiguresApi : public testing::Test {
 protected:
  void open(const std::string& title) {
    boost::json::object body{{"title", title}, {"requester", "luis"}};
    routes.send("POST", "/api/v1/tickets", {}, boost::json::serialize(body)).value();
    db.advance_ms(1'000);
  }
  boost::json::value figure(const std::string& area, std::string_view name) {
    const auto body = body_of(routes.get("/api/v1/figures/" + area));
    for (const auto& one : body.at("items").as_array())
      if (one.at("figure").as_string() == name) return one;
    return {};
  }
  base::Result<Response> behind(const std::string& area, const std::string& name, Texts query = {}) {
    return routes.get("/api/v1/figures/" + area + "/{figure}", {{"figure", name}}, std::move(query));
  }

  Role route_role(std::string_view pattern) { return routes.route("GET", pattern).role; }

  CalledRoutes routes{of_figures};
  SeededDatabase& db = routes.db;
};

TEST_F(FiguresApi, Rule76FiguresOfTheDeskAndTheListBehindOne) {
  open("Slow");
  EXPECT_EQ(figure("desk", "backlog").at("items").as_int64(), 1);
  EXPECT_EQ(figure("desk", "backlog").at("p50_s").to_number<double>(), 1.0);
  EXPECT_EQ(texts_of(behind("desk", "backlog"), "ticket"), std::vector<std::string>{"INC-1"});
}

TEST_F(FiguresApi, AreForWhoHasARoleAtTheDeskWhateverHisToken) {
  open("Slow");
  routes.role = Role::viewer;
  EXPECT_EQ(routes.get("/api/v1/figures/desk").error().reason, "ROLE_NEEDED");
  EXPECT_EQ(behind("changes", "unauthorised").error().reason, "ROLE_NEEDED");
  db.write([](store::Transaction& tx) {
    tx.execute("insert into desk_role (person, role) values ('ana', 'desk_manager')");
  });
  EXPECT_EQ(figure("desk", "backlog").at("items").as_int64(), 1);
  EXPECT_EQ(route_role("/api/v1/figures/desk"), Role::viewer);
}

TEST_F(FiguresApi, Rule79AListComesAsCsvAndNoCellIsAFormula) {
  open("=HYPERLINK(1)");
  open("Slow, \"very\"");
  const auto csv = behind("desk", "backlog", {{"format", "csv"}}).value();
  EXPECT_EQ(csv.content_type, "text/csv; charset=utf-8");
  EXPECT_TRUE(csv.body.starts_with("ticket,kind,title,")) << csv.body;
  EXPECT_NE(csv.body.find("INC-1,incident,'=HYPERLINK(1),new"), std::string::npos) << csv.body;
  EXPECT_NE(csv.body.find("INC-2,incident,\"Slow, \"\"very\"\"\",new"), std::string::npos) << csv.body;
  EXPECT_EQ(behind("desk", "backlog", {{"format", "pdf"}}).error().where, "format");
}

TEST_F(FiguresApi, Rule77AndRule78FiguresAreReached) {
  EXPECT_EQ(figure("changes", "success").at("of").as_int64(), 0);
  EXPECT_FALSE(figure("changes", "success").as_object().contains("percent"));
  EXPECT_EQ(figure("identity", "unmerges").at("items").as_int64(), 0);
}

TEST_F(FiguresApi, Rule78ADrawnLinkIsJudged) {
  const auto web01 = db.add_ci("server", "web01");
  db.write([&](store::Transaction& tx) {
    tx.execute(
        "insert into identification (id, ci_id, at, outcome, rule, score, explanation) "
        "values ($1, $2, $3, 'linked', 'score', 11.5, '{}')",
        base::next_id(db.clock()), web01.value, db.clock().now());
  });
  db.advance_ms(1);
  const auto drawn = body_of(routes.send("POST", "/api/v1/identification-audit", {}, R"({"size": 5})"));
  EXPECT_EQ(drawn.at("drawn").as_int64(), 1);
  const auto id = texts_of(behind("identity", "to_audit"), "id").at(0);
  const auto judged = body_of(routes.send("PUT", "/api/v1/identification-audit/{id}", {{"id", id}},
                                          R"({"verdict": "wrong", "reason": "two machines"})"));
  EXPECT_EQ(judged.at("verdict").as_string(), "wrong");
  EXPECT_EQ(figure("identity", "precision").at("percent").to_number<double>(), 0.0);
}

TEST_F(FiguresApi, Rule80FiguresOfTicketsAreForTheDeskAlone) {
  routes.role = Role::viewer;
  EXPECT_EQ(routes.get("/api/v1/figures/desk").error().reason, "ROLE_NEEDED");
  EXPECT_EQ(behind("desk", "backlog").error().code, Errc::permission_denied);
  EXPECT_EQ(routes.get("/api/v1/figures/changes").error().code, Errc::permission_denied);
  EXPECT_EQ(behind("changes", "success").error().code, Errc::permission_denied);
  EXPECT_TRUE(routes.get("/api/v1/figures/identity"));
}

TEST_F(FiguresApi, WhatIsAskedWronglyIsRefused) {
  const auto asked = [&](Texts query) { return routes.get("/api/v1/figures/desk", {}, std::move(query)); };
  EXPECT_EQ(asked({{"since", "yesterday"}}).error().where, "since");
  EXPECT_EQ(asked({{"since", "2026-02-01"}, {"until", "2026-01-01"}}).error().where, "since");
  EXPECT_EQ(asked({{"priority", "9"}}).error().where, "priority");
  EXPECT_EQ(asked({{"kind", "problem"}}).error().where, "kind");
  EXPECT_EQ(behind("desk", "beauty").error().code, Errc::not_found);
  EXPECT_EQ(behind("desk", "backlog", {{"after", "?"}}).error().code, Errc::malformed);
}

}  // namespace
}  // namespace censo::collector
