// Probes at the collector's door, also hostile ones: each is given what is its own, and believed only about
// the agents behind it and the scans that it was given.
#include "collector/access/probes.h"
#include "tests/collector/http/probe_fixture.h"

#include <array>

namespace censo::collector::http {
namespace {

namespace json = boost::json;
constexpr base::TimeMs hour_ms = 3'600'000;

TEST_F(Probes, ATokenOfAgentsAdmitsNoProbe) {
  const auto answer = server.ask({"POST",
                                  "/api/v1/enrol",
                                  {},
                                  enrolment(server.enrolment_token(), access::make_key(), true),
                                  json_body});
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(reason(answer), "AGENT_TOKEN");
}

TEST_F(Probes, ATokenOfAProbeAdmitsNoAgent) {
  const auto answer = server.ask(
      {"POST", "/api/v1/enrol", {}, enrolment(invite("berlin"), access::make_key(), false), json_body});
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(reason(answer), "PROBE_TOKEN");
}

TEST_F(Probes, OneIsNotCalledAsTheCollectorIs) {
  server.write([&](store::Transaction& tx) {
    const auto made =
        access::invite_probe(tx, server.authority(), {"berlin", {"LOCALHOST"}, hour_ms, "test"}, clock);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().where, "/names");
  });
}

TEST_F(Probes, AnAgentMayNotUseTheirRoutes) {
  const auto agent = server.enrol();
  for (const char* path : {"call", "deliveries", "enrolments", "agent-renewals", "renew"}) {
    const std::string body = std::string(path) == "deliveries"
                                 ? jobs::to_json(std::vector<jobs::ProbeEntry>{{1, "run", "{}", ""}})
                             : std::string(path) == "renew"
                                 ? json::serialize(json::object{{"public_key", access::new_public_key()}})
                                 : "{}";
    const auto answer = post(agent, std::string("/api/v1/probe/") + path, body);
    EXPECT_EQ(answer.status, 403) << path << answer.body;
    EXPECT_EQ(reason(answer), "NOT_A_PROBE") << path;
  }
}

TEST_F(Probes, GetsItsOwnRunsWithTheirCredentialsAndNobodyElses) {
  const auto berlin = enrol_probe("berlin"), paris = enrol_probe("paris");
  const auto run = queue("berlin");
  EXPECT_TRUE(call(paris).runs.empty());
  const auto answer = call(berlin);
  ASSERT_EQ(answer.runs.size(), 1u);
  EXPECT_EQ(answer.runs[0].run, run.id);
  EXPECT_EQ(answer.runs[0].job.credentials.at(0).community, "site-secret");
  EXPECT_EQ(stored(run.id).state, "running");
}

TEST_F(Probes, ARunThatItDidNotGetIsHandedOverAgainAndOneThatItHasIsNot) {
  const auto berlin = enrol_probe("berlin");
  auto run = queue("berlin");
  call(berlin);
  EXPECT_EQ(call(berlin).runs.size(), 1u);
  jobs::ProbeCall said;
  run.state = "running";
  run.total = 9;
  run.done = 4;
  said.runs = {run};
  EXPECT_TRUE(call(berlin, said).runs.empty());
  EXPECT_EQ(stored(run.id).done, 4u);
}

// Three days from now, at noon.
std::string far_away(const std::string& kind) {
  constexpr std::array<std::string_view, 7> days{"thu", "fri", "sat", "sun", "mon", "tue", "wed"};
  const auto today = base::SystemClock().now() / (24LL * 60 * 60 * 1000);
  return R"([")" + kind + " " + std::string(days[static_cast<std::size_t>(today + 3) % 7]) +
         R"( 12:00-13:00 Etc/UTC"])";
}

TEST_F(Probes, GetsARunOnlyWithinItsWindowsAndWithTheTimeThatIsLeft) {
  const auto berlin = enrol_probe("berlin");
  const auto run = queue("berlin");
  const auto set_windows = [&](const std::string& windows) {
    server.write([&](store::Transaction& tx) { tx.execute("update scan_job set windows = $1", windows); });
  };
  set_windows(far_away("allowed"));
  EXPECT_TRUE(call(berlin).runs.empty());
  EXPECT_EQ(stored(run.id).state, "queued");
  set_windows(far_away("forbidden"));
  const auto handed = call(berlin).runs;
  ASSERT_EQ(handed.size(), 1u);
  EXPECT_GT(handed[0].job.window_left_ms.value_or(0), 0);
  set_windows(far_away("allowed"));
  EXPECT_TRUE(call(berlin).runs.empty()) << "it does not have the run: it begins no more";
  EXPECT_EQ(stored(run.id).state, "cancelled");
  EXPECT_NE(stored(run.id).detail.find("its window closed"), std::string::npos);
}

