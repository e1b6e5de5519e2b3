// Service-desk rule 75 over the wire: who belongs to a tenant reaches that tenant's items and tickets, and no
// route but those of the list.
#include "collector/tenant_gate.h"
#include "tests/collector/http/running_server.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "cmdb/change_feed.h"
#include "collector/access/api_tokens.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace censo::collector::http {
namespace {

namespace json = boost::json;

// "north" and "south" have a host each of the same name, with an application on it; the switch is nobody's.
class Tenants : public testing::Test {
 protected:
  Tenants() {
    north_host = add("server", "host01", "north");
    south_host = add("server", "host01", "south");
    north_app = add("web_application", "north shop", "north");
    south_app = add("web_application", "south shop", "south");
    core = add("switch", "core", "");
    relate(north_app, north_host);
    relate(south_app, north_host);
    provider = server.token(Role::admin);
    eva = member("eva", Role::technician, "north");
    luis = member("luis", Role::viewer, "south");
  }
  std::int64_t add(std::string_view class_name, std::string_view name, const std::string& tenant) {
    const auto id = base::next_id(clock);
    server.write([&](store::Transaction& tx) {
      const auto attributes = tenant.empty() ? "{}" : json::serialize(json::object{{"tenant", tenant}});
      tx.execute(
          "insert into ci (id, class, name, stage, attributes, first_seen, tenant) "
          "values ($1, $2, $3, 'operate', $4, $5, $6)",
          id, class_name, name, attributes, clock.now(), tenant);
      tx.execute("insert into ci_key (rule, value, ci_id, identifying) values ('name', $1, $2, 0)",
                 base::to_lower(name), id);
      cmdb::FeedWriter feed;
      feed.add(cmdb::FeedTopic::item, id);
      feed.write(tx, clock);
    });
    return id;
  }
  void relate(std::int64_t from, std::int64_t to) {
    server.write([&](store::Transaction& tx) {
      const auto id = base::next_id(clock);
      tx.execute("insert into origin (id, kind, native_id) values ($1, 'agent', $2)", id,
                 base::id_to_text(id));
      tx.execute(
          "insert into ci_source (id, origin_id, native_key, ci_id, sequence, content_digest, version, "
          "problems, "
          "first_seen, last_seen) values ($1, $1, '', $2, 1, '', '', '[]', $3, $3)",
          id, from, clock.now());
      tx.execute(
          "insert into relationship (id, type, from_ci, to_ci, source_id, section, evidence, first_seen) "
          "values ($1, 'runs_on', $2, $3, $1, 'seed', '{}', $4)",
          id, from, to, clock.now());
    });
  }
  std::string member(const std::string& name, Role role, const std::string& tenant) {
    std::string token;
    server.write([&](store::Transaction& tx) {
      token = access::make_api_token(tx, {name, role, 3'600'000, "test"}, clock).value().token;
      tx.execute(
          "insert into desk_person (person, department, sees_department, tenant) values ($1, '', 0, $2)",
          name, tenant);
    });
    return token;
  }
  HttpAnswer get(const std::string& token, const std::string& target) {
    return server.ask({"GET", target, token, {}});
  }
  HttpAnswer post(const std::string& token, const std::string& target, const json::object& body) {
    return server.ask({"POST", target, token, json::serialize(body)});
  }
  static std::string reason(const HttpAnswer& answer) {
    const auto body = json::parse(answer.body);
    const auto* found = body.as_object().if_contains("reason");
    return std::to_string(answer.status) + " " + (found ? std::string(found->as_string()) : "");
  }
  std::vector<std::string> texts(const std::string& token, const std::string& target, const char* field) {
    const auto answer = get(token, target);
    EXPECT_EQ(answer.status, 200) << target << ": " << answer.body;
    std::vector<std::string> found;
    if (answer.status != 200) return found;
    const auto body = json::parse(answer.body);
    for (const auto& item : body.at("items").as_array()) found.emplace_back(item.at(field).as_string());
    return found;
  }
  // Its number.
  std::string opened(const std::string& token, json::object body) {
    const auto answer = post(token, "/api/v1/tickets", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return std::string(json::parse(answer.body).at("number").as_string());
  }
  static std::string path(std::int64_t ci) { return "/api/v1/cis/" + base::id_to_text(ci); }

  RunningServer server;
  base::SystemClock clock;
  std::int64_t north_host = 0, south_host = 0, north_app = 0, south_app = 0, core = 0;
  std::string provider, eva, luis;
};

using Names = std::vector<std::string>;

TEST_F(Tenants, EveryRouteOfTheListIsThere) {
  std::set<std::pair<std::string_view, std::string_view>> known;
  for (const auto& route : all_routes(server.services())) known.emplace(route.method, route.pattern);
  for (const auto& one : routes_of_tenants())
    EXPECT_TRUE(known.contains(one)) << one.first << " " << one.second;
}

TEST_F(Tenants, AllOtherRoutesAreClosedToThemEvenAsAdmin) {
  const auto token = member("ada", Role::admin, "north");
  static const std::regex parameter(R"(\{[a-z]+\})");
  const auto open = routes_of_tenants();
  for (const auto& route : all_routes(server.services())) {
    const std::pair one(route.method, route.pattern);
    if (route.role == Role::agent || route.role == Role::none) continue;
    if (std::find(open.begin(), open.end(), one) != open.end()) continue;
    const auto target = std::regex_replace(std::string(route.pattern), parameter, "x");
    const auto answer = server.ask({std::string(route.method), target, token, {}});
    EXPECT_EQ(reason(answer), "403 TENANT_DENIED") << route.method << " " << route.pattern;
  }
}

TEST_F(Tenants, ItemsOfOthersAndOfNobodyAreNotThere) {
  EXPECT_EQ(get(eva, path(north_host)).status, 200);
  for (const auto ci : {south_host, core}) {
    for (const auto* part : {"", "/attributes", "/components", "/relationships", "/history", "/impact"})
      EXPECT_EQ(get(eva, path(ci) + part).status, 404) << part;
  }
  EXPECT_EQ(get(provider, path(core)).status, 200);
}

TEST_F(Tenants, ANameThatSeveralHaveIsTheirOwn) {
  EXPECT_EQ(get(provider, "/api/v1/cis/host01").status, 409);
  const auto answer = get(eva, "/api/v1/cis/host01");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(json::parse(answer.body).at("id").as_string(), base::id_to_text(north_host));
}

TEST_F(Tenants, ListsAndSearchesHaveTheirItemsAlone) {
  EXPECT_EQ(texts(eva, "/api/v1/cis", "name"), (Names{"host01", "north shop"}));
  EXPECT_EQ(texts(eva, "/api/v1/cis?class=server", "name"), Names{"host01"});
  EXPECT_EQ(texts(eva, "/api/v1/cis?text=shop", "name"), Names{"north shop"});
  EXPECT_EQ(texts(eva, "/api/v1/cis?q=class:server", "id"), Names{base::id_to_text(north_host)});
  EXPECT_EQ(texts(eva, "/api/v1/search?text=shop", "name"), Names{"north shop"});
  EXPECT_EQ(texts(eva, "/api/v1/search?text=ho", "id"), Names{base::id_to_text(north_host)});
  EXPECT_EQ(texts(eva, "/api/v1/search?q=class:web_application", "name"), Names{"north shop"});
  const auto counted = get(eva, "/api/v1/search?q=class:server&count=true&facets=class");
  EXPECT_EQ(json::parse(counted.body).at("count").as_int64(), 1);
  EXPECT_EQ(json::parse(get(provider, "/api/v1/search?q=class:server&count=true").body).at("count"), 2);
}

TEST_F(Tenants, AListOfTheirItemsGoesOnPageByPage) {
  const auto first = json::parse(get(eva, "/api/v1/cis?limit=1").body);
  EXPECT_EQ(first.at("items").at(0).at("name").as_string(), "host01");
  const auto next = std::string(first.at("next").as_string());
  EXPECT_EQ(texts(eva, "/api/v1/cis?limit=1&after=" + next, "name"), Names{"north shop"});
}

TEST_F(Tenants, PagesOfThenAndOfBeginningsAreFullAndTheirCursorsNameNobodyElses) {
  const auto later = add("server", "host02", "south");
  const auto at = base::to_iso8601(clock.now());
  for (const auto& target : {"/api/v1/cis?limit=1&at=" + at, std::string("/api/v1/search?limit=1&text=ho")}) {
    const auto first = json::parse(get(luis, target).body);
    ASSERT_EQ(first.at("items").as_array().size(), 1U) << first;
    EXPECT_EQ(first.at("items").at(0).at("id").as_string(), base::id_to_text(south_host));
    const auto next = std::string(first.at("next").as_string());
    EXPECT_EQ(texts(luis, target + "&after=" + next, "id"), Names{base::id_to_text(later)}) << target;
  }
  const auto norths = json::parse(get(eva, "/api/v1/search?limit=1&text=ho").body);
  EXPECT_EQ(norths.at("items").as_array().size(), 1U);
  EXPECT_EQ(texts(eva, "/api/v1/cis?class=server&limit=1&at=" + at, "id"),
            Names{base::id_to_text(north_host)});
  const auto all = json::parse(get(eva, "/api/v1/cis?class=server&limit=1&at=" + at).body);
  EXPECT_FALSE(all.as_object().contains("next")) << all;
}

TEST_F(Tenants, RelationshipsAndImpactNameNobodyElses) {
  EXPECT_EQ(
      json::parse(get(provider, path(north_host) + "/relationships").body).at("items").as_array().size(), 2U);
  EXPECT_EQ(json::parse(get(eva, path(north_host) + "/relationships").body).at("items").as_array().size(),
            1U);
  const auto impact = get(eva, path(north_host) + "/impact");
  EXPECT_EQ(impact.body.find("south"), std::string::npos) << impact.body;
  EXPECT_EQ(texts(eva, path(north_host) + "/impact", "name"), Names{"north shop"});
}

TEST_F(Tenants, TicketsAreTheirs) {
  const auto theirs = opened(eva, {{"title", "Ours is slow"}, {"affected", {"host01"}}});
  const auto others = opened(provider, {{"title", "Theirs is slow"}, {"requester", "luis"}});
  const auto nobodys = opened(provider, {{"title", "Core is slow"}, {"affected", {"core"}}});
  EXPECT_EQ(texts(eva, "/api/v1/tickets", "number"), Names{theirs});
  EXPECT_EQ(texts(luis, "/api/v1/tickets", "number"), Names{others});
  EXPECT_EQ(texts(provider, "/api/v1/tickets?tenant=south", "number"), Names{others});
  EXPECT_EQ(texts(provider, "/api/v1/tickets", "number").size(), 3U);
  for (const auto& number : {others, nobodys}) {
    for (const auto* part :
         {"", "/affected-assets", "/notes", "/history", "/attachments", "/related", "/picture"})
      EXPECT_EQ(get(eva, "/api/v1/tickets/" + number + part).status, 404) << part;
    EXPECT_EQ(post(eva, "/api/v1/tickets/" + number + "/notes", {{"text", "me"}}).status, 404);
    EXPECT_EQ(post(eva, "/api/v1/tickets/" + number + "/events", {{"event", "assign"}}).status, 404);
    EXPECT_EQ(post(eva, "/api/v1/ticket-events", {{"event", "assign"}, {"tickets", {number}}}).status, 404);
    EXPECT_EQ(server.ask({"PUT", "/api/v1/tickets/" + number + "/watchers/eva", eva, {}}).status, 404);
  }
  EXPECT_EQ(texts(eva, "/api/v1/search?text=slow", "id"), Names{theirs});
}

TEST_F(Tenants, PagesOfFoundTicketsAreFullAndTheirCursorsNameNobodyElses) {
  const auto first = opened(provider, {{"title", "Printer one"}, {"requester", "luis"}});
  for (int i = 0; i < 3; ++i) opened(eva, {{"title", "Printer of north"}});
  const auto last = opened(provider, {{"title", "Printer two"}, {"requester", "luis"}});
  opened(eva, {{"title", "Printer of north"}});
  const auto page = json::parse(get(luis, "/api/v1/search?limit=1&text=printer").body);
  ASSERT_EQ(page.at("items").as_array().size(), 1U);
  EXPECT_EQ(page.at("items").at(0).at("id").as_string(), last);
  const auto next = std::string(page.at("next").as_string());
  EXPECT_EQ(texts(luis, "/api/v1/search?limit=1&text=printer&after=" + next, "id"), Names{first});
}

TEST_F(Tenants, SuggestionsAreOfTheirTicketsAlone) {
  const auto theirs = opened(eva, {{"title", "Cannot print invoices"}, {"affected", {"host01"}}});
  for (int i = 0; i < 6; ++i) opened(provider, {{"title", "Cannot print invoices"}, {"requester", "luis"}});
  opened(provider, {{"title", "Cannot print invoices"}, {"affected", {"core"}}});
  EXPECT_EQ(texts(eva, "/api/v1/ticket-suggestions?title=Cannot%20print%20invoices&limit=3", "number"),
            Names{theirs});
  EXPECT_EQ(texts(eva, "/api/v1/ticket-suggestions?ci=host01", "number"), Names{theirs});
  EXPECT_EQ(get(eva, "/api/v1/ticket-suggestions?ci=core").status, 404);
}

TEST_F(Tenants, ItemsOfOthersAreNotLinkedToTheirTickets) {
  const auto refused =
      post(eva, "/api/v1/tickets", {{"title", "x"}, {"affected", {base::id_to_text(south_host)}}});
  EXPECT_EQ(reason(refused), "400 CI_NOT_FOUND");
  const auto theirs = opened(eva, {{"title", "Ours is slow"}});
  const auto link = [&](const std::string& token, std::int64_t ci) {
    return server.ask({"PUT", "/api/v1/tickets/" + theirs + "/cis/" + base::id_to_text(ci), token,
                       R"({"role":"affected"})"});
  };
  EXPECT_EQ(link(eva, south_host).status, 404);
  EXPECT_EQ(reason(link(provider, south_host)), "409 OTHER_TENANT");
  EXPECT_EQ(link(eva, north_host).status, 200);
  EXPECT_EQ(link(provider, core).status, 200);
  const auto seen = json::parse(get(eva, "/api/v1/tickets/" + theirs).body);
  EXPECT_EQ(seen.at("links").as_array().size(), 1U);
  EXPECT_EQ(texts(eva, "/api/v1/tickets/" + theirs + "/affected-assets", "name"),
            (Names{"host01", "north shop"}));
}

TEST_F(Tenants, AttachmentsGoWithTheTicket) {
  const auto others = opened(provider, {{"title", "Theirs is slow"}, {"requester", "luis"}});
  const auto all = "/api/v1/tickets/" + others + "/attachments";
  const auto made = server.ask({"POST", all + "?name=log.txt", luis, "line one\nline two\n"});
  ASSERT_EQ(made.status, 201) << made.body;
  const auto id = std::string(json::parse(made.body).at("id").as_string());
  EXPECT_EQ(get(luis, all + "/" + id).status, 200);
  EXPECT_EQ(get(eva, all + "/" + id).status, 404);
  const auto theirs = opened(eva, {{"title", "Ours"}});
  EXPECT_EQ(get(eva, "/api/v1/tickets/" + theirs + "/attachments/" + id).status, 404);
}

TEST_F(Tenants, FiguresAndTheCalendarCountTheirsAlone) {
  opened(eva, {{"title", "Ours is slow"}});
  opened(provider, {{"title", "Theirs"}, {"requester", "luis"}});
  opened(provider, {{"title", "Plan"}, {"kind", "change"}, {"fields", {{"tenant", "south"}}}});
  const auto backlog = [&](const std::string& token) {
    return texts(token, "/api/v1/figures/desk/backlog", "ticket").size();
  };
  EXPECT_EQ(backlog(eva), 1U);
  EXPECT_EQ(backlog(provider), 2U);
  EXPECT_EQ(get(eva, "/api/v1/change-calendar").status, 200);
}

TEST_F(Tenants, OnlyAnAdminSaysWhoBelongsWhere) {
  server.write([](store::Transaction& tx) {
    tx.execute("insert into desk_role (person, role) values ('technician', 'desk_manager')");
  });
  const auto manager = server.token(Role::technician);
  const auto put = [&](const std::string& token, const std::string& body) {
    return server.ask({"PUT", "/api/v1/desk-people/eva", token, body});
  };
  EXPECT_EQ(reason(put(manager, R"({"tenant":""})")), "403 ROLE_NEEDED");
  EXPECT_EQ(server.ask({"DELETE", "/api/v1/desk-people/eva", manager, {}}).status, 403);
  const auto kept = put(manager, R"({"department":"sales"})");
  EXPECT_EQ(kept.status, 200) << kept.body;
  EXPECT_EQ(json::parse(kept.body).at("tenant").as_string(), "north");
  EXPECT_EQ(reason(put(eva, R"({"tenant":""})")), "403 TENANT_DENIED");
  EXPECT_EQ(put(provider, R"({"tenant":""})").status, 200);
  EXPECT_EQ(get(eva, path(core)).status, 200);
}

}  // namespace
}  // namespace censo::collector::http
