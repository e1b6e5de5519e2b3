// Whose tickets are seen over the routes: service-desk rule 73. "ana" asks in all of them.
#include "tests/collector/api/called_routes.h"

#include <iterator>

namespace censo::collector {
namespace api {
Routes tickets(const Services& services);
Routes ticket_acts(const Services& services);
Routes ticket_causes(const Services& services);
Routes ticket_relations(const Services& services);
Routes ticket_suggestions(const Services& services);
Routes desk_people(const Services& services);
Routes search(const Services& services);
}  // namespace api
namespace {

using base::Errc;
using Names = std::vector<std::string>;

Routes seen_routes(const Services& services) {
  Routes all;
  for (auto* resource : {api::tickets, api::ticket_acts, api::ticket_causes, api::ticket_relations,
                         api::ticket_suggestions, api::desk_people, api::search}) {
    auto routes = resource(services);
    std::move(routes.begin(), routes.end(), std::back_inserter(all));
  }
  return all;
}

class SightApi : public testing::Test {
 protected:
  SightApi() {
    open("Mine", "ana");      // INC-1
    open("Of luis", "luis");  // INC-2
    open("Of eva", "eva");    // INC-3
    routes.role = Role::viewer;
  }
  void open(const std::string& title, const std::string& requester) {
    boost::json::object body{{"title", title}, {"requester", requester}};
    routes.send("POST", "/api/v1/tickets", {}, boost::json::serialize(body)).value();
  }
  Names numbers() { return texts_of(routes.get("/api/v1/tickets"), "number"); }
  base::Result<Response> of(const std::string& number, const std::string& part = "") {
    return routes.get("/api/v1/tickets/{number}" + part, {{"number", number}});
  }
  base::Result<Response> department(const std::string& person, std::string body) {
    const auto before = routes.role;
    routes.role = Role::admin;
    auto answer = routes.send("PUT", "/api/v1/desk-people/{person}", {{"person", person}}, std::move(body));
    routes.role = before;
    return answer;
  }
  void write(std::string_view sql) {
    routes.db.write([&](store::Transaction& tx) { tx.execute(sql); });
  }

