// What is read over the network is what a recording says.
#include "recorded_responder.h"
#include "scan_run.h"

#include "collector/scanner/device_report.h"
#include "collector/scanner/recorded_session.h"
#include "inventory/report_codec.h"
#include "tests/collector/scanner/report_lines.h"

namespace censo::scanner {
namespace {

std::string line(std::string_view oid, std::string_view rest) {
  return std::string(oid) + "|" + std::string(rest) + "\n";
}

// A switch of 60 ports and 30 parts.
std::string wide_switch() {
  std::string text = line("1.3.6.1.2.1.1.1.0", "4|A switch made up") +
                     line("1.3.6.1.2.1.1.2.0", "6|1.3.6.1.4.1.9.1.1208") +
                     line("1.3.6.1.2.1.1.3.0", "67|360000") + line("1.3.6.1.2.1.1.5.0", "4|wide-1");
  const auto row = [&](std::string_view entry, int column, int index, const std::string& value) {
    text +=
        std::string(entry) + "." + std::to_string(column) + "." + std::to_string(index) + "|" + value + "\n";
  };
  constexpr std::string_view ports = "1.3.6.1.2.1.2.2.1", parts = "1.3.6.1.2.1.47.1.1.1.1";
  for (int i = 1; i <= 60; ++i) {
    row(ports, 2, i, "4|Port " + std::to_string(i));
    row(ports, 3, i, "2|6");
    row(ports, 5, i, "66|" + std::to_string(4'294'967'295 - i));
    row(ports, 8, i, "2|" + std::to_string(1 + i % 2));
    row("1.3.6.1.2.1.31.1.1.1", 18, i, "4|to " + std::string(static_cast<std::size_t>(i), 'x'));
  }
  for (int i = 1; i <= 30; ++i) {
    row(parts, 2, i, "4|Part");
    row(parts, 5, i, "2|9");
    row(parts, 11, i, "4|SN" + std::to_string(i));
    row(parts, 16, i, "2|-1");
  }
  return text;
}

constexpr std::uint16_t port = 16'163;

TEST(RecordedResponder, DevicesAreReadAsTheirRecordings) {
  std::atomic<std::uint64_t> answers = 0;
  const std::string small = line("1.3.6.1.2.1.1.2.0", "6|1.3.6.1.4.1.11.2.3.9.1") +
                            line("1.3.6.1.2.1.1.3.0", "67|1") + line("1.3.6.1.2.1.1.5.0", "4|small");
  const RecordedResponder responder(port, {*parse_snmprec(small), *parse_snmprec(wide_switch())}, answers);
  for (const auto& credential : {community(), old_community("public")}) {
    ScanJob job;
    job.id = "job";
    job.ranges = {"127.81.0.0-127.81.0.1"};
    job.port = port;
    job.credentials = {credential};
    const auto results = scanned(job);
    ASSERT_EQ(results.size(), 2U);
    RecordedSession recorded(*parse_snmprec(wide_switch()));
    auto expected = inventory_device(recorded, built_in_devices(), {"127.81.0.1", port}, 1'790'000'000'000);
    expected->report.origin.id = "job";
    ASSERT_TRUE(results.at("127.81.0.1").report) << results.at("127.81.0.1").detail;
    EXPECT_EQ(to_json(*results.at("127.81.0.1").report), to_json(expected->report));
    EXPECT_EQ(results.at("127.81.0.0").report->subject_name, "small");
  }
}

std::size_t asked_below(const std::vector<AskedPdu>& questions, std::string_view entry) {
  const auto root = *parse_oid(entry);
  return static_cast<std::size_t>(
      std::count_if(questions.begin(), questions.end(),
                    [&](const auto& question) { return question.oids.front().starts_with(root); }));
}

// What an answer holds beyond a column is the begin of the next, or shows that the table is not there.
TEST(RecordedResponder, WhatWasHeardIsNotAskedAgain) {
  std::atomic<std::uint64_t> answers = 0;
  const RecordedResponder responder(port + 1, {*parse_snmprec(wide_switch())}, answers);
  ScanJob job;
  job.id = "job";
  job.ranges = {"127.81.0.0"};
  job.port = port + 1;
  job.credentials = {community()};
  EXPECT_EQ(scanned(job).at("127.81.0.0").verdict, Verdict::ok);
  ASSERT_GT(answers, 0U);
  const auto questions = responder.questions().front();
  // Four columns of 60 rows, 24 in an answer; three columns beside them are not there.
  EXPECT_LE(asked_below(questions, "1.3.6.1.2.1.2.2.1"), 11U);
  EXPECT_EQ(asked_below(questions, "1.3.6.1.2.1.4.34.1"), 1U);
}

}  // namespace
}  // namespace censo::scanner