TEST_F(Probes, IsToldToStopWhatPeopleStopped) {
  const auto berlin = enrol_probe("berlin");
  auto run = queue("berlin");
  call(berlin);
  const auto token = server.token(Role::technician);
  EXPECT_EQ(server.ask({"POST", "/api/v1/scan-runs/" + to_text(run.id) + "/cancel", token, {}}).status, 202);
  jobs::ProbeCall said;
  run.state = "running";
  said.runs = {run};
  EXPECT_EQ(call(berlin, said).stop, (std::vector<jobs::RunId>{run.id}));
}

TEST_F(Probes, WhatASilentOneRunsEndsAtOnceAndItIsToldLater) {
  const auto berlin = enrol_probe("berlin");
  auto run = queue("berlin");
  call(berlin);
  server.write([](store::Transaction& tx) { tx.execute("update probe set seen_at = 1, enrolled_at = 1"); });
  const auto viewer = server.token(Role::viewer), technician = server.token(Role::technician);
  const auto path = "/api/v1/scan-runs/" + to_text(run.id);
  const auto shown = json::parse(server.ask({"GET", path, viewer, {}}).body);
  EXPECT_NE(shown.at("detail").as_string().find("nothing has been heard of the probe \"berlin\" since"),
            std::string::npos);
  EXPECT_EQ(json::parse(server.ask({"GET", "/api/v1/probes/berlin", viewer, {}}).body).at("state"), "silent");
  server.ask({"POST", path + "/cancel", technician, {}});
  EXPECT_EQ(stored(run.id).state, "cancelled");
  jobs::ProbeCall said;
  run.state = "running";
  said.runs = {run};
  EXPECT_EQ(call(berlin, said).stop, (std::vector<jobs::RunId>{run.id}));
}

TEST_F(Probes, WhatItFoundIsTakenOnce) {
  const auto berlin = enrol_probe("berlin");
  const auto run = queue("berlin");
  call(berlin);
  const std::vector<jobs::ProbeEntry> entries{device_of(5, run, to_text(run.job)), end_of(6, run)};
  EXPECT_EQ(deliver(berlin, entries).status, 200);
  const auto again = deliver(berlin, entries);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(json::parse(again.body).at("delivered").as_int64(), 6);
  EXPECT_EQ(ci_count(), 1);
  EXPECT_EQ(stored(run.id).state, "done");
  EXPECT_EQ(stored(run.id).created, 1u);
  EXPECT_EQ(call(berlin).delivered, 6);
}

TEST_F(Probes, WhatArrivesAfterPeopleGaveTheRunUpIsTakenAndTheRunStaysAsItIs) {
  const auto berlin = enrol_probe("berlin");
  auto run = queue("berlin");
  call(berlin);
  run.state = "cancelled";
  run.ended_at = 1;
  server.write([&](store::Transaction& tx) { jobs::save_run(tx, run); });
  EXPECT_EQ(deliver(berlin, {device_of(5, run, to_text(run.job)), end_of(6, run)}).status, 200);
  EXPECT_EQ(ci_count(), 1);
  EXPECT_EQ(stored(run.id).state, "cancelled");
}

TEST_F(Probes, IsNotBelievedAboutTheRunOfAnother) {
  const auto berlin = enrol_probe("berlin"), paris = enrol_probe("paris");
  const auto run = queue("berlin");
  call(berlin);
  for (const auto& entry : {device_of(5, run, to_text(run.job)), end_of(6, run)}) {
    const auto answer = deliver(paris, {entry});
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(reason(answer), "ENTRY_REFUSED");
    EXPECT_NE(detail(answer).find("NOT_ITS_RUN"), std::string::npos);
  }
  EXPECT_EQ(stored(run.id).state, "running");
  EXPECT_EQ(ci_count(), 0);
}

TEST_F(Probes, IsNotBelievedUnderTheOriginOfAnotherJob) {
  const auto berlin = enrol_probe("berlin"), paris = enrol_probe("paris");
  const auto run = queue("berlin"), other = queue("paris", "other");
  call(berlin);
  const auto answer = deliver(berlin, {device_of(5, run, to_text(other.job))});
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(ci_count(), 0);
}

TEST_F(Probes, TheReportsOfAgentsBehindItAreTaken) {
  const auto berlin = enrol_probe("berlin");
  const auto agent = agent_behind(berlin);
  EXPECT_EQ(deliver(berlin, {report_of(5, agent, 1)}).status, 200);
  EXPECT_EQ(ci_count(), 1);
}

