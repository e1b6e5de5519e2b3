#include "hostile_device.h"
#include "scan_run.h"
#include "snmp_daemon.h"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <thread>

namespace censo::scanner {
namespace {

using Arcs = std::vector<std::uint32_t>;

// What a device does when it is asked for the next variables; it answers a GET as it should.
using Next = std::function<std::string(const ReceivedRequest&, const Arcs&)>;

HostileDevice::Behaviour walking(Next next) {
  return [next = std::move(next)](const ReceivedRequest& request) -> std::vector<std::string> {
    return {request.is_get() ? honest_get(request) : next(request, request.oids.at(0))};
  };
}

HostileDevice::Behaviour always(std::function<std::string(const ReceivedRequest&)> answer) {
  return [answer = std::move(answer)](const ReceivedRequest& request) -> std::vector<std::string> {
    return {answer(request)};
  };
}

// A GET whose every value is `value_tlv`, well-formed or not.
HostileDevice::Behaviour with_value(std::string value_tlv) {
  return always([value_tlv](const ReceivedRequest& request) {
    std::string variables;
    for (const auto& oid : request.oids) variables += variable(oid, value_tlv);
    return answer_to(request, variables);
  });
}

std::string one(const ReceivedRequest& request, const Arcs& arcs) {
  return answer_to(request, variable(arcs, tlv(0x04, "x")));
}

Arcs last_changed(Arcs arcs, std::uint32_t length, std::uint32_t last) {
  arcs.resize(length, 0);
  arcs.back() = last;
  return arcs;
}

// Walks start at a column of ifEntry or alike: from there on one arc more is the row.
Arcs row(const Arcs& asked, std::uint32_t number) {
  constexpr std::uint32_t column_length = 10;  // 1.3.6.1.2.1.2.2.1.2
  return last_changed(asked, column_length + 1, number);
}

std::uint32_t row_of(const Arcs& asked) {
  return asked.size() > 10 ? asked.back() : 0;
}

struct Mode {
  std::string name;
  Verdict verdict = Verdict::ok;
  HostileDevice::Behaviour behaviour;
};
void PrintTo(const Mode& mode, std::ostream* out) {
  *out << mode.name;
}

std::string many_rows(const ReceivedRequest& request, const Arcs& asked, std::size_t count,
                      const std::string& value) {
  std::string variables;
  for (std::size_t i = 1; i <= count; ++i) {
    variables += variable(row(asked, row_of(asked) + static_cast<std::uint32_t>(i)), value);
  }
  return answer_to(request, variables);
}

std::vector<Mode> walking_modes() {
  return {
      {"SameOid", Verdict::loop, walking([](const auto& r, const Arcs& a) { return one(r, row(a, 7)); })},
      {"DecreasingOids", Verdict::loop, walking([](const auto& r, const Arcs& a) {
         return one(r, row(a, row_of(a) == 0 ? 99 : row_of(a) - 1));
       })},
      {"LoopOfFive", Verdict::loop,
       walking([](const auto& r, const Arcs& a) { return one(r, row(a, row_of(a) % 5 + 1)); })},
      {"EndlessOids", Verdict::limit,
       walking([](const auto& r, const Arcs& a) { return many_rows(r, a, 24, integer_tlv(1)); })},
      {"LongStrings", Verdict::limit, walking([](const auto& r, const Arcs& a) {
         return many_rows(r, a, 1, tlv(0x04, std::string(60'000, 'x')));
       })},
      {"TooManyVariables", Verdict::malformed,
       walking([](const auto& r, const Arcs& a) { return many_rows(r, a, 2'500, integer_tlv(1)); })},
      {"SlowDrip", Verdict::limit, walking([](const auto& r, const Arcs& a) {
         std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the device's own slowness
         return many_rows(r, a, 1, integer_tlv(1));
       })},
  };
}

std::vector<Mode> malformed_modes() {
  const auto whole = [](auto change) {
    return always([change](const ReceivedRequest& request) { return change(honest_get(request)); });
  };
  std::string nested;
  for (int i = 0; i < 2'000; ++i) nested = tlv(0x30, nested);
  std::string long_oid = "\x2b" + std::string(300, '\x01');
  return {
      {"AddressOf3Octets", Verdict::malformed, with_value(tlv(0x40, "abc"))},
      {"IntegerOf20Octets", Verdict::malformed, with_value(tlv(0x02, std::string(20, '\x01')))},
      {"Counter64Of12Octets", Verdict::malformed, with_value(tlv(0x46, std::string(12, '\x01')))},
      {"OidOf300Numbers", Verdict::malformed, with_value(tlv(0x06, long_oid))},
      {"NestedTwoThousandDeep", Verdict::malformed, with_value(nested)},
      {"Truncated", Verdict::malformed, whole([](std::string all) { return all.substr(0, all.size() / 2); })},
      {"HugeLength", Verdict::malformed,
       whole([](std::string) { return std::string("\x30\x84\x7f\xff\xff\xff") + "x"; })},
      {"IndefiniteLength", Verdict::malformed,
       whole([](std::string all) { return "\x30\x80" + all.substr(2); })},
      {"TrailingOctets", Verdict::malformed, whole([](std::string all) { return all + "more"; })},
      {"Garbage", Verdict::malformed,
       whole([](std::string) { return std::string("GET / HTTP/1.0\r\n\r\n"); })},
      {"EmptyDatagram", Verdict::malformed, whole([](std::string) { return std::string(); })},
      {"WrongRequestId", Verdict::malformed, always([](ReceivedRequest request) {
         request.id = "\x01\x02\x03\x04";
         return honest_get(request);
       })},
      {"WrongCommunity", Verdict::malformed, always([](ReceivedRequest request) {
         request.community = "other";
         return honest_get(request);
       })},
      {"OtherVariables", Verdict::malformed, always([](ReceivedRequest request) {
         for (auto& oid : request.oids) oid.back() += 1;
         return honest_get(request);
       })},
      {"Silence", Verdict::no_answer, [](const ReceivedRequest&) { return std::vector<std::string>{}; }},
  };
}

std::vector<Mode> all_modes() {
  auto modes = walking_modes();
  for (auto& mode : malformed_modes()) modes.push_back(std::move(mode));
  return modes;
}

std::string honest(const ReceivedRequest& request) {
  if (request.is_get()) return honest_get(request);
  return answer_to(request, variable(request.oids.at(0), tlv(0x82, "")));  // endOfMibView
}

ScanJob small_job(std::uint16_t port, std::string range) {
  ScanJob job;
  job.ranges = {std::move(range)};
  job.port = port;
  job.credentials = {community()};
  job.limits = {.max_rows_per_table = 2'000,
                .max_varbinds = 5'000,
                .max_bytes = 1024 * 1024,
                .max_string_bytes = 4 * 1024,
                .device_ms = 2'000,
                .request_ms = 150,
                .retries = 1};
  return job;
}

class Hostile : public testing::TestWithParam<Mode> {};

TEST_P(Hostile, EndsSoonWithItsVerdictAndHarmsNobodyElse) {
  const auto port = free_port();
  const HostileDevice good("127.0.0.1", port, always(honest));
  const HostileDevice bad("127.0.0.2", port, GetParam().behaviour);
  const auto results = scanned(small_job(port, "127.0.0.1-127.0.0.2"));
  const auto& result = results.at("127.0.0.2");
  EXPECT_EQ(name_of(result.verdict), name_of(GetParam().verdict)) << result.detail;
  EXPECT_LT(result.duration_ms, 3'000);
  EXPECT_LE(result.bytes, 2u * 1024 * 1024);
  EXPECT_EQ(results.at("127.0.0.1").verdict, Verdict::ok) << results.at("127.0.0.1").detail;
  EXPECT_LT(results.at("127.0.0.1").duration_ms, 1'000);
}

INSTANTIATE_TEST_SUITE_P(Device, Hostile, testing::ValuesIn(all_modes()),
                         [](const auto& mode) { return mode.param.name; });

TEST(HostileDevices, AllTogetherLeaveARealDaemonAlone) {
  if (!SnmpDaemon::is_installed()) GTEST_SKIP() << "snmpd is not installed";
  const auto port = free_port();
  const SnmpDaemon daemon(port);
  ASSERT_TRUE(daemon.is_ready());
  std::vector<std::unique_ptr<HostileDevice>> devices;
  for (const auto& mode : all_modes()) {
    const auto address = "127.0.0." + std::to_string(devices.size() + 2);
    devices.push_back(std::make_unique<HostileDevice>(address, port, mode.behaviour));
  }
  auto job = small_job(port, "127.0.0.1-127.0.0." + std::to_string(devices.size() + 1));
  job.parallel_devices = 64;
  job.limits.request_ms = 500;
  const auto results = scanned(job);
  EXPECT_EQ(results.size(), devices.size() + 1);
  EXPECT_EQ(results.at("127.0.0.1").verdict, Verdict::ok) << results.at("127.0.0.1").detail;
}

// Asked on one port, it answers rightly from another.
TEST(HostileDevices, AnswersFromAnotherPortAreNotHeard) {
  const auto port = free_port();
  const int other = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  auto device = std::make_unique<HostileDevice>("127.0.0.2", port, [other](const ReceivedRequest& request) {
    const auto answer = honest(request);
    sendto(other, answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&request.from),
           sizeof request.from);
    return std::vector<std::string>{};
  });
  EXPECT_EQ(scanned(small_job(port, "127.0.0.2")).at("127.0.0.2").verdict, Verdict::no_answer);
  device.reset();  // its thread uses the other socket
  close(other);
}

TEST(HostileDevices, NobodyListeningIsRefusedAtOnce) {
  const auto result = scanned(small_job(free_port(), "127.0.0.1")).at("127.0.0.1");
  EXPECT_EQ(result.verdict, Verdict::refused) << result.detail;
  EXPECT_LT(result.duration_ms, 100);
}

TEST(HostileDevices, LongStringsAreCutAndNoted) {
  const auto port = free_port();
  const HostileDevice device("127.0.0.2", port, walking([](const auto& r, const Arcs& a) {
                               if (row_of(a) > 0) return answer_to(r, variable(a, tlv(0x82, "")));
                               return many_rows(r, a, 1, tlv(0x04, std::string(20'000, 'x')));
                             }));
  const auto result = scanned(small_job(port, "127.0.0.2")).at("127.0.0.2");
  ASSERT_TRUE(result.report);
  ASSERT_FALSE(result.report->problems.empty());
  EXPECT_NE(result.report->problems.back().message.find("longer than allowed were cut"), std::string::npos);
}

TEST(HostileDevices, RowsBeforeALoopAreKept) {
  const auto port = free_port();
  const HostileDevice device("127.0.0.2", port, walking([](const auto& r, const Arcs& a) {
                               return one(r, row(a, row_of(a) % 5 + 1));
                             }));
  const auto result = scanned(small_job(port, "127.0.0.2")).at("127.0.0.2");
  ASSERT_TRUE(result.report);
  EXPECT_EQ(result.report->sections.at(1).items.size(), 5u);
  EXPECT_FALSE(result.report->sections.at(1).complete);
}

// A device whose answers beyond a certain size never arrive is read in smaller pieces.
TEST(HostileDevices, LargeAnswersThatAreTooBigAreAskedForInPieces) {
  const auto port = free_port();
  const HostileDevice device("127.0.0.2", port, walking([](const auto& r, const Arcs& a) -> std::string {
                               if (row_of(a) >= 3) return answer_to(r, variable(a, tlv(0x82, "")));
                               if (r.pdu != 0xa5) return many_rows(r, a, 1, tlv(0x04, "port"));
                               const auto pdu = tlv(
                                   0xa2, tlv(0x02, r.id) + integer_tlv(1) + integer_tlv(0) + tlv(0x30, ""));
                               return tlv(0x30, integer_tlv(1) + tlv(0x04, r.community) + pdu);
                             }));
  const auto result = scanned(small_job(port, "127.0.0.2")).at("127.0.0.2");
  ASSERT_EQ(result.verdict, Verdict::ok) << result.detail;
  EXPECT_EQ(result.report->sections.at(1).items.size(), 3u);
}

TEST(Stop, EndsTheScanAtOnceAndHandsOverTheRest) {
  const auto port = free_port();
  std::stop_source stop;
  const HostileDevice device("127.0.0.1", port, [&](const ReceivedRequest&) {
    stop.request_stop();
    return std::vector<std::string>{};
  });
  auto job = small_job(port, "127.0.0.1-127.0.0.200");
  job.limits.request_ms = 60'000;
  job.limits.device_ms = 60'000;
  job.parallel_devices = 1;
  const auto start = std::chrono::steady_clock::now();
  const auto results = scanned(job, stop.get_token());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(results.size(), 200u);
  EXPECT_EQ(results.at("127.0.0.200").verdict, Verdict::cancelled);
}

TEST(Stop, AnExceptionOfTheCallerEndsTheScan) {
  const base::ManualClock clock(0);
  Scanner scanner(clock);
  const auto job = small_job(free_port(), "127.0.0.1-127.0.0.200");
  const auto thrower = [](DeviceResult&&) { throw std::runtime_error("the database is gone"); };
  EXPECT_THROW(static_cast<void>(scanner.run(job, {}, thrower, [](const ScanProgress&) {})),
               std::runtime_error);
}

}  // namespace
}  // namespace censo::scanner
