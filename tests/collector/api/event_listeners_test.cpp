#include "collector/jobs/credential_box.h"
#include "desk/event_source.h"
#include "tests/collector/api/called_routes.h"
#include "tests/collector/http/running_server.h"

namespace censo::collector {
namespace api {
Routes event_listeners(const Services& services);
}
namespace {

using base::Errc;
using Names = std::vector<std::string>;

class ListenerRoutes : public testing::Test {
 protected:
  void add_credential(const std::string& name) {
    db.write([&](store::Transaction& tx) { jobs::save_credential(tx, {name, "v2c", "", 1}, {1}); });
  }
  base::Result<Response> trust(std::string body) {
    return routes.send("PUT", "/api/v1/trap-credentials", {}, std::move(body));
  }
  Names trusted() {
    Names names;
    const auto answer = body_of(routes.get("/api/v1/event-listeners"));
    for (const auto& name : answer.at("trap_credentials").as_array()) names.emplace_back(name.as_string());
    return names;
  }
  void came_from(const std::string& way, const std::string& address, std::int64_t refused,
                 base::TimeMs last_at) {
    desk::EventSource source;
    source.way = way;
    source.address = address;
    source.messages = 5;
    source.refused = refused;
    if (refused > 0) source.reason = "unknown_community: x";
    if (refused > 0) source.refused_at = last_at;
    source.last_at = last_at;
    db.write([&](store::Transaction& tx) { desk::count_event_sources(tx, std::vector{source}); });
  }
  base::Result<Response> sources(Texts query = {}) {
    return routes.get("/api/v1/event-sources", {}, std::move(query));
  }