TEST_F(Probes, TheReportOfEverythingThatWasAskedOfAnAgentBehindItIsSettled) {
  const auto berlin = enrol_probe("berlin");
  const auto agent = agent_behind(berlin);
  deliver(berlin, {report_of(5, agent, 1)});
  const auto path = "/api/v1/agents/" + agent.id;
  ASSERT_EQ(server.ask({"POST", path + "/refresh", server.token(Role::technician), "{}"}).status, 200);
  const auto shown = [&] { return json::parse(server.ask({"GET", path, server.token(Role::viewer)}).body); };
  EXPECT_FALSE(shown().at("refresh_asked_at").is_null());
  EXPECT_EQ(deliver(berlin, {report_of(6, agent, 1)}).status, 200) << "the last one once more";
  EXPECT_FALSE(shown().at("refresh_asked_at").is_null());
  EXPECT_EQ(deliver(berlin, {report_of(7, agent, 2)}).status, 200);
  EXPECT_TRUE(shown().at("refresh_asked_at").is_null());
  EXPECT_EQ(shown().at("events").at(0).at("what").as_string(), "refreshed");
}

TEST_F(Probes, IsNotBelievedAboutAgentsThatAreNotBehindIt) {
  const auto berlin = enrol_probe("berlin"), paris = enrol_probe("paris");
  for (const auto& agent : {server.enrol(), agent_behind(paris)}) {
    const auto answer = deliver(berlin, {report_of(5, agent, 1)});
    EXPECT_EQ(answer.status, 422);
    EXPECT_NE(detail(answer).find("OTHER_WAY"), std::string::npos) << detail(answer);
  }
  EXPECT_EQ(ci_count(), 0);
}

TEST_F(Probes, RenewsOnlyForAgentsBehindIt) {
  const auto berlin = enrol_probe("berlin");
  const auto ask = [&](const EnrolledAgent& agent) {
    return post(
        berlin, "/api/v1/probe/agent-renewals",
        json::serialize(json::object{
            {"agent", agent.id}, {"serial", agent.serial}, {"public_key", access::new_public_key()}}));
  };
  EXPECT_EQ(ask(agent_behind(berlin)).status, 201);
  const auto refused = ask(server.enrol());
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(reason(refused), "OTHER_WAY");
}

TEST_F(Probes, AnAgentBehindOneIsTakenNoOtherWay) {
  const auto agent = agent_behind(enrol_probe("berlin"));
  const auto entry = report_of(5, agent, 1);
  const auto answer =
      server.ask_as(agent, {"POST",
                            "/api/v1/reports",
                            {},
                            entry.body,
                            {{"Content-Type", "application/json"}, {"Content-Encoding", "zstd"}}});
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(reason(answer), "OTHER_WAY");
}

TEST_F(Probes, ARefusedEntryTakesNothingOfItsDeliveryAlong) {
  const auto berlin = enrol_probe("berlin");
  const auto agent = agent_behind(berlin);
  const auto answer = deliver(
      berlin, {report_of(5, agent, 1), report_of(6, server.enrol(), 1, "SN-2"), report_of(7, agent, 2)});
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(json::parse(answer.body).at("where"), "/entries/1");
  EXPECT_EQ(ci_count(), 0);
  EXPECT_EQ(probe_named("berlin").delivered, 0);
}

TEST_F(Probes, WhatItGaveUpIsCountedAndShown) {
  const auto berlin = enrol_probe("berlin");
  const jobs::RefusedAbout about{"report: it is older", "STALE_SEQUENCE", ""};
  EXPECT_EQ(deliver(berlin, {{5, "refused", jobs::to_json(about), ""}}).status, 200);
  EXPECT_EQ(probe_named("berlin").refused, 1);
  EXPECT_EQ(probe_named("berlin").refusal, "report: it is older");
  EXPECT_EQ(probe_named("berlin").delivered, 5);
}

TEST_F(Probes, MoreThanADeliveryMayHoldIsRefused) {
  const auto berlin = enrol_probe("berlin");
  const auto answer =
      post(berlin, "/api/v1/probe/deliveries", std::string(jobs::most_delivery_bytes + 1, ' '));
  EXPECT_EQ(answer.status, 413);
}

TEST_F(Probes, AReportThatUnpacksToTooMuchIsRefused) {
  const auto berlin = enrol_probe("berlin");
  const auto agent = agent_behind(berlin);
  auto entry = report_of(5, agent, 1);
  entry.body = inventory::compress(std::string(64 * 1024 * 1024, ' '));
  const auto answer = deliver(berlin, {entry});
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(ci_count(), 0);
}

TEST_F(Probes, ARevokedOneIsRefusedAndItsJobsSaySo) {
  const auto berlin = enrol_probe("berlin");
  const auto agent = agent_behind(berlin);
  const auto run = queue("berlin");
  call(berlin);
  const auto admin = server.token(Role::admin);
  EXPECT_EQ(server.ask({"POST", "/api/v1/probes/berlin/revoke", admin, {}}).status, 204);
  const auto answer = deliver(berlin, {report_of(5, agent, 1)});
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(reason(answer), "AGENT_REVOKED");
  EXPECT_EQ(stored(run.id).state, "failed");
  EXPECT_EQ(stored(run.id).detail, "the probe \"berlin\" was revoked");
  EXPECT_EQ(ci_count(), 0);
}

