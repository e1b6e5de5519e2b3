#include "collector/scanner/sweep.h"
#include "hostile_device.h"
#include "scan_run.h"
#include "snmp_daemon.h"
#include "sweep_responder.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>

namespace censo::scanner {
namespace {

using Strings = std::vector<std::string>;

std::vector<ScanTarget> targets_of(const Strings& ranges, std::uint16_t port,
                                   const Strings& exclusions = {}) {
  ScanJob job;
  job.ranges = ranges;
  job.exclusions = exclusions;
  job.port = port;
  return expand_targets(job).value();
}

SweepResult swept(const std::vector<ScanTarget>& targets,
                  const std::vector<SnmpCredential>& credentials = {community()},
                  SweepSettings settings = {.patience = std::chrono::milliseconds(300), .ping = false}) {
  auto result = sweep(targets, credentials, settings, {}, [](const SweepCounts&) {});
  EXPECT_TRUE(result) << to_string(result.error());
  return std::move(*result);
}

std::uint32_t number_of(const std::string& address) {
  in_addr parsed{};
  inet_pton(AF_INET, address.c_str(), &parsed);
  return ntohl(parsed.s_addr);
}

// One device that answers so, swept alone.
SweepResult swept_device(HostileDevice::Behaviour behaviour,
                         const std::vector<SnmpCredential>& credentials = {community()}) {
  const auto port = free_port();
  const HostileDevice device("127.0.0.2", port, std::move(behaviour));
  return swept(targets_of({"127.0.0.2"}, port), credentials);
}

HostileDevice::Behaviour always(std::function<Strings(const ReceivedRequest&)> answers) {
  return answers;
}

TEST(Sweep, FindsExactlyThoseThatAnswer) {
  const auto port = free_port();
  const auto answers = [](std::uint32_t address) { return address % 7 == 3; };
  const SweepResponder responder(port, answers);
  const auto targets = targets_of({"127.77.0.0/20"}, port);
  const auto result =
      swept(targets, {community()},
            {.rate = 0, .subnet_rate = 0, .patience = std::chrono::milliseconds(500), .ping = false});
  ASSERT_EQ(result.found.size(), targets.size());
  std::size_t responding = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const bool expected = answers(number_of(targets[i].address));
    EXPECT_EQ(result.found[i].presence, expected ? Presence::answered : Presence::silent)
        << targets[i].address;
    responding += expected ? 1 : 0;
  }
  EXPECT_EQ(result.counts.responding, responding);
  EXPECT_EQ(result.counts.swept, targets.size());
  EXPECT_EQ(result.counts.foreign + result.counts.unmatched + result.counts.malformed, 0u);
}

TEST(Sweep, NeverAsksAnExcludedAddress) {
  const auto port = free_port();
  std::mutex mutex;
  std::set<std::uint32_t> asked;
  const SweepResponder responder(port, [&](std::uint32_t address) {
    const std::scoped_lock lock(mutex);
    asked.insert(address);
    return true;
  });
  const auto targets = targets_of({"127.77.1.0/24"}, port, {"127.77.1.16/28", "127.77.1.200"});
  (void)swept(targets);
  std::set<std::uint32_t> expected;
  for (const auto& target : targets) expected.insert(number_of(target.address));
  const std::scoped_lock lock(mutex);
  EXPECT_EQ(asked, expected);
  EXPECT_FALSE(asked.contains(number_of("127.77.1.20")));
  EXPECT_FALSE(asked.contains(number_of("127.77.1.200")));
}

TEST(Sweep, AsksAgainWhenTheFirstProbeIsLost) {
  std::atomic<int> requests = 0;
  const auto result = swept_device(always([&](const ReceivedRequest& request) -> Strings {
    return ++requests == 1 ? Strings{} : Strings{honest_get(request)};
  }));
  EXPECT_EQ(result.found.at(0).presence, Presence::answered);
  EXPECT_EQ(result.counts.sent, 2u);
}

// The answer to the first probe comes after the second was sent.
TEST(Sweep, TakesLateAnswers) {
  std::string first;
  const auto result = swept_device(always([&](const ReceivedRequest& request) -> Strings {
    if (!first.empty()) return {std::exchange(first, {})};
    first = honest_get(request);
    return {};
  }));
  EXPECT_EQ(result.found.at(0).presence, Presence::answered);
  EXPECT_EQ(result.counts.sent, 2u);
}

TEST(Sweep, TriesEachCommunityAndTellsWhichIsAnswered) {
  const auto result =
      swept_device(always([](const ReceivedRequest& request) -> Strings {
                     return request.community == "inner" ? Strings{honest_get(request)} : Strings{};
                   }),
                   {community("outer"), community("inner"), community("third")});
  EXPECT_EQ(result.found.at(0).presence, Presence::answered);
  EXPECT_EQ(result.found.at(0).credential, 1);
  EXPECT_EQ(result.counts.sent, 3u);
}

TEST(Sweep, CountsDuplicatesOnce) {
  const auto port = free_port();
  const HostileDevice twice("127.0.0.2", port, always([](const ReceivedRequest& request) {
                              return Strings{honest_get(request), honest_get(request)};
                            }));
  const HostileDevice silent("127.0.0.3", port, always([](const ReceivedRequest&) { return Strings{}; }));
  const auto result = swept(targets_of({"127.0.0.2-127.0.0.3"}, port));
  EXPECT_EQ(result.counts.responding, 1u);
  EXPECT_EQ(result.counts.duplicates, 1u);
}

TEST(Sweep, AnotherIdIsNoAnswer) {
  const auto result = swept_device(always([](ReceivedRequest request) {
    request.id[1] = static_cast<char>(request.id[1] ^ 0x55);
    return Strings{honest_get(request)};
  }));
  EXPECT_EQ(result.found.at(0).presence, Presence::malformed);
  EXPECT_EQ(result.details.at(0), "an answer with another id than asked with");
  EXPECT_EQ(result.counts.unmatched, 2u);
  EXPECT_EQ(result.counts.responding, 0u);
}

TEST(Sweep, AnotherCommunityIsNoAnswer) {
  const auto result = swept_device(always([](ReceivedRequest request) {
    request.community = "private";
    return Strings{honest_get(request)};
  }));
  EXPECT_EQ(result.found.at(0).presence, Presence::malformed);
  EXPECT_EQ(result.details.at(0), "an answer with another community");
}

TEST(Sweep, TruncatedBerIsNamedWithItsByte) {
  const auto result = swept_device(always([](const ReceivedRequest& request) {
    auto answer = honest_get(request);
    answer.resize(answer.size() / 2);
    return Strings{answer};
  }));
  EXPECT_EQ(result.found.at(0).presence, Presence::malformed);
  EXPECT_NE(result.details.at(0).find("byte 1"), std::string::npos) << result.details.at(0);
  EXPECT_EQ(result.counts.malformed, 2u);
}

TEST(Sweep, AnAnswerThatIsFarTooLongIsCutAndNamed) {
  const auto result = swept_device(always([](const ReceivedRequest& request) {
    return Strings{answer_to(request, variable({1, 3, 6}, tlv(0x04, std::string(9'000, 'x'))))};
  }));
  EXPECT_EQ(result.found.at(0).presence, Presence::malformed);
  EXPECT_EQ(result.details.at(0), "an answer of more than 2048 octets");
}

// Garbage first, then the truth: the truth counts.
TEST(Sweep, ARightAnswerAfterAWrongOneCounts) {
  const auto result = swept_device(always([](const ReceivedRequest& request) {
    return Strings{"garbage", honest_get(request)};
  }));
  EXPECT_EQ(result.found.at(0).presence, Presence::answered);
  EXPECT_EQ(result.counts.malformed, 1u);
}

// Right in all but where it comes from.
TEST(Sweep, AnswersFromElsewhereAreForeign) {
  const auto port = free_port();
  const int other = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  auto device = std::make_unique<HostileDevice>("127.0.0.2", port, [other](const ReceivedRequest& request) {
    const auto answer = honest_get(request);
    sendto(other, answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&request.from),
           sizeof request.from);
    return Strings{};
  });
  const auto result = swept(targets_of({"127.0.0.2"}, port));
  EXPECT_EQ(result.found.at(0).presence, Presence::silent);
  EXPECT_EQ(result.counts.foreign, 2u);
  device.reset();  // its thread uses the other socket
  close(other);
}

TEST(Sweep, NobodyListeningIsRefused) {
  const auto result = swept(targets_of({"127.0.0.1-127.0.0.200", "::1"}, free_port()));
  for (const auto& found : result.found) EXPECT_EQ(found.presence, Presence::refused);
  EXPECT_EQ(result.counts.sent, 201u);
}

TEST(Sweep, WhoAnswersSnmpIsNotPinged) {
  const auto port = free_port();
  const SweepResponder responder(port, [](std::uint32_t) { return true; });
  const auto result = swept(targets_of({"127.77.0.1-127.77.0.100"}, port), {community()}, {.retries = 1});
  EXPECT_EQ(result.counts.responding, 100u);
  EXPECT_EQ(result.counts.pings, 0u);
}

// Where the test may ping; elsewhere the sweep says that it did not.
TEST(Sweep, APingTellsWhoIsThereWithoutSnmp) {
  const auto port = free_port();
  const SweepResponder silent(port, [](std::uint32_t) { return false; });
  const auto targets = targets_of({"127.77.0.1-127.77.0.100"}, port);
  const auto result = swept(targets, {community()}, {.patience = std::chrono::milliseconds(300)});
  if (result.counts.pings == 0) {
    EXPECT_EQ(result.found.at(0).presence, Presence::silent);
    GTEST_SKIP() << "this process may not ping";
  }
  for (const auto& found : result.found) EXPECT_EQ(found.presence, Presence::present);
  EXPECT_EQ(result.counts.pings, 100u);
  EXPECT_EQ(result.counts.present, 100u);
}

TEST(Sweep, AnAddressWithoutARouteIsSilentAndSaysWhy) {
  const auto result = swept(targets_of({"255.255.255.255"}, free_port()));
  EXPECT_EQ(result.found.at(0).presence, Presence::silent);
  EXPECT_EQ(result.details.at(0).find("cannot be reached: "), 0u) << result.details.at(0);
}

TEST(Sweep, AStopEndsItAtOnceAndLeavesTheRestUnasked) {
  const auto port = free_port();
  const SweepResponder silent(port, [](std::uint32_t) { return false; });
  std::stop_source stop;
  const auto targets = targets_of({"127.64.0.0/14"}, port);
  const SweepSettings slow{.rate = 100, .subnet_rate = 1, .patience = std::chrono::hours(1)};
  const auto result =
      sweep(targets, std::vector{community()}, slow, stop.get_token(), [&](const SweepCounts& counts) {
        if (counts.sent >= 10) stop.request_stop();
      });
  ASSERT_TRUE(result);
  EXPECT_EQ(result->counts.swept, 0u);
  EXPECT_LT(result->counts.sent, 1'000u);
  EXPECT_EQ(result->found.back().presence, Presence::unasked);
}

TEST(Sweep, ASubnetIsAskedNoFasterThanAllowed) {
  const auto port = free_port();
  const SweepResponder responder(port, [](std::uint32_t) { return true; });
  const auto start = std::chrono::steady_clock::now();
  const auto result = swept(targets_of({"127.77.3.1-127.77.3.21"}, port), {community()},
                            {.rate = 0, .subnet_rate = 100, .patience = std::chrono::seconds(1)});
  EXPECT_EQ(result.counts.responding, 21u);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(200));
}

class SweepOfADaemon : public testing::Test {
 protected:
  void SetUp() override {
    if (!SnmpDaemon::is_installed()) GTEST_SKIP() << "snmpd is not installed";
    daemon_ = std::make_unique<SnmpDaemon>(free_port());
    ASSERT_TRUE(daemon_->is_ready());
  }
  std::unique_ptr<SnmpDaemon> daemon_;
};

TEST_F(SweepOfADaemon, AnswersItsCommunity) {
  const auto result = swept(targets_of({"127.0.0.1"}, daemon_->port()));
  EXPECT_EQ(result.found.at(0).presence, Presence::answered);
}

TEST_F(SweepOfADaemon, AnswersItsCommunityOfVersion1) {
  const auto result = swept(targets_of({"127.0.0.1"}, daemon_->port()), {old_community()});
  EXPECT_EQ(result.found.at(0).presence, Presence::answered);
}

// The engine says its id to anybody: one probe, and no community is sent.
TEST_F(SweepOfADaemon, AnswersTheDiscoveryOfItsEngine) {
  const auto result = swept(targets_of({"127.0.0.1"}, daemon_->port()),
                            {user("nobody", AuthProtocol::sha256, PrivacyProtocol::aes128),
                             user("private", AuthProtocol::sha256, PrivacyProtocol::aes128), community()});
  EXPECT_EQ(result.found.at(0).presence, Presence::answered);
  EXPECT_EQ(result.found.at(0).credential, 0);
  EXPECT_EQ(result.counts.sent, 1u);
}

TEST_F(SweepOfADaemon, ASweptJobReadsItLikeAnyOther) {
  ScanJob job;
  job.id = "job-1";
  job.ranges = {"127.0.0.1-127.0.0.20"};
  job.port = daemon_->port();
  job.credentials = {user("private", AuthProtocol::sha256, PrivacyProtocol::aes128), community()};
  job.sweep.emplace();
  const auto results = scanned(job);
  ASSERT_EQ(results.size(), 20u);
  const auto& daemon = results.at("127.0.0.1");
  EXPECT_EQ(daemon.verdict, Verdict::ok) << daemon.detail;
  EXPECT_EQ(daemon.credential, "v3 private");
  EXPECT_TRUE(daemon.report);
  EXPECT_EQ(results.at("127.0.0.20").verdict, Verdict::refused);
}

ScanJob swept_job(std::uint16_t port, std::string range) {
  ScanJob job;
  job.id = "job-1";
  job.ranges = {std::move(range)};
  job.port = port;
  job.credentials = {community("outer"), community("inner")};
  job.sweep = SweepSettings{.patience = std::chrono::milliseconds(300), .ping = false};
  job.limits.request_ms = 1'000;
  return job;
}

TEST(SweptJob, OpensSessionsOnlyWithThoseThatAnswerAndTheCommunityTheyAnswer) {
  const auto port = free_port();
  std::atomic<int> outer = 0, silent = 0;
  const HostileDevice device("127.0.0.2", port, always([&](const ReceivedRequest& request) {
                               if (request.community == "inner") return Strings{honest_get(request)};
                               ++outer;
                               return Strings{};
                             }));
  const HostileDevice nothing("127.0.0.3", port, always([&](const ReceivedRequest&) {
                                ++silent;
                                return Strings{};
                              }));
  const HostileDevice garbage("127.0.0.4", port, always([](const ReceivedRequest&) { return Strings{"?"}; }));
  const auto results = scanned(swept_job(port, "127.0.0.2-127.0.0.4"));
  EXPECT_EQ(results.at("127.0.0.2").credential, "inner") << results.at("127.0.0.2").detail;
  EXPECT_EQ(outer, 2);
  EXPECT_EQ(results.at("127.0.0.3").verdict, Verdict::no_answer);
  EXPECT_EQ(results.at("127.0.0.3").detail, "no answer to the sweep");
  EXPECT_EQ(silent, 4);
  EXPECT_EQ(results.at("127.0.0.4").verdict, Verdict::malformed);
  EXPECT_NE(results.at("127.0.0.4").detail.find("byte 0"), std::string::npos);
}

TEST(SweptJob, HandsOverWhatAStopLeaves) {
  const auto port = free_port();
  const SweepResponder silent(port, [](std::uint32_t) { return false; });
  auto job = swept_job(port, "127.77.0.0/22");
  job.sweep->patience = std::chrono::hours(1);
  const base::ManualClock clock(1'790'000'000'000);
  Scanner scanner(clock);
  std::stop_source stop;
  std::size_t cancelled = 0;
  const auto ran = scanner.run(
      job, stop.get_token(),
      [&](DeviceResult&& result) { cancelled += result.verdict == Verdict::cancelled ? 1 : 0; },
      [&](const ScanProgress& progress) {
        if (progress.sweep.sent > 100) stop.request_stop();
      });
  ASSERT_TRUE(ran);
  EXPECT_EQ(cancelled, 1'022u);
}

}  // namespace
}  // namespace censo::scanner