  CalledRoutes routes{api::event_listeners};
  SeededDatabase& db = routes.db;
};

TEST_F(ListenerRoutes, NobodyListensAndNothingVouchesAtTheBeginning) {
  const auto answer = body_of(routes.get("/api/v1/event-listeners"));
  EXPECT_TRUE(answer.at("items").as_array().empty());
  EXPECT_TRUE(answer.at("trap_credentials").as_array().empty());
}

TEST_F(ListenerRoutes, ACollectorTellsWhereItListensAndWhatItLost) {
  db.write([&](store::Transaction& tx) {
    const desk::EventDoors doors{"host:/var/lib/censo", "0.0.0.0:162", "0.0.0.0:514", "", 1};
    desk::keep_event_doors(tx, doors);
    desk::count_event_loss(tx, doors, {3, 5, "disk full"});
    desk::count_event_loss(tx, doors, {4, 6, "queue full"});
    desk::keep_event_doors(tx, doors);  // it starts again
  });
  const auto answer = body_of(routes.get("/api/v1/event-listeners"));
  const auto& one = answer.at("items").as_array().at(0);
  EXPECT_EQ(one.at("traps").as_string(), "0.0.0.0:162");
  EXPECT_EQ(one.at("syslog").as_string(), "0.0.0.0:514");
  EXPECT_EQ(one.at("lost").as_int64(), 7);
  EXPECT_EQ(one.at("loss").as_string(), "queue full");
  EXPECT_FALSE(one.at("lost_at").is_null());
}

TEST_F(ListenerRoutes, TrustReplacesWhatWasTrustedAndAnswersWithIt) {
  for (const char* name : {"a", "b", "c"}) add_credential(name);
  ASSERT_TRUE(trust(R"({"credentials":["b","a"]})"));
  EXPECT_EQ(trusted(), (Names{"a", "b"}));
  const auto answer = body_of(trust(R"({"credentials":["c"]})"));
  EXPECT_EQ(answer.at("trap_credentials").as_array().size(), 1U);
  EXPECT_EQ(trusted(), Names{"c"});
  ASSERT_TRUE(trust(R"({"credentials":[]})"));
  EXPECT_EQ(trusted(), Names{});
}

TEST_F(ListenerRoutes, AnUnknownCredentialLeavesTrustAsItIs) {
  add_credential("a");
  ASSERT_TRUE(trust(R"({"credentials":["a"]})"));
  const auto refused = trust(R"({"credentials":["nobody"]})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::malformed);
  EXPECT_EQ(refused.error().reason, "BAD_VALUE");
  EXPECT_EQ(refused.error().where, "/credentials");
  EXPECT_EQ(trusted(), Names{"a"});
}

TEST_F(ListenerRoutes, TrustWithoutAListIsRefusedAndTakesNothingAway) {
  add_credential("a");
  ASSERT_TRUE(trust(R"({"credentials":["a"]})"));
  for (const char* body :
       {"", "{}", R"({"credentials":"a"})", R"({"credentials":[1]})", R"({"names":["a"]})"})
    EXPECT_FALSE(trust(body)) << body;
  EXPECT_EQ(trusted(), Names{"a"});
}

TEST_F(ListenerRoutes, ACredentialThatIsRemovedVouchesNoMore) {
  add_credential("a");
  ASSERT_TRUE(trust(R"({"credentials":["a"]})"));
  db.write([&](store::Transaction& tx) { tx.execute("delete from snmp_credential where name = 'a'"); });
  EXPECT_EQ(trusted(), Names{});
}

TEST_F(ListenerRoutes, SourcesAreListedNewestFirstByWayAndRefusal) {
  came_from("snmp", "192.0.2.1", 2, 10);
  came_from("syslog", "192.0.2.2", 0, 20);
  came_from("syslog", "192.0.2.3", 1, 30);
  EXPECT_EQ(texts_of(sources(), "address"), (Names{"192.0.2.3", "192.0.2.2", "192.0.2.1"}));
  EXPECT_EQ(texts_of(sources({{"way", "snmp"}}), "address"), Names{"192.0.2.1"});
  EXPECT_EQ(texts_of(sources({{"refused", "true"}}), "address"), (Names{"192.0.2.3", "192.0.2.1"}));
  EXPECT_EQ(texts_of(sources({{"way", "syslog"}, {"refused", "true"}}), "address"), Names{"192.0.2.3"});
  EXPECT_EQ(body_of(sources({{"way", "snmp"}})).at("items").at(0).at("reason").as_string(),
            "unknown_community: x");
  EXPECT_TRUE(body_of(sources()).at("items").at(1).at("refused_at").is_null());
}

TEST_F(ListenerRoutes, AskingForSourcesOfNoWayIsRefused) {
  EXPECT_EQ(sources({{"way", "mail"}}).error().where, "way");
  EXPECT_EQ(sources({{"refused", "yes"}}).error().where, "refused");
}

// Over HTTPS: who may, and what is answered first.
class ListenerDoor : public testing::Test {
 protected:
  int status(const char* method, const std::string& path, const std::string& token, const char* body = "") {
    return server.ask({method, path, token, body, {{"Content-Type", "application/json"}}}).status;
  }
  http::RunningServer server;
};

TEST_F(ListenerDoor, ViewersReadAndAdministratorsSayWhatIsTrusted) {
  const auto viewer = server.token(Role::viewer), technician = server.token(Role::technician),
             sender = server.token(Role::event_sender);
  for (const char* path : {"/api/v1/event-listeners", "/api/v1/event-sources"}) {
    EXPECT_EQ(status("GET", path, viewer), 200) << path;
    EXPECT_EQ(status("GET", path, sender), 403) << path;
    EXPECT_EQ(status("GET", path, {}), 401) << path;
  }
  constexpr const char* none = R"({"credentials":[]})";
  EXPECT_EQ(status("PUT", "/api/v1/trap-credentials", {}, none), 401);
  EXPECT_EQ(status("PUT", "/api/v1/trap-credentials", technician, none), 403);
  EXPECT_EQ(status("PUT", "/api/v1/trap-credentials", server.token(Role::admin), none), 200);
}

// Which credentials there are is not for everybody to find out.
TEST_F(ListenerDoor, WhoMayNotIsNotToldWhetherACredentialIsThere) {
  constexpr const char* unknown = R"({"credentials":["nobody"]})";
  EXPECT_EQ(status("PUT", "/api/v1/trap-credentials", server.token(Role::technician), unknown), 403);
  EXPECT_EQ(status("PUT", "/api/v1/trap-credentials", server.token(Role::admin), unknown), 422);
}

TEST_F(ListenerDoor, WhatIsNotThereIsNotFoundForAnyRole) {
  const auto viewer = server.token(Role::viewer);
  EXPECT_EQ(status("GET", "/api/v1/event-listeners/x", viewer), 404);
  EXPECT_EQ(status("PUT", "/api/v1/trap-credentials/x", viewer, "{}"), 404);
  EXPECT_EQ(status("DELETE", "/api/v1/trap-credentials", viewer), 405);
}

}  // namespace
}  // namespace censo::collector