TEST_F(Probes, ANewOneOfTheSameNameTakesTheOldOnesPlace) {
  const auto old = enrol_probe("berlin");
  const auto agent = agent_behind(old);
  const auto successor = enrol_probe("berlin");
  EXPECT_EQ(post(old, "/api/v1/probe/call", "{}").status, 403);
  EXPECT_EQ(deliver(successor, {report_of(5, agent, 1)}).status, 200);
  EXPECT_EQ(ci_count(), 1);
}

TEST_F(Probes, IsToldWhomToAdmitWhenThatChanged) {
  const auto berlin = enrol_probe("berlin");
  const auto first = call(berlin);
  jobs::ProbeCall said;
  said.agents_digest = first.agents_digest;
  EXPECT_FALSE(call(berlin, said).agents);
  const auto agent = agent_behind(berlin);
  const auto second = call(berlin, said);
  ASSERT_TRUE(second.agents);
  EXPECT_NE(second.agents->find(agent.id), std::string::npos);
}

TEST_F(Probes, AJobOfOneThatIsNotThereIsRefused) {
  server.write([&](store::Transaction& tx) {
    jobs::save_credential(tx, {"public", "v2c", "", 1}, {1});
    jobs::StoredJob job;
    job.name = "far";
    job.ranges = {"10.0.0.1"};
    job.credentials = {"public"};
    job.probe = "nowhere";
    EXPECT_EQ(jobs::add_job(tx, job, clock).error().where, "/probe");
  });
}

// The line for hosts behind a probe: where they enrol, and the key that is there.
class Doors : public Probes {
 protected:
  EnrolledAgent enrol_called(const std::string& name, std::vector<std::string> names) {
    const auto key = access::make_key();
    const auto answer =
        server.ask({"POST", "/api/v1/enrol", {}, enrolment(invite(name, names), key, true), json_body});
    const auto object = json::parse(answer.body).as_object();
    return {std::string(object.at("agent_id").as_string()),
            std::string(object.at("certificate").as_string()),
            access::to_pem(key),
            {}};
  }
  HttpAnswer token_for(const std::string& probe) {
    return server.ask({"POST", "/api/v1/enrolment-tokens", server.token(Role::admin),
                       json::serialize(json::object{{"name", "web"}, {"probe", probe}}), json_body});
  }
  const std::string pin = std::string(43, 'a') + "=";
};

TEST_F(Doors, ATokenForHostsBehindAProbeSaysWhereTheyEnrol) {
  const auto berlin = enrol_called("berlin", {"probe.berlin.corp", "10.1.1.2"});
  EXPECT_EQ(reason(token_for("berlin")), "NOT_THERE");
  jobs::ProbeCall said;
  said.api_port = 8443;
  said.server_pin = pin;
  call(berlin, said);
  const auto answer = token_for("berlin");
  ASSERT_EQ(answer.status, 201) << answer.body;
  const auto made = json::parse(answer.body);
  EXPECT_EQ(made.at("server_url").as_string(), "https://probe.berlin.corp:8443");
  EXPECT_EQ(made.at("server_pin").as_string(), pin);
}

TEST_F(Doors, AnAddressOfIPv6IsWrittenForUrls) {
  jobs::ProbeCall said;
  said.api_port = 8443;
  call(enrol_called("berlin", {"2001:db8::7"}), said);
  EXPECT_EQ(json::parse(token_for("berlin").body).at("server_url").as_string(), "https://[2001:db8::7]:8443");
}

TEST_F(Doors, AProbeThatTakesNoAgentsHasNone) {
  call(enrol_probe("berlin"));
  EXPECT_EQ(reason(token_for("berlin")), "TAKES_NO_AGENTS");
  EXPECT_EQ(token_for("nowhere").status, 404);
}

TEST_F(Doors, APinThatIsNoneNeverGetsIntoALineForAShell) {
  const auto berlin = enrol_called("berlin", {"probe.berlin.corp"});
  for (const auto& evil :
       {std::string("'; rm -rf /; echo '"), std::string(40, 'a') + "$(x)", std::string("a")}) {
    jobs::ProbeCall said;
    said.api_port = 8443;
    said.server_pin = evil;
    call(berlin, said);
    EXPECT_EQ(json::parse(token_for("berlin").body).at("server_pin").as_string(), "") << evil;
  }
}

TEST_F(Doors, ATokenForThisCollectorNamesNoOtherPlace) {
  EXPECT_EQ(json::parse(token_for("").body).at("server_url").as_string(), "");
}

}  // namespace
}  // namespace censo::collector::http