  CalledRoutes routes{seen_routes};
};

TEST_F(SightApi, Rule73ARequesterSeesHisOwnTicketsAlone) {
  EXPECT_EQ(numbers(), Names{"INC-1"});
  EXPECT_TRUE(of("INC-1"));
  for (const auto* part : {"", "/history", "/notes", "/related", "/picture", "/affected-assets"})
    EXPECT_EQ(of("INC-2", part).error().code, Errc::not_found) << part;
}

TEST_F(SightApi, Rule73WhatIsHiddenAnswersAsWhatIsNotThere) {
  EXPECT_EQ(of("INC-2").error().message, "no ticket INC-2");
  EXPECT_EQ(of("INC-9").error().message, "no ticket INC-9");
}

TEST_F(SightApi, Rule73OthersTicketsAreNotMovedNorSpokenOf) {
  const Texts other{{"number", "INC-2"}};
  EXPECT_EQ(
      routes.send("POST", "/api/v1/tickets/{number}/events", other, R"({"event": "reopen"})").error().code,
      Errc::not_found);
  EXPECT_EQ(routes.send("POST", "/api/v1/tickets/{number}/notes", other, R"({"kind":"public","text":"x"})")
                .error()
                .code,
            Errc::not_found);
}

TEST_F(SightApi, Rule73NorAreTheyFound) {
  EXPECT_EQ(texts_of(routes.get("/api/v1/search", {}, {{"text", "of"}}), "id"), Names{});
  routes.role = Role::technician;
  EXPECT_EQ(texts_of(routes.get("/api/v1/search", {}, {{"text", "of"}}), "id"), (Names{"INC-3", "INC-2"}));
}

TEST_F(SightApi, Rule73PagesOfWhatIsFoundAreFullAndTheirCursorsAreHisOwn) {
  for (const auto* requester : {"ana", "luis", "ana", "luis", "luis", "luis"}) open("Printer", requester);
  const auto page_after = [&](const std::string& next) {
    return routes.get("/api/v1/search", {}, {{"text", "printer"}, {"limit", "1"}, {"after", next}});
  };
  const auto first = page_after("");
  EXPECT_EQ(texts_of(first, "id"), Names{"INC-6"});
  const auto second = page_after(std::string(body_of(first).at("next").as_string()));
  EXPECT_EQ(texts_of(second, "id"), Names{"INC-4"});
  const auto last = body_of(second);
  if (const auto* more = last.as_object().if_contains("next")) {
    EXPECT_EQ(texts_of(page_after(std::string(more->as_string())), "id"), Names{});
  }
}

TEST_F(SightApi, HowContentSomebodyWasIsTheDesksToKnow) {
  write(
      "update ticket_history set event = 'rate', after_change = '{\"score\":\"1\"}' where ticket_id = "
      "(select id from ticket where number = 'INC-1')");
  EXPECT_EQ(of("INC-1", "/history")->body.find("score"), std::string::npos);
  routes.role = Role::technician;
  EXPECT_NE(of("INC-1", "/history")->body.find("score"), std::string::npos);
}

TEST_F(SightApi, WhyItWasGivenIsTheDesksToKnow) {
  write(
      "update ticket set fields = '{\"group\":\"web\",\"assigned_because\":\"rule web: web01\"}' where "
      "number = 'INC-1'");
  write(
      "update ticket_history set after_change = '{\"assigned_because\":\"rule web: web01\"}', "
      "reason = 'rule web: web01' where ticket_id = (select id from ticket where number = 'INC-1')");
  const auto whole = of("INC-1"), history = of("INC-1", "/history");
  for (const auto* answer : {&whole, &history})
    EXPECT_EQ((*answer)->body.find("web01"), std::string::npos) << (*answer)->body;
  EXPECT_EQ(routes.get("/api/v1/tickets")->body.find("web01"), std::string::npos);
  const auto said = routes.send("POST", "/api/v1/tickets/{number}/notes", {{"number", "INC-1"}},
                                R"({"text": "any news?"})");
  EXPECT_EQ(said.value().body.find("web01"), std::string::npos) << "nor in the answer to an act";
  const auto edited =
      routes.send("POST", "/api/v1/tickets/{number}/events", {{"number", "INC-1"}}, R"({"event": "resume"})");
  EXPECT_EQ(to_string(edited.error()).find("web01"), std::string::npos);
  routes.role = Role::technician;
  EXPECT_NE(of("INC-1")->body.find("web01"), std::string::npos);
  EXPECT_NE(of("INC-1", "/history")->body.find("web01"), std::string::npos);
}

TEST_F(SightApi, Rule73SuggestionsOfOthersTakeNoPlaceOfHisOwn) {
  open("Printer is out of ink", "ana");
  for (int i = 0; i < 8; ++i) open("Printer is out of ink", "luis");
  const Texts title{{"title", "Printer is out of ink"}, {"limit", "3"}};
  EXPECT_EQ(texts_of(routes.get("/api/v1/ticket-suggestions", {}, title), "number"), Names{"INC-4"});
}

TEST_F(SightApi, Rule73NorSuggested) {
  const Texts title{{"title", "Of luis"}};
  EXPECT_EQ(texts_of(routes.get("/api/v1/ticket-suggestions", {}, title), "number"), Names{});
  routes.role = Role::technician;
  EXPECT_EQ(texts_of(routes.get("/api/v1/ticket-suggestions", {}, title), "number").at(0), "INC-2");
}

TEST_F(SightApi, Rule73WhatTellsOfOthersIsForTheDesk) {
  EXPECT_EQ(of("INC-1", "/probable-causes").error().reason, "ROLE_NEEDED");
  EXPECT_EQ(of("INC-1", "/recent-changes").error().reason, "ROLE_NEEDED");
  EXPECT_EQ(routes.get("/api/v1/problem-candidates").error().reason, "ROLE_NEEDED");
}

TEST_F(SightApi, Rule73TheDepartmentsIfHeIsAllowed) {
  department("luis", R"({"department": "sales"})").value();
  department("ana", R"({"department": "sales"})").value();
  EXPECT_EQ(numbers(), Names{"INC-1"});
  department("ana", R"({"department": "sales", "sees_department": true})").value();
  EXPECT_EQ(numbers(), (Names{"INC-2", "INC-1"}));
  EXPECT_TRUE(of("INC-2"));
  EXPECT_EQ(of("INC-3").error().code, Errc::not_found);
}

TEST_F(SightApi, Rule73InternalNotesStayHidden) {
  department("luis", R"({"department": "sales"})").value();
  department("ana", R"({"department": "sales", "sees_department": true})").value();
  write(
      "insert into ticket_note (id, ticket_id, at, author, kind, minutes, text) "
      "select 1, id, 1, 'mia', 'internal', 0, 'he is lying' from ticket where number = 'INC-2'");
  EXPECT_EQ(texts_of(of("INC-2", "/notes"), "text"), Names{});
}

TEST_F(SightApi, WhatHeWatchesOrIsAssignedToIsSeen) {
  write(
      "insert into ticket_watcher (ticket_id, person) "
      "select id, 'ana' from ticket where number = 'INC-2'");
  EXPECT_EQ(numbers(), (Names{"INC-2", "INC-1"}));
  EXPECT_TRUE(of("INC-2"));
}

TEST_F(SightApi, WhatHeIsAskedToAgreeToIsSeenAndNotWhatANamesakeIs) {
  routes.role = Role::technician;
  for (const auto* people : {"eva, ana", "anabel,Ana"}) {
    boost::json::object fields{{"manager", people}};
    boost::json::object body{
        {"kind", "request"}, {"title", "A laptop"}, {"requester", "luis"}, {"fields", fields}};
    const auto opened = body_of(routes.send("POST", "/api/v1/tickets", {}, boost::json::serialize(body)));
    routes
        .send("POST", "/api/v1/tickets/{number}/events",
              {{"number", opened.at("number").as_string().c_str()}}, R"({"event": "submit"})")
        .value();
  }
  routes.role = Role::viewer;
  EXPECT_EQ(numbers(), (Names{"REQ-1", "INC-1"}));
  EXPECT_EQ(of("REQ-2").error().code, Errc::not_found);
}

// Rule 19: at once, or where a step has waited; never what nobody asked him or those he stands in for.
TEST_F(SightApi, WhatHeMayAgreeToAsADeputyIsInHisList) {
  routes.role = Role::technician;
  for (const auto* manager : {"eva", "bob", "zoe"}) {
    boost::json::object body{{"kind", "request"},
                             {"title", "A laptop"},
                             {"requester", "luis"},
                             {"fields", boost::json::object{{"manager", manager}}}};
    const auto opened = body_of(routes.send("POST", "/api/v1/tickets", {}, boost::json::serialize(body)));
    routes
        .send("POST", "/api/v1/tickets/{number}/events",
              {{"number", opened.at("number").as_string().c_str()}}, R"({"event": "submit"})")
        .value();
  }
  routes.role = Role::viewer;
  EXPECT_EQ(numbers(), Names{"INC-1"});
  write(
      "insert into desk_deputy (person, deputy, from_at, until_at, named_by, at) "
      "select 'eva', 'ana', opened_at - 1000, opened_at + 1000000, 'eva', 1 from ticket where number = "
      "'INC-1'");
  EXPECT_EQ(numbers(), (Names{"REQ-1", "INC-1"}));
  EXPECT_TRUE(of("REQ-1"));
  write(
      "insert into desk_deputy (person, deputy, from_at, until_at, named_by, at) "
      "values ('bob', 'ana', 0, 0, 'bob', 1)");
  EXPECT_EQ(numbers(), (Names{"REQ-1", "INC-1"}));
  routes.db.write([](store::Transaction& tx) {
    tx.execute("update ticket set fields = $1 where number = 'REQ-2'",
               R"({"manager":"bob","approval_step":"manager","deputies_asked":"mia, ana","asked":"1"})");
  });
  EXPECT_EQ(numbers(), (Names{"REQ-2", "REQ-1", "INC-1"}));
  EXPECT_TRUE(of("REQ-2"));
}

TEST_F(SightApi, WithARoleAtTheDeskAllAreSeen) {
  write("insert into desk_role (person, role) values ('ana', 'approver')");
  EXPECT_EQ(numbers(), (Names{"INC-3", "INC-2", "INC-1"}));
  EXPECT_TRUE(of("INC-2"));
}

TEST_F(SightApi, DepartmentsAreTheDeskManagers) {
  const Texts luis{{"person", "luis"}};
  EXPECT_EQ(routes.send("PUT", "/api/v1/desk-people/{person}", luis, R"({"department": "x"})").error().reason,
            "ROLE_NEEDED");
  EXPECT_EQ(routes.send("DELETE", "/api/v1/desk-people/{person}", luis, "").error().code, Errc::not_found);
  EXPECT_EQ(routes.get("/api/v1/desk-people").error().reason, "ROLE_NEEDED");
  EXPECT_EQ(department("luis", R"({"department": ""})").error().where, "/department");
  department("luis", R"({"department": "sales"})").value();
  routes.role = Role::admin;
  EXPECT_EQ(texts_of(routes.get("/api/v1/desk-people"), "department"), Names{"sales"});
  EXPECT_EQ(routes.send("DELETE", "/api/v1/desk-people/{person}", luis, "")->status, 204);
}

}  // namespace
}  // namespace censo::collector
