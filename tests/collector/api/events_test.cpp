// Events over their routes: the two bodies, and what people see of them.
#include "cmdb/class_catalog.h"
#include "collector/event_request.h"
#include "desk/event_rules.h"
#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes events(const Services& services);
}
namespace {

using base::Errc;

constexpr const char* webhook =
    R"({"version": "4", "groupKey": "{}:{alertname=\"DiskFull\"}", "truncatedAlerts": 2,
  "status": "firing", "receiver": "censo", "groupLabels": {"alertname": "DiskFull"},
  "commonLabels": {"alertname": "DiskFull", "severity": "critical"}, "commonAnnotations": {"summary": "A disk is full"},
  "externalURL": "http://am:9093", "alerts": [
  {"status": "firing", "labels": {"alertname": "DiskFull", "instance": "web01:9100", "mountpoint": "/var", "severity": "critical"},
   "annotations": {"summary": "Disk of web01 is full", "description": "97 %", "runbook_url": "https://wiki/disk"},
   "startsAt": "2026-11-27T01:00:00.000Z", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://p/g", "fingerprint": "f1"},
  {"status": "resolved", "labels": {"instance": "web02:9100", "mountpoint": "/"}, "annotations": {},
   "startsAt": "2026-11-27T00:00:00Z", "endsAt": "2026-11-27T00:30:00Z", "generatorURL": "", "fingerprint": "f2"},
  7]})";

desk::EventRules built_in() {
  return desk::EventRules::load(cmdb::built_in_schemas()).value();
}

TEST(Alertmanager, AlertBecomesAMessage) {
  const auto group = alerts_of(webhook, built_in()).value();
  ASSERT_EQ(group.events.size(), 2U);
  const auto& first = group.events[0];
  EXPECT_EQ(first.source, "censo");
  EXPECT_EQ(first.condition, "DiskFull /var");
  EXPECT_EQ(first.item, "web01:9100");
  EXPECT_EQ(first.severity, "critical");
  EXPECT_EQ(first.summary, "Disk of web01 is full");
  EXPECT_TRUE(first.firing);
  EXPECT_EQ(first.began_at, base::parse_iso8601("2026-11-27T01:00Z").value());
  EXPECT_EQ(first.key, "f1");
  EXPECT_EQ(first.details,
            "97 %\nrunbook_url: https://wiki/disk\ngeneratorURL: http://p/g\nalertname=DiskFull\ninstance=web01:9100\nmountpoint=/var\n"
            "severity=critical");
}

TEST(Alertmanager, WhatAnAlertLacksIsItsGroups) {
  const auto second = alerts_of(webhook, built_in()).value().events.at(1);
  EXPECT_EQ(second.condition, "DiskFull /");
  EXPECT_EQ(second.summary, "A disk is full");
  EXPECT_FALSE(second.firing);
}

TEST(Alertmanager, WhatIsNoAlertIsCounted) {
  const auto group = alerts_of(webhook, built_in()).value();
  EXPECT_EQ(group.unreadable, 1);
  EXPECT_EQ(group.left_out, 2);
}

TEST(Alertmanager, LongTextsAreCut) {
  const std::string body = R"({"version": "4", "alerts": [{"labels": {"alertname": ")" +
                           std::string(5'000, 'a') + R"(", "instance": "web01"}}]})";
  EXPECT_EQ(alerts_of(body, built_in()).value().events.at(0).condition.size(), desk::longest_condition);
}

TEST(Alertmanager, AnotherVersionIsRefused) {
  const auto group = alerts_of(R"({"version": "3", "alerts": []})", built_in());
  ASSERT_FALSE(group);
  EXPECT_EQ(group.error().where, "/version");
}

TEST(Alertmanager, NoListIsRefused) {
  const auto group = alerts_of(R"({"version": "4", "alerts": {}})", built_in());
  ASSERT_FALSE(group);
  EXPECT_EQ(group.error().reason, "WRONG_TYPE");
}

class EventsApi : public testing::Test {
 protected:
  EventsApi() { db.add_ci("server", "web01"); }
  base::Result<Response> send(std::string body, std::string form = "") {
    return routes.send("POST", "/api/v1/events" + form, {}, std::move(body));
  }
  CalledRoutes routes{api::events};
  SeededDatabase& db = routes.db;
};

constexpr const char* full =
    R"({"source": "nagios", "key": "disk", "item": "web01", "severity": "critical", "summary": "Full", "state": "firing"})";

TEST_F(EventsApi, SenderIsToldWhatBecameOfIt) {
  routes.role = Role::event_sender;
  const auto answer = body_of(send(full));
  EXPECT_EQ(answer.at("events").at(0).at("ticket").as_string(), "INC-1");
  EXPECT_EQ(answer.at("over_limit").as_int64(), 0);
}

TEST_F(EventsApi, KeyIsTheConditionWhereNoneIsGiven) {
  send(full).value();
  EXPECT_EQ(texts_of(routes.get("/api/v1/events"), "condition"), std::vector<std::string>{"disk"});
}

TEST_F(EventsApi, OneOfKeyAndConditionIsNeeded) {
  EXPECT_EQ(send(R"({"item": "web01"})").error().reason, "MISSING_FIELD");
}

TEST_F(EventsApi, UnknownStateIsRefused) {
  EXPECT_EQ(send(R"({"item": "web01", "key": "disk", "state": "purple"})").error().where, "/state");
}

TEST_F(EventsApi, AlertmanagerIsToldWhatWasLeftOut) {
  const auto answer = body_of(send(webhook, "/alertmanager"));
  EXPECT_EQ(answer.at("events").as_array().size(), 1U);
  EXPECT_EQ(answer.at("late").as_int64(), 1);
  EXPECT_EQ(answer.at("left_out").as_int64(), 2);
  EXPECT_EQ(answer.at("unreadable").as_int64(), 1);
}

TEST_F(EventsApi, EventIsShownWithItsItemAndDetails) {
  send(webhook, "/alertmanager").value();
  const auto id = texts_of(routes.get("/api/v1/events"), "id").at(0);
  const auto event = body_of(routes.get("/api/v1/events/{id}", {{"id", id}}));
  EXPECT_EQ(event.at("ci").at("name").as_string(), "web01");
  EXPECT_TRUE(event.at("details").as_string().starts_with("97 %"));
}

TEST_F(EventsApi, ListIsFiltered) {
  send(full).value();
  send(R"({"item": "db09", "key": "disk"})").value();
  EXPECT_EQ(texts_of(routes.get("/api/v1/events", {}, {{"handling", "unknown"}}), "item"),
            std::vector<std::string>{"db09"});
  EXPECT_EQ(texts_of(routes.get("/api/v1/events", {}, {{"ticket", "INC-1"}}), "item"),
            std::vector<std::string>{"web01"});
  EXPECT_EQ(texts_of(routes.get("/api/v1/events", {}, {{"ci", "web01"}}), "item"),
            std::vector<std::string>{"web01"});
}

TEST_F(EventsApi, UnknownFilterIsRefused) {
  EXPECT_EQ(routes.get("/api/v1/events", {}, {{"handling", "purple"}}).error().where, "handling");
}

TEST_F(EventsApi, UnknownItemIsPlaced) {
  send(R"({"item": "db09", "key": "disk"})").value();
  const auto id = texts_of(routes.get("/api/v1/events"), "id").at(0);
  const auto answer =
      body_of(routes.send("POST", "/api/v1/events/{id}/ci", {{"id", id}}, R"({"ci": "web01"})"));
  EXPECT_EQ(answer.at("handling").as_string(), "incident");
}

TEST_F(EventsApi, PlacedOnAnItemThatIsNoneIsRefused) {
  send(R"({"item": "db09", "key": "disk"})").value();
  const auto id = texts_of(routes.get("/api/v1/events"), "id").at(0);
  const auto answer = routes.send("POST", "/api/v1/events/{id}/ci", {{"id", id}}, R"({"ci": "db10"})");
  EXPECT_EQ(answer.error().reason, "CI_NOT_FOUND");
}

TEST_F(EventsApi, SendersAreCounted) {
  send(full).value();
  send(full).value();
  const auto sender = body_of(routes.get("/api/v1/event-senders")).at("items").at(0);
  EXPECT_EQ(sender.at("name").as_string(), "ana");
  EXPECT_EQ(sender.at("messages").as_int64(), 2);
  EXPECT_EQ(sender.at("conditions").as_int64(), 1);
}

TEST_F(EventsApi, RulesAreShown) {
  EXPECT_EQ(texts_of(routes.get("/api/v1/event-rules"), "rule").back(), "anything");
}

TEST(EventSender, SendsEventsAndNothingElse) {
  EXPECT_TRUE(may_call(Role::event_sender, Role::event_sender));
  EXPECT_FALSE(may_call(Role::event_sender, Role::viewer));
  EXPECT_FALSE(may_call(Role::event_sender, Role::agent));
}

TEST(EventSender, ViewersSendNone) {
  EXPECT_FALSE(may_call(Role::viewer, Role::event_sender));
  EXPECT_FALSE(may_call(Role::agent, Role::event_sender));
  EXPECT_TRUE(may_call(Role::technician, Role::event_sender));
}

}  // namespace
}  // namespace censo::collector
