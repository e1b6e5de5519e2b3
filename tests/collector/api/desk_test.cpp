// The desk over its routes: events, notes, edits, roles, changes and detected changes.
#include "cmdb/impact.h"
#include "desk/detection.h"
#include "desk/detection_rules.h"
#include "desk/ticket_kind.h"
#include "tests/collector/api/called_routes.h"

#include <iterator>

namespace censo::collector {
namespace api {
Routes tickets(const Services& services);
Routes ticket_acts(const Services& services);
Routes ticket_causes(const Services& services);
Routes ticket_relations(const Services& services);
Routes ticket_templates(const Services& services);
Routes ticket_suggestions(const Services& services);
Routes changes(const Services& services);
Routes detected_changes(const Services& services);
Routes desk_roles(const Services& services);
}  // namespace api
namespace {

using base::Errc;
using Names = std::vector<std::string>;

Routes of_the_desk(const Services& services) {
  Routes all;
  for (auto* resource :
       {api::tickets, api::ticket_acts, api::ticket_causes, api::ticket_relations, api::ticket_templates,
        api::ticket_suggestions, api::changes, api::detected_changes, api::desk_roles}) {
    auto routes = resource(services);
    std::move(routes.begin(), routes.end(), std::back_inserter(all));
  }
  return all;
}

class DeskApi : public testing::Test {
 protected:
  base::Result<Response> open(std::string body) {
    return routes.send("POST", "/api/v1/tickets", {}, std::move(body));
  }
  base::Result<Response> event(std::string body, std::string number = "INC-1") {
    return routes.send("POST", "/api/v1/tickets/{number}/events", {{"number", std::move(number)}},
                       std::move(body));
  }
  base::Result<Response> note(std::string body) {
    return routes.send("POST", "/api/v1/tickets/{number}/notes", {{"number", "INC-1"}}, std::move(body));
  }
  base::Result<Response> patch(std::string body) {
    return routes.send("PATCH", "/api/v1/tickets/{number}", {{"number", "INC-1"}}, std::move(body));
  }
  base::Result<Response> of(std::string part, std::string number = "INC-1") {
    return routes.get("/api/v1/tickets/{number}" + part, {{"number", std::move(number)}});
  }
  Names numbers(Texts query) {
    return texts_of(routes.get("/api/v1/tickets", {}, std::move(query)), "number");
  }

  // An unauthorised change on web01, by its id.
  std::string unauthorised() {
    db.write([&](store::Transaction& tx) {
      tx.execute(
          "insert into history (id, ci_id, at, not_before, origin, what, subject, old_value, new_value) "
          "values "
          "($1, $2, $3, 0, 'agent seed', 'attribute', 'os_version', '12', '13')",
          base::lowest_id_at(db.clock().now()), web01.value, db.clock().now());
    });
    db.advance_ms(desk::settled_after_ms + 1);
    const auto kinds = desk::TicketKinds::load(cmdb::built_in_schemas()).value();
    const auto rules = desk::DetectionRules::load(cmdb::built_in_schemas()).value();
    cmdb::ImpactGraph graph(db.clock());
    db.write([&](store::Transaction& tx) {
      const desk::Act act{"collector", "rule", db.clock(), {"rule"}};
      const cmdb::ImpactSource impact{graph, routes.catalog};
      desk::detect({tx, kinds, act, &impact, &rules}, 100);
    });
    return texts_of(routes.get("/api/v1/detected-changes"), "id").at(0);
  }

