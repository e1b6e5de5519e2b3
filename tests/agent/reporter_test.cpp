// One agent and a collector in one process: what happens to a report on disk, whatever the answer.
#include "agent/reporter.h"

#include "agent/certificate.h"
#include "base/file.h"
#include "inventory/report_codec.h"
#include "tests/agent/temporary_folder.h"
#include "tests/agent/tls_server.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace censo::agent {
namespace {

using base::Errc;
using test::Answer;
using test::http_answer;
using test::TlsServer;

const std::string agent_id = "0192c3a1-7d5e-7000-8000-000000000001";
const std::string urn = "URI:urn:censo:agent:" + agent_id;

std::string changing_name = "web01";

base::Result<void> host_name(const Host&, SourceOutput& out) {
  out.section.attributes.set("host_name", changing_name);
  return {};
}
constexpr std::array sources{Source{"system", host_name}};

std::string body_of(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

base::Result<inventory::ReceivedReport> received(const std::string& request) {
  return inventory::read_report(*inventory::decompress(body_of(request)),
                                [](std::string_view) { return false; });
}

bool is_offer(const std::string& request) {
  return request.starts_with("POST /api/v1/reports/offer ");
}

// Takes a report as a collector does that knows of no offers: the answer repeats what the report itself says.
Answer accept(const std::string& request) {
  if (is_offer(request)) return {http_answer(404, "{}")};
  const auto sent = received(request);
  return {http_answer(
      201, fmt::format(R"({{"outcome":"created","ci":"01h2xcejqtf2n","sequence":{},"digest":"{}"}})",
                       sent->report.sequence, inventory::content_digest(*sent)))};
}

class ReporterTest : public testing::Test {
 protected:
  ReporterTest()
      : collector_(
            authority_.issue("IP:127.0.0.1"), [this](const std::string& request) { return answer_(request); },
            authority_.ca_pem()) {
    config_.state_folder = folder_.path();
    const KeyPair key = make_key_pair();
    Enrolment enrolment;
    enrolment.agent_id = agent_id;
    enrolment.report_url = collector_.url("/api/v1/reports");
    enrolment.private_key_pem = key.private_pem;
    enrolment.certificate_pem = authority_.sign(key.public_pem, urn);
    enrolment.ca_pem = authority_.ca_pem();
    save_enrolment(folder_.path(), enrolment).value();
  }
  Reporter open() const { return *Reporter::open({*host_, sources, clock_, "1.2.3"}, config_); }
  Spool::State spool() const { return Spool::open(folder_.path(), {})->state(); }

  test::TestAuthority authority_{"censo test CA"};
  test::TemporaryFolder folder_, root_;
  base::ManualClock clock_{1'790'000'000'000};
  std::unique_ptr<Host> host_ = recorded_host(root_.path(), clock_.now());
  AgentConfig config_;
  TlsServer::Handler answer_ = accept;
  TlsServer collector_;
};

TEST_F(ReporterTest, AnAcceptedReportLeavesTheSpool) {
  Reporter reporter = open();
  ASSERT_TRUE(reporter.take_report());
  const auto sent = reporter.send_oldest();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->outcome.verdict, Verdict::accepted) << base::to_string(sent->outcome.error);
  EXPECT_EQ(spool().waiting, 0U);
  EXPECT_EQ(load_last_report(folder_.path())->ci, "01h2xcejqtf2n");
}

TEST_F(ReporterTest, AReportThatSaysNothingNewIsOnlyOffered) {
  answer_ = [](const std::string& request) {
    const auto offer = boost::json::parse(body_of(request)).as_object();
    return Answer{http_answer(
        200, fmt::format(R"({{"outcome":"unchanged","ci":"01h2xcejqtf2n","sequence":1,"digest":"{}"}})",
                         std::string(offer.at("digest").as_string())))};
  };
  Reporter reporter = open();
  const auto report = reporter.take_report();
  EXPECT_EQ(reporter.send_oldest()->outcome.outcome, "unchanged");
  EXPECT_EQ(spool().waiting, 0U);
  const auto requests = collector_.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_TRUE(is_offer(requests[0]));
  EXPECT_LT(requests[0].size(), 1'000U);
  EXPECT_NE(requests[0].find(inventory::content_digest(*report)), std::string::npos);
}

TEST_F(ReporterTest, OnlySectionsThatTheCollectorLacksTravel) {
  const auto report = open().take_report();
  answer_ = [&](const std::string& request) {
    if (!is_offer(request)) return accept(request);
    return Answer{
        http_answer(200, fmt::format(R"({{"outcome":"wanted","sequence":1,"unless_changed":{{"{}":"{}"}}}})",
                                     report->sections[0].name, report->sections[0].digest))};
  };
  EXPECT_EQ(open().send_oldest()->outcome.verdict, Verdict::accepted);
  const auto sent = received(collector_.requests().back());
  ASSERT_EQ(sent->report.sections.size(), report->sections.size() - 1);
  EXPECT_EQ(std::ranges::count(sent->report.sections, report->sections[0].name, &inventory::Section::name),
            0);
  ASSERT_EQ(sent->texts.unchanged.size(), 1U);
  EXPECT_EQ(sent->texts.unchanged[0].name, report->sections[0].name);
  EXPECT_EQ(inventory::content_digest(*sent), inventory::content_digest(*report));
}

TEST_F(ReporterTest, ACollectorThatLacksWhatWasLeftOutGetsItAll) {
  const auto report = open().take_report();
  answer_ = [&](const std::string& request) {
    if (is_offer(request))
      return Answer{http_answer(
          200, fmt::format(R"({{"outcome":"wanted","sequence":1,"unless_changed":{{"{}":"{}"}}}})",
                           report->sections[0].name, report->sections[0].digest))};
    return received(request)->texts.unchanged.empty()
               ? accept(request)
               : Answer{http_answer(409, R"({"reason":"SECTIONS_WANTED"})")};
  };
  EXPECT_EQ(open().send_oldest()->outcome.verdict, Verdict::accepted);
  EXPECT_EQ(collector_.requests().size(), 3U);
}

TEST_F(ReporterTest, NothingIsSentWhenNothingWaits) {
  EXPECT_FALSE(open().send_oldest());
  EXPECT_TRUE(collector_.requests().empty());
}

TEST_F(ReporterTest, ReportsKeepTheirNumbersOverARestart) {
  EXPECT_EQ(open().take_report()->sequence, 1U);
  EXPECT_EQ(open().take_report()->sequence, 2U);
}

TEST_F(ReporterTest, ADelayedReportWaitsAndIsSentByTheNextRun) {
  answer_ = [](const std::string&) { return Answer{http_answer(503, "{}")}; };
  {
    Reporter reporter = open();
    ASSERT_TRUE(reporter.take_report());
    EXPECT_EQ(reporter.send_oldest()->outcome.verdict, Verdict::try_again);
  }
  EXPECT_EQ(spool().waiting, 1U);
  answer_ = accept;
  EXPECT_EQ(open().send_oldest()->outcome.verdict, Verdict::accepted);
}

TEST_F(ReporterTest, AReceiptForSomethingElseKeepsTheReport) {
  answer_ = [](const std::string&) { return Answer{http_answer(201, R"({"sequence":1,"digest":"x"})")}; };
  Reporter reporter = open();
  ASSERT_TRUE(reporter.take_report());
  EXPECT_EQ(reporter.send_oldest()->outcome.verdict, Verdict::try_again);
  EXPECT_EQ(spool().waiting, 1U);
}

TEST_F(ReporterTest, ARefusedReportIsQuarantinedAndTheNextOneTellsOfIt) {
  answer_ = [](const std::string&) { return Answer{http_answer(422, R"({"detail":"no"})")}; };
  Reporter reporter = open();
  ASSERT_TRUE(reporter.take_report());
  EXPECT_EQ(reporter.send_oldest()->outcome.verdict, Verdict::refused);
  EXPECT_FALSE(reporter.send_oldest());
  const auto next = reporter.take_report();
  ASSERT_EQ(next->problems.size(), 1U);
  EXPECT_EQ(next->problems[0].source, "spool");
}

TEST_F(ReporterTest, AfterAStaleNumberTheNextIsAheadOfAll) {
  answer_ = [](const std::string&) { return Answer{http_answer(409, R"({"reason":"STALE_SEQUENCE"})")}; };
  Reporter reporter = open();
  ASSERT_TRUE(reporter.take_report());
  EXPECT_EQ(reporter.send_oldest()->outcome.verdict, Verdict::out_of_step);
  EXPECT_EQ(spool().waiting, 0U);
  EXPECT_EQ(reporter.take_report()->sequence, 1'790'000'001U);
}

TEST_F(ReporterTest, DroppedReportsAreToldOfUntilTheCollectorKnows) {
  config_.spool.max_reports = 1;
  Reporter reporter = open();
  ASSERT_TRUE(reporter.take_report());
  ASSERT_EQ(reporter.take_report()->problems.size(), 1U);
  EXPECT_EQ(reporter.send_oldest()->outcome.verdict, Verdict::accepted);
  EXPECT_TRUE(reporter.take_report()->problems.empty());
}

TEST_F(ReporterTest, ALookThatFindsNothingNewIsNotSpooled) {
  Reporter reporter = open();
  ASSERT_TRUE(reporter.take_report());
  EXPECT_EQ(reporter.take_report(Look::after_change)->sequence, 0U);
  EXPECT_EQ(spool().waiting, 1U);
}

TEST_F(ReporterTest, ALookThatFindsAChangeIsSpooled) {
  Reporter reporter = open();
  ASSERT_TRUE(reporter.take_report());
  changing_name = "web02";
  EXPECT_EQ(reporter.take_report(Look::after_change)->sequence, 2U);
  changing_name = "web01";
}

// Accepts, with settings for the agent.
TlsServer::Handler accept_with(const std::string& settings) {
  return [settings](const std::string& request) {
    if (is_offer(request)) return accept(request);
    std::string text = accept(request).bytes;
    const auto body = text.substr(text.find("\r\n\r\n") + 4);
    return Answer{http_answer(201, body.substr(0, body.size() - 1) + R"(,"settings":)" + settings + "}")};
  };
}

TEST_F(ReporterTest, TheCollectorsSettingsAreInForceAtOnceAndAfterARestart) {
  answer_ = accept_with(R"({"interval":"15m","tags":["dmz"],"later":{"x":1}})");
  config_.tags = {"web"};
  {
    Reporter reporter = open();
    ASSERT_TRUE(reporter.take_report());
    ASSERT_EQ(reporter.send_oldest()->outcome.verdict, Verdict::accepted);
    EXPECT_EQ(reporter.interval(), std::chrono::minutes(15));
  }
  Reporter again = open();
  EXPECT_EQ(again.interval(), std::chrono::minutes(15));
  const auto report = again.take_report();
  EXPECT_EQ(std::get<inventory::TextList>(*report->sections.at(1).attributes.find("tags")),
            (inventory::TextList{"dmz", "web"}));
}

TEST_F(ReporterTest, TheCollectorCannotOpenWhatTheMachineCloses) {
  answer_ = accept_with(R"({"include_users":true,"exclude":["sockets"]})");
  config_.excluded_sources = {"system"};
  Reporter reporter = open();
  ASSERT_TRUE(reporter.take_report());
  ASSERT_EQ(reporter.send_oldest()->outcome.verdict, Verdict::accepted);
  EXPECT_EQ(reporter.take_report()->sections.size(), 1U);  // "agent"
}

TEST_F(ReporterTest, SettingsOutOfTheLimitsChangeNothing) {
  answer_ = accept_with(R"({"interval":"1s"})");
  config_.interval = std::chrono::hours(1);
  Reporter reporter = open();
  ASSERT_TRUE(reporter.take_report());
  ASSERT_EQ(reporter.send_oldest()->outcome.verdict, Verdict::accepted);
  EXPECT_EQ(reporter.interval(), std::chrono::hours(1));
}

// No file of this process can grow: what a full disk does, without one.
class FullDisk {
 public:
  FullDisk() {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{0, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(ReporterTest, AHostWithAFullDiskStillReports) {
  Reporter reporter = open();
  {
    const FullDisk full;
    const auto report = reporter.take_report();
    ASSERT_TRUE(report);
    ASSERT_EQ(report->problems.size(), 1U);
    EXPECT_EQ(report->problems[0].where, folder_.path());
    const auto sent = reporter.send_oldest();
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->outcome.verdict, Verdict::accepted);
    EXPECT_FALSE(reporter.send_oldest());
  }
  EXPECT_TRUE(reporter.take_report()->problems.empty());
}

TEST_F(ReporterTest, AReportInMemoryWaitsForTheCollector) {
  Reporter reporter = open();
  const FullDisk full;
  ASSERT_TRUE(reporter.take_report());
  answer_ = [](const std::string&) { return Answer{http_answer(503, "{}")}; };
  EXPECT_EQ(reporter.send_oldest()->outcome.verdict, Verdict::try_again);
  answer_ = accept;
  EXPECT_EQ(reporter.send_oldest()->outcome.verdict, Verdict::accepted);
}

TEST_F(ReporterTest, NumbersOfReportsInMemoryAreAboveThoseOnDisk) {
  Reporter reporter = open();
  const auto first = reporter.take_report()->sequence;
  const FullDisk full;
  const auto second = reporter.take_report()->sequence;
  EXPECT_GT(second, first);
  EXPECT_GT(reporter.take_report()->sequence, second);
}

TEST_F(ReporterTest, ARenewedCertificateIsOnDisk) {
  answer_ = [this](const std::string& request) {
    const auto start = request.find("-----BEGIN PUBLIC KEY");
    std::string key = request.substr(start, request.rfind("-----\\n") + 7 - start);
    for (auto at = key.find("\\n"); at != std::string::npos; at = key.find("\\n")) key.replace(at, 2, "\n");
    std::string certificate = authority_.sign(key, urn), ca = authority_.ca_pem();
    for (auto* pem : {&certificate, &ca}) {
      for (auto at = pem->find('\n'); at != std::string::npos; at = pem->find('\n'))
        pem->replace(at, 1, "\\n");
    }
    return Answer{
        http_answer(201, fmt::format(R"({{"agent_id":"{}","certificate":"{}","ca":"{}","report_url":"{}"}})",
                                     agent_id, certificate, ca, collector_.url("/api/v1/reports")))};
  };
  const std::string before = load_enrolment(folder_.path())->private_key_pem;
  Reporter reporter = open();
  const auto renewed = reporter.renew_certificate();
  ASSERT_TRUE(renewed) << base::to_string(renewed.error());
  EXPECT_NE(load_enrolment(folder_.path())->private_key_pem, before);
  answer_ = accept;
  ASSERT_TRUE(reporter.take_report());
  EXPECT_EQ(reporter.send_oldest()->outcome.verdict, Verdict::accepted);
}

// A probe knows the question again by its key.
TEST_F(ReporterTest, WhatAProbePassedOnIsAskedAgainTheSameAndNobodyWaits) {
  answer_ = [](const std::string&) {
    return Answer{http_answer(503, R"({"reason":"PASSED_ON","detail":"passed on"})")};
  };
  Reporter reporter = open();
  EXPECT_EQ(reporter.renew_certificate().error().reason, "PASSED_ON");
  EXPECT_EQ(reporter.renew_certificate().error().reason, "PASSED_ON");
  const auto requests = collector_.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(body_of(requests[0]), body_of(requests[1]));
}

TEST_F(ReporterTest, TwoAgentsDoNotShareAStateFolder) {
  const Reporter first = open();
  EXPECT_EQ(Reporter::open({*host_, sources, clock_, "1.2.3"}, config_).error().code, Errc::conflict);
}

}  // namespace
}  // namespace censo::agent
