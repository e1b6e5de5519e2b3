#include "collector/jobs/probe_entry.h"

#include <gtest/gtest.h>

namespace censo::collector::jobs {
namespace {

StoredDevice device() {
  StoredDevice made;
  made.target = {"10.0.0.1", 161};
  made.verdict = "ok";
  made.detail = "read";
  made.credential = "public";
  made.duration_ms = 12;
  made.attempts = {{1'800'000'000'000, "snmp", "public", "v2c", scanner::Verdict::ok, "yes", 11}};
  return made;
}

std::string reason_of(const std::string& json) {
  const auto entries = parse_entries(json);
  return entries ? "" : std::string(base::name_of(entries.error().code));
}

TEST(ProbeEntry, EntriesComeBackAsTheyWere) {
  const std::vector<ProbeEntry> sent{{5, "report", "{\"agent\":\"a\"}", std::string("\0\xff zstd", 7)},
                                     {9, "run", "{}", ""}};
  const auto read = parse_entries(to_json(sent)).value();
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].sequence, 5);
  EXPECT_EQ(read[0].kind, "report");
  EXPECT_EQ(read[0].about, sent[0].about);
  EXPECT_EQ(read[0].body, sent[0].body);
  EXPECT_EQ(read[1].sequence, 9);
}

TEST(ProbeEntry, NumbersMustRise) {
  EXPECT_EQ(reason_of(to_json(std::vector<ProbeEntry>{{5, "run", "{}", ""}, {5, "run", "{}", ""}})),
            "malformed");
  EXPECT_EQ(reason_of(to_json(std::vector<ProbeEntry>{{0, "run", "{}", ""}})), "malformed");
}

TEST(ProbeEntry, OtherKindsAreRefused) {
  EXPECT_EQ(reason_of(to_json(std::vector<ProbeEntry>{{5, "import", "{}", ""}})), "malformed");
}

TEST(ProbeEntry, WhatIsNoDeliveryIsRefused) {
  EXPECT_EQ(reason_of("[]"), "malformed");
  EXPECT_EQ(reason_of("{\"entries\":[]}"), "malformed");
  EXPECT_EQ(reason_of("{\"entries\":[{\"sequence\":1,\"kind\":\"run\"}]}"), "malformed");
  EXPECT_EQ(reason_of("{\"entries\":[{\"sequence\":1,\"kind\":\"run\",\"about\":{},\"body\":\"+\"}]}"),
            "malformed");
  EXPECT_EQ(reason_of(std::string(100, '[')), "malformed");
}

TEST(ProbeEntry, TooMuchIsRefused) {
  EXPECT_EQ(reason_of(std::string(most_delivery_bytes + 1, ' ')), "limit_exceeded");
  std::vector<ProbeEntry> many;
  for (std::int64_t i = 1; i <= 257; ++i) many.push_back({i, "run", "{}", ""});
  EXPECT_EQ(reason_of(to_json(many)), "malformed");
}

TEST(ProbeEntry, DevicesComeBackAsTheyWere) {
  const auto read = parse_devices_about(to_json(DevicesAbout{RunId(7), true, {device()}})).value();
  EXPECT_EQ(read.run, RunId(7));
  EXPECT_TRUE(read.guess);
  ASSERT_EQ(read.devices.size(), 1u);
  EXPECT_EQ(read.devices[0].target, device().target);
  EXPECT_EQ(read.devices[0].verdict, "ok");
  EXPECT_EQ(read.devices[0].credential, "public");
  ASSERT_EQ(read.devices[0].attempts.size(), 1u);
  EXPECT_EQ(read.devices[0].attempts[0].detail, "yes");
  EXPECT_EQ(read.devices[0].attempts[0].duration_ms, 11);
}

TEST(ProbeEntry, ADeviceNeedsAnAddress) {
  auto wrong = device();
  wrong.target.address = "localhost";
  EXPECT_FALSE(parse_devices_about(to_json(DevicesAbout{RunId(7), false, {wrong}})));
}

TEST(ProbeEntry, ProgressComesBackAsItWas) {
  StoredRun run;
  run.id = RunId(7);
  run.state = "running";
  run.total = 9;
  run.done = 3;
  run.verdicts = {{"ok", 2}, {"no_answer", 1}};
  const auto read = parse_progress(progress_json(run)).value();
  EXPECT_EQ(read.id, run.id);
  EXPECT_EQ(read.total, 9u);
  EXPECT_EQ(read.verdicts, run.verdicts);
}

TEST(ProbeEntry, ARunHasAKnownState) {
  StoredRun run;
  run.id = RunId(7);
  run.state = "queued";
  EXPECT_FALSE(parse_progress(progress_json(run)));
}

TEST(ProbeEntry, AnAnswerComesBackWithItsCredentials) {
  ProbeAnswer answer;
  answer.probe = "berlin";
  answer.delivered = 42;
  HandedRun handed{RunId(7), {}};
  handed.job.id = "job";
  handed.job.ranges = {"10.0.0.0/24"};
  handed.job.exclusions = {"10.0.0.1"};
  handed.job.sweep.emplace().rate = 77;
  handed.job.ports.emplace();
  handed.job.window_left_ms = 60'000;
  scanner::SnmpCredential credential;
  credential.name = "public";
  credential.community = "a \"secret\"\x7f";
  handed.job.credentials = {credential};
  answer.runs = {handed};
  answer.stop = {RunId(8)};
  const auto read = parse_answer(to_json(answer)).value();
  EXPECT_EQ(read.delivered, 42);
  ASSERT_EQ(read.runs.size(), 1u);
  const auto& job = read.runs[0].job;
  EXPECT_EQ(job.ranges, handed.job.ranges);
  EXPECT_EQ(job.exclusions, handed.job.exclusions);
  EXPECT_EQ(job.sweep->rate, 77u);
  EXPECT_TRUE(job.ports);
  EXPECT_EQ(job.window_left_ms, 60'000);
  ASSERT_EQ(job.credentials.size(), 1u);
  EXPECT_EQ(job.credentials[0].community, credential.community);
  EXPECT_EQ(read.stop, (std::vector<RunId>{RunId(8)}));
  EXPECT_FALSE(read.agents);
}

}  // namespace
}  // namespace censo::collector::jobs