  CalledRoutes routes{of_the_desk};
  SeededDatabase& db = routes.db;
  const cmdb::CiId web01 = db.add_ci("server", "web01");
};

// Each event of each kind reaches its guards by the API: what is refused is refused by the desk.
TEST_F(DeskApi, Rule80EveryEventIsReachedByTheApiWithTheSameGuards) {
  const auto kinds = desk::TicketKinds::load(cmdb::built_in_schemas()).value();
  for (const std::string kind : {"incident", "request", "problem", "change", "release", "task"}) {
    routes.role = Role::admin;
    const auto opened = body_of(open(R"({"title": "T", "requester": "luis", "kind": ")" + kind + R"("})"));
    const std::string number(opened.at("number").as_string());
    const Texts watcher{{"number", number}, {"person", "ana"}};  // who watches it sees it
    routes.send("PUT", "/api/v1/tickets/{number}/watchers/{person}", watcher, "").value();
    routes.role = Role::viewer;
    for (const auto& one : kinds.find(kind)->transitions) {
      const auto refused = event(R"({"event": ")" + one.event + R"("})", number);
      ASSERT_FALSE(refused) << one.event;
      const bool by_the_desk =
          refused.error().code == Errc::conflict || refused.error().code == Errc::permission_denied;
      EXPECT_TRUE(by_the_desk) << kind << " " << one.event << ": " << refused.error().message;
    }
  }
}

TEST_F(DeskApi, EveryAnswerTellsWhatIsAllowed) {
  const auto ticket = body_of(open(R"({"title": "Slow", "requester": "luis"})"));
  const auto& allowed = ticket.at("allowed").as_array();
  ASSERT_EQ(allowed.size(), 2U);
  EXPECT_EQ(allowed[0].at("event").as_string(), "assign");
  EXPECT_EQ(allowed[0].at("to").as_string(), "assigned");
  EXPECT_EQ(allowed[0].at("needs").as_array().at(0).as_string(), "group");
  const auto list = body_of(routes.get("/api/v1/tickets"));
  EXPECT_EQ(list.at("items").as_array().at(0).at("allowed").as_array().at(1).as_string(), "cancel");
}

TEST_F(DeskApi, ATicketTellsItsServiceLevels) {
  const auto ticket = body_of(open(R"({"title": "Slow", "fields": {"impact": "1", "urgency": "1"}})"));
  const auto& respond = ticket.at("targets").as_array().at(0);
  EXPECT_EQ(respond.at("target").as_string(), "respond");
  EXPECT_EQ(respond.at("state").as_string(), "running");
  EXPECT_EQ(respond.at("remaining_s").as_int64(), 15 * 60);
  EXPECT_EQ(ticket.at("due_at"), respond.at("due_at"));
}

TEST_F(DeskApi, ListsByDueTime) {
  open(R"({"title": "Slow"})").value();
  open(R"({"title": "Down", "fields": {"impact": "1", "urgency": "1"}})").value();
  EXPECT_EQ(numbers({{"sort", "due"}}), (Names{"INC-2", "INC-1"}));
  EXPECT_EQ(numbers({{"due_before", base::to_iso8601(db.clock().now() + 3'600'000)}}), Names{"INC-2"});
  EXPECT_EQ(numbers({{"breached", "true"}}), Names{});
}

TEST_F(DeskApi, TicketsAreRelatedAndToldOnBothSides) {
  open(R"({"title": "Slow"})").value();
  open(R"({"title": "It stalls", "kind": "problem"})").value();
  constexpr std::string_view one = "/api/v1/tickets/{number}/related/{relation}/{other}";
  const Texts incident{{"number", "PRB-1"}, {"relation", "incident"}, {"other", "INC-1"}};
  const auto problem = body_of(routes.send("PUT", one, incident, "{}"));
  EXPECT_EQ(problem.at("related").as_array().at(0).at("ticket").at("number").as_string(), "INC-1");
  const auto told = body_of(of("/related")).at("items").as_array().at(0);
  EXPECT_EQ(told.at("label").at("en").as_string(), "Problem");
  EXPECT_FALSE(told.at("forward").as_bool());
  EXPECT_EQ(routes.send("DELETE", one, incident, "")->status, 204);
  EXPECT_EQ(routes.send("DELETE", one, incident, "").error().code, Errc::not_found);
}

TEST_F(DeskApi, SeveralAreMovedOrNone) {
  open(R"({"title": "Slow"})").value();
  open(R"({"title": "Slower"})").value();
  const auto all = [&](std::string body) {
    return routes.send("POST", "/api/v1/ticket-events", {}, std::move(body));
  };
  const auto refused =
      all(R"({"tickets": ["INC-1", "INC-9"], "event": "assign", "fields": {"group": "web"}})");
  EXPECT_EQ(refused.error().code, Errc::not_found);
  EXPECT_EQ(numbers({{"state", "assigned"}}), Names{});
  const auto moved = all(R"({"tickets": ["INC-1", "INC-2"], "event": "assign", "fields": {"group": "web"}})");
  EXPECT_EQ(texts_of(moved, "state"), (Names{"assigned", "assigned"}));
  const auto twice = all(R"({"tickets": ["INC-1"], "event": "assign", "fields": {"group": "web"}})");
  EXPECT_TRUE(twice.error().message.starts_with("INC-1: ")) << twice.error().message;
  EXPECT_EQ(all(R"({"event": "assign"})").error().reason, "MISSING_FIELD");
}

TEST_F(DeskApi, WatchersStandInTheTicket) {
  open(R"({"title": "Slow"})").value();
  const Texts eva{{"number", "INC-1"}, {"person", "eva"}};
  EXPECT_EQ(routes.send("PUT", "/api/v1/tickets/{number}/watchers/{person}", eva, "{}")->status, 204);
  EXPECT_EQ(body_of(of("")).at("watchers").as_array().at(0).as_string(), "eva");
  EXPECT_EQ(numbers({{"watcher", "eva"}}), Names{"INC-1"});
  EXPECT_EQ(routes.send("DELETE", "/api/v1/tickets/{number}/watchers/{person}", eva, "")->status, 204);
}

TEST_F(DeskApi, TicketsBeginWithATemplate) {
  routes.role = Role::admin;
  const auto put = routes.send("PUT", "/api/v1/ticket-templates/{name}", {{"name", "new_laptop"}},
                               R"({"kind": "request", "title": "A laptop", "fields": {"manager": "mia"}})");
  EXPECT_EQ(body_of(put).at("person").as_string(), "ana");
  EXPECT_EQ(texts_of(routes.get("/api/v1/ticket-templates"), "name"), Names{"new_laptop"});
  const auto ticket = body_of(open(R"({"template": "new_laptop", "fields": {"urgency": "3"}})"));
  EXPECT_EQ(ticket.at("number").as_string(), "REQ-1");
  EXPECT_EQ(ticket.at("title").as_string(), "A laptop");
  EXPECT_EQ(ticket.at("fields").at("manager").as_string(), "mia");
  EXPECT_EQ(open(R"({"template": "nothing"})").error().code, Errc::not_found);
  EXPECT_EQ(routes.send("DELETE", "/api/v1/ticket-templates/{name}", {{"name", "new_laptop"}}, "")->status,
            204);
}

TEST_F(DeskApi, SuggestsWhatIsKnownAndWhatRepeats) {
  for (int i = 0; i < 3; ++i) open(R"({"title": "VPN drops"})").value();
  const auto like =
      routes.get("/api/v1/ticket-suggestions", {}, {{"title", "the vpn drops"}, {"limit", "2"}});
  EXPECT_EQ(texts_of(like, "number"), (Names{"INC-3", "INC-2"}));
  EXPECT_EQ(routes.get("/api/v1/ticket-suggestions", {}, {{"limit", "0"}}).error().where, "limit");
  EXPECT_EQ(routes.get("/api/v1/ticket-suggestions", {}, {{"ci", "nowhere"}}).error().code, Errc::not_found);
  const auto found = texts_of(routes.get("/api/v1/problem-candidates"), "key");
  ASSERT_EQ(found.size(), 1U);
  routes.role = Role::admin;
  const auto problem =
      routes.send("POST", "/api/v1/problem-candidates", {}, R"({"key": ")" + found[0] + "\"}");
  EXPECT_EQ(body_of(problem).at("number").as_string(), "PRB-1");
  EXPECT_EQ(body_of(problem).at("related").as_array().size(), 3U);
  EXPECT_EQ(texts_of(routes.get("/api/v1/problem-candidates"), "key"), Names{});
  EXPECT_EQ(routes.send("POST", "/api/v1/problem-candidates", {}, R"({"key": "words-INC-1"})").error().code,
            Errc::not_found);
}

TEST_F(DeskApi, ABadSortDueTimeOrFlagIsRefused) {
  EXPECT_EQ(routes.get("/api/v1/tickets", {}, {{"sort", "colour"}}).error().where, "sort");
  EXPECT_EQ(routes.get("/api/v1/tickets", {}, {{"due_before", "soon"}}).error().where, "due_before");
  EXPECT_EQ(routes.get("/api/v1/tickets", {}, {{"breached", "maybe"}}).error().where, "breached");
}

TEST_F(DeskApi, EventMovesTheTicket) {
  open(R"({"title": "Slow"})").value();
  const auto ticket = body_of(event(R"({"event": "assign", "fields": {"group": "web", "assignee": "ana"}})"));
  EXPECT_EQ(ticket.at("state").as_string(), "assigned");
  EXPECT_EQ(ticket.at("fields").at("assignee").as_string(), "ana");
  EXPECT_EQ(body_of(event(R"({"event": "start"})")).at("state").as_string(), "in_progress");
}

TEST_F(DeskApi, RefusedEventTellsWhere) {
  open(R"({"title": "Slow"})").value();
  const auto missing = event(R"({"event": "assign"})");
  EXPECT_EQ(missing.error().where, "/fields/group");
  EXPECT_EQ(event(R"({"event": "fly"})").error().reason, "NOT_ALLOWED_NOW");
  EXPECT_EQ(event(R"({"event": "assign", "fields": {"group": "web"}, "version": 7})").error().reason,
            "VERSION_CHANGED");
  EXPECT_EQ(event(R"({"event": "assign"})", "INC-9").error().code, Errc::not_found);
}

TEST_F(DeskApi, ViewerMovesHisOwnTicketAsItsRequesterAlone) {
  open(R"({"title": "Slow"})").value();  // ana's
  routes.role = Role::viewer;
  EXPECT_EQ(event(R"({"event": "assign", "fields": {"group": "web"}})").error().reason, "ROLE_NEEDED");
  routes.role = Role::technician;
  event(R"({"event": "assign", "fields": {"group": "web", "assignee": "ana"}})").value();
  event(
      R"({"event": "resolve", "fields": {"resolution_code": "fixed", "solution": "s", "category": "web", "cause": "none"}})")
      .value();
  routes.role = Role::viewer;
  EXPECT_EQ(body_of(event(R"({"event": "close"})")).at("state").as_string(), "closed");
}

TEST_F(DeskApi, NotesAreKept) {
  open(R"({"title": "Slow"})").value();
  EXPECT_EQ(note(R"({"text": "which browser?"})")->status, 201);
  note(R"({"text": "he again", "kind": "internal"})").value();
  note(R"({"text": "logs", "kind": "work", "minutes": 20})").value();
  EXPECT_EQ(texts_of(of("/notes"), "kind"), (Names{"public", "internal", "work"}));
  EXPECT_EQ(note(R"({"text": "x", "kind": "work"})").error().where, "minutes");
  EXPECT_EQ(note(R"({"text": "x", "kind": "loud"})").error().where, "kind");
}

TEST_F(DeskApi, EditNeedsTheVersionThatWasRead) {
  open(R"({"title": "Slow", "fields": {"impact": 3, "urgency": 3}})").value();
  EXPECT_EQ(patch(R"({"title": "Slower"})").error().reason, "MISSING_FIELD");
  const auto edited = body_of(patch(R"({"title": "Slower", "fields": {"urgency": 1}, "version": 1})"));
  EXPECT_EQ(edited.at("title").as_string(), "Slower");
  EXPECT_EQ(edited.at("fields").at("priority").as_int64(), 3);
  const auto stale = patch(R"({"title": "Slowest", "version": 1})");
  EXPECT_EQ(stale.error().code, Errc::stale);
  EXPECT_NE(stale.error().message.find(R"("title":"Slower")"), std::string::npos);
  EXPECT_FALSE(
      body_of(patch(R"({"clear": ["urgency"], "version": 2})")).at("fields").as_object().contains("urgency"));
}

TEST_F(DeskApi, HistoryTellsEveryAct) {
  open(R"({"title": "Slow"})").value();
  event(R"({"event": "assign", "fields": {"group": "web"}})").value();
  EXPECT_EQ(texts_of(of("/history"), "event"), (Names{"open", "assign"}));
}

TEST_F(DeskApi, ImpactIsThatOfWhatIsAffectedUnlessGiven) {
  EXPECT_EQ(body_of(open(R"({"title": "Slow", "affected": ["web01"]})")).at("fields").at("impact").as_int64(),
            3);
  EXPECT_EQ(body_of(open(R"({"title": "Slow", "affected": ["web01"], "fields": {"impact": 1}})"))
                .at("fields")
                .at("priority")
                .as_int64(),
            2);
}

TEST_F(DeskApi, ListFilters) {
  open(R"({"title": "a", "affected": ["web01"], "fields": {"impact": 1, "urgency": 1}})").value();
  open(R"({"title": "b", "requester": "luis"})").value();
  event(R"({"event": "assign", "fields": {"group": "web", "assignee": "eva"}})", "INC-2").value();
  open(R"({"title": "c"})").value();
  event(R"({"event": "cancel", "fields": {"cancel_reason": "mistaken"}})", "INC-3").value();
  EXPECT_EQ(numbers({{"state", "open"}}), (Names{"INC-2", "INC-1"}));
  EXPECT_EQ(numbers({{"state", "cancelled"}}), (Names{"INC-3"}));
  EXPECT_EQ(numbers({{"priority", "1"}, {"state", "open"}}), (Names{"INC-1"}));
  EXPECT_EQ(numbers({{"assignee", "eva"}}), (Names{"INC-2"}));
  EXPECT_EQ(numbers({{"group", "web"}}), (Names{"INC-2"}));
  EXPECT_EQ(numbers({{"requester", "luis"}}), (Names{"INC-2"}));
  EXPECT_EQ(numbers({{"ci", "web01"}}), (Names{"INC-1"}));
  EXPECT_EQ(routes.get("/api/v1/tickets", {}, {{"priority", "9"}}).error().where, "priority");
  EXPECT_EQ(routes.get("/api/v1/tickets", {}, {{"ci", "ghost"}}).error().code, Errc::not_found);
}

TEST_F(DeskApi, GrantedRoleHolds) {
  open(R"({"title": "Slow"})").value();
  const auto wanted = R"({"event": "prioritise", "fields": {"priority": 1, "reason": "board"}})";
  EXPECT_EQ(event(wanted).error().reason, "ROLE_NEEDED");
  const Texts grant{{"person", "ana"}, {"role", "desk_manager"}};
  ASSERT_TRUE(routes.send("PUT", "/api/v1/desk-roles/{person}/{role}", grant, "{}"));
  EXPECT_EQ(body_of(event(wanted)).at("fields").at("priority").as_int64(), 1);
  EXPECT_EQ(texts_of(routes.get("/api/v1/desk-roles"), "role"), (Names{"desk_manager"}));
  ASSERT_TRUE(routes.send("DELETE", "/api/v1/desk-roles/{person}/{role}", grant, ""));
  EXPECT_EQ(event(wanted).error().reason, "ROLE_NEEDED");
  EXPECT_EQ(
      routes.send("PUT", "/api/v1/desk-roles/{person}/{role}", {{"person", "ana"}, {"role", "king"}}, "{}")
          .error()
          .where,
      "role");
}

TEST_F(DeskApi, ChangeHasModificationsConflictsVotesAndAVerification) {
  open(R"({"kind": "change", "title": "Upgrade", "affected": ["web01"]})").value();
  const Texts number{{"number", "CHG-1"}};
  const auto made = routes.send("POST", "/api/v1/tickets/{number}/modifications", number,
                                R"({"ci": "web01", "subject": "os_version", "value": "13"})");
  ASSERT_TRUE(made) << to_string(made.error());
  EXPECT_EQ(made->status, 201);
  EXPECT_EQ(texts_of(of("/modifications", "CHG-1"), "subject"), (Names{"os_version"}));
  EXPECT_EQ(body_of(of("", "CHG-1")).at("links").as_array().at(0).at("role").as_string(), "changed");
  EXPECT_TRUE(body_of(of("/conflicts", "CHG-1")).at("items").as_array().empty());
  EXPECT_FALSE(body_of(of("/votes", "CHG-1")).at("approved").as_bool());
  EXPECT_EQ(body_of(of("/verification", "CHG-1")).at("planned").as_array().at(0).at("verdict").as_string(),
            "not observed");
  const auto id = texts_of(of("/modifications", "CHG-1"), "id").at(0);
  ASSERT_TRUE(routes.send("DELETE", "/api/v1/tickets/{number}/modifications/{id}",
                          {{"number", "CHG-1"}, {"id", id}}, ""));
  EXPECT_TRUE(body_of(of("/modifications", "CHG-1")).at("items").as_array().empty());
}

TEST_F(DeskApi, IncidentHasNoModifications) {
  open(R"({"title": "Slow"})").value();
  EXPECT_EQ(routes
                .send("POST", "/api/v1/tickets/{number}/modifications", {{"number", "INC-1"}},
                      R"({"subject": "os_version"})")
                .error()
                .reason,
            "NO_CHANGE");
}

TEST_F(DeskApi, DetectedChangeIsListedGroupedAndAccepted) {
  const auto id = unauthorised();
  EXPECT_EQ(body_of(routes.get("/api/v1/detected-changes/{id}", {{"id", id}})).at("state").as_string(),
            "unauthorised");
  EXPECT_EQ(texts_of(routes.get("/api/v1/unauthorised-changes"), "group"), (Names{id}));
  const auto accept = [&] {
    return routes.send("POST", "/api/v1/detected-changes/{id}/accept", {{"id", id}},
                       R"({"reason": "was urgent"})");
  };
  EXPECT_EQ(accept().error().reason, "ROLE_NEEDED");  // a technician
  routes.role = Role::admin;
  const auto change = accept();
  ASSERT_TRUE(change) << to_string(change.error());
  EXPECT_EQ(body_of(change).at("number").as_string(), "CHG-1");
  EXPECT_EQ(texts_of(routes.get("/api/v1/detected-changes", {}, {{"change", "CHG-1"}}), "state"),
            (Names{"accepted"}));
  EXPECT_TRUE(body_of(routes.get("/api/v1/unauthorised-changes")).at("items").as_array().empty());
}

TEST_F(DeskApi, DetectedChangeIsDismissedUntilADay) {
  const auto id = unauthorised();
  routes.role = Role::admin;
  const auto dismiss = [&](std::string body) {
    return routes.send("POST", "/api/v1/detected-changes/{id}/dismiss", {{"id", id}}, std::move(body));
  };
  EXPECT_EQ(dismiss(R"({"state": "fine", "reason": "x"})").error().where, "state");
  EXPECT_EQ(dismiss(R"({"state": "noise", "reason": "x", "until": "1999-01-01"})").error().where, "until");
  EXPECT_EQ(
      body_of(dismiss(R"({"state": "noise", "reason": "x", "until": "2099-01-01"})")).at("state").as_string(),
      "noise");
}

TEST_F(DeskApi, FiltersOfDetectedChangesAreChecked) {
  const auto fault = [&](Texts query) {
    return routes.get("/api/v1/detected-changes", {}, std::move(query)).error().where;
  };
  EXPECT_EQ(fault({{"state", "odd"}}), "state");
  EXPECT_EQ(fault({{"since", "yesterday"}}), "since");
}

TEST_F(DeskApi, IncidentTellsWhatChangedBeforeAndItsProbableCause) {
  const auto id = unauthorised();
  open(R"({"title": "Slow", "affected": ["web01"]})").value();
  EXPECT_EQ(texts_of(of("/recent-changes"), "id"), (Names{id}));
  const auto causes = body_of(of("/probable-causes"));
  const auto& first = causes.at("items").as_array().at(0);
  EXPECT_EQ(first.at("subject").as_string(), id);
  EXPECT_EQ(first.at("reasons").as_array().at(1).as_string(), "unauthorised");
  EXPECT_EQ(body_of(of("/picture")).at("items").as_array().at(0).at("name").as_string(), "web01");
  EXPECT_EQ(body_of(routes.get("/api/v1/cause-hit-rate")).at("tickets").as_int64(), 0);
}

}  // namespace
}  // namespace censo::collector
