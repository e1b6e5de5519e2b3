// The inventory of 10,000 devices, switches of 48 ports as they were recorded, beside a bare loop over
// libsnmp that asks the same questions of the same devices and looks at no answer.
#include "base/clock.h"
#include "collector/scanner/recorded_session.h"
#include "collector/scanner/scan_job.h"
#include "tests/bench/bare_snmp_loop.h"
#include "tests/bench/cpu_time.h"
#include "tests/bench/number.h"
#include "tests/collector/scanner/recorded_responder.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace censo;
using namespace censo::scanner;
using Clock = std::chrono::steady_clock;
using Recording = std::vector<VarBind>;
namespace fs = std::filesystem;

constexpr std::uint16_t port = 16'164;
constexpr std::uint32_t first_address = 0x7f500000;  // 127.80.0.0
constexpr std::size_t device_count = 10'000;
constexpr std::size_t most_recordings = 8;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string address_text(std::uint32_t address) {
  const in_addr number{htonl(address)};
  return inet_ntoa(number);
}

std::size_t rows_below(const Recording& recording, const Oid& column) {
  return static_cast<std::size_t>(std::count_if(
      recording.begin(), recording.end(), [&](const auto& bind) { return bind.oid.starts_with(column); }));
}

// 48 ports and what a switch has beside them, parts and neighbours.
bool is_wide_switch(const Recording& recording) {
  const auto ports = rows_below(recording, *parse_oid("1.3.6.1.2.1.2.2.1.2"));
  return ports >= 48 && ports <= 80 && rows_below(recording, *parse_oid("1.3.6.1.2.1.47.1.1.1.1.5")) > 5 &&
         rows_below(recording, *parse_oid("1.0.8802.1.1.2.1.4.1.1.5")) > 0;
}

std::vector<Recording> wide_switches() {
  const auto* given = std::getenv("CENSO_SHARED");
  const fs::path shared = given ? fs::path(given) : fs::path("..") / "shared";
  const auto archive = shared / "snmp-devices" / "devices.tar.xz";
  std::vector<Recording> found;
  std::error_code none;
  if (!fs::exists(archive, none)) return found;
  auto folder = (fs::temp_directory_path() / "censo-bench-XXXXXX").string();
  if (!mkdtemp(folder.data())) return found;
  const auto unpack = "tar -xJf '" + archive.string() + "' -C '" + folder + "'";
  std::set<fs::path> files;
  if (std::system(unpack.c_str()) == 0)
    for (const auto& entry : fs::directory_iterator(fs::path(folder) / "devices")) files.insert(entry.path());
  for (const auto& file : files) {
    if (found.size() == most_recordings || fs::file_size(file) > 500'000) continue;
    std::ifstream in(file, std::ios::binary);
    auto recording = parse_snmprec(std::string{std::istreambuf_iterator<char>(in), {}});
    if (recording && is_wide_switch(*recording)) found.push_back(std::move(*recording));
  }
  fs::remove_all(folder);
  return found;
}

// In a process of its own, so that the memory and the CPU time measured are the scanner's.
class ResponderProcess {
 public:
  explicit ResponderProcess(const std::vector<Recording>& recordings) {
    auto* shared = mmap(nullptr, sizeof(std::atomic<std::uint64_t>), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    answers_ = new (shared) std::atomic<std::uint64_t>(0);
    process_ = fork();
    if (process_ != 0) {
      usleep(300'000);
      return;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const RecordedResponder responder(port, recordings, *answers_);
    for (;;) pause();
  }
  ~ResponderProcess() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  ResponderProcess(const ResponderProcess&) = delete;
  ResponderProcess& operator=(const ResponderProcess&) = delete;
  std::uint64_t answers() const { return *answers_; }

 private:
  pid_t process_;
  std::atomic<std::uint64_t>* answers_;
};

struct Scanned {
  double seconds = 0, cpu_seconds = 0;
  std::size_t read = 0;
  std::uint64_t variables = 0;
  std::int64_t slowest_ms = 0;
};

Scanned scan(Scanner& scanner, std::uint16_t at_port, std::size_t devices, std::size_t parallel) {
  ScanJob job;
  job.id = "bench";
  job.ranges = {address_text(first_address) + "-" +
                address_text(first_address + static_cast<std::uint32_t>(devices) - 1)};
  job.port = at_port;
  job.parallel_devices = parallel;
  job.credentials = {{.name = "public",
                      .version = SnmpVersion::v2c,
                      .community = "public",
                      .user = {},
                      .auth_passphrase = {},
                      .privacy_passphrase = {},
                      .context = {}}};
  Scanned scanned;
  const auto start = Clock::now();
  const auto cpu = bench::process_cpu_seconds();
  const auto take = [&](DeviceResult&& result) {
    if (result.verdict == Verdict::ok && result.report) ++scanned.read;
    scanned.variables += result.varbinds;
    scanned.slowest_ms = std::max(scanned.slowest_ms, result.duration_ms);
  };
  const auto ran = scanner.run(job, {}, take, [](const ScanProgress&) {});
  if (!ran) std::printf("  %s\n", to_string(ran.error()).c_str());
  scanned.seconds = seconds_since(start);
  scanned.cpu_seconds = bench::process_cpu_seconds() - cpu;
  return scanned;
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// What the scanner asks each of the recorded devices.
std::vector<std::vector<AskedPdu>> questions_to(Scanner& scanner, const std::vector<Recording>& recordings) {
  std::atomic<std::uint64_t> answers = 0;
  const RecordedResponder responder(port + 1, recordings, answers);
  scan(scanner, port + 1, recordings.size(), 1);
  return responder.questions();
}

std::size_t sum_of_sizes(const std::vector<std::vector<AskedPdu>>& questions) {
  std::size_t sum = 0;
  for (const auto& of_device : questions) sum += of_device.size();
  return sum;
}

}  // namespace

// An argument: how many devices, instead of 10,000.
int main(int count, char** arguments) {
  const auto devices = count > 1 ? static_cast<std::size_t>(std::atol(arguments[1])) : device_count;
  const auto parallel = count > 2 ? static_cast<std::size_t>(std::atol(arguments[2])) : 64;
  const auto recordings = wide_switches();
  if (recordings.empty()) {
    std::printf(
        "no recordings of devices: CENSO_SHARED names the folder that has snmp-devices/devices.tar.xz\n");
    return 0;
  }
  const ResponderProcess responder(recordings);
  const base::SystemClock clock;
  Scanner scanner(clock);
  const auto questions = questions_to(scanner, recordings);
  std::printf("%zu recorded switches of 48 ports or more, %zu questions each on average\n", recordings.size(),
              sum_of_sizes(questions) / recordings.size());

  constexpr std::size_t bare_pdus = 200'000;
  const std::vector<std::vector<AskedPdu>> small{
      {{.tag = 0xa0, .unrepeated = 0, .repetitions = 0, .oids = {*parse_oid("1.3.6.1.2.1.1.3.0")}}}};
  std::printf("%-58s %9.0f PDU/s\n", "bare loop over libsnmp, one variable a question",
              bare_pdus_a_second(first_address, port, parallel, bare_pdus, small));
  const auto bare_before = bare_pdus_a_second(first_address, port, parallel, bare_pdus, questions);
  const auto before = responder.answers();
  const auto scanned = scan(scanner, port, devices, parallel);
  const auto requests = static_cast<double>(responder.answers() - before);
  const auto bare_after = bare_pdus_a_second(first_address, port, parallel, bare_pdus, questions);
  const auto bare = std::max(bare_before, bare_after);
  std::printf("%-58s %9.0f PDU/s (%.0f before, %.0f after)\n", "bare loop over libsnmp, the scan's questions",
              bare, bare_before, bare_after);
  std::printf("%-58s %9.0f PDU/s, %.1f us of CPU time each\n", "inventory", requests / scanned.seconds,
              scanned.cpu_seconds * 1e6 / requests);
  std::printf("%-58s %9.0f devices/s: %zu of %zu read in %.1f s, %.1f requests and %.0f variables each\n", "",
              static_cast<double>(devices) / scanned.seconds, scanned.read, devices, scanned.seconds,
              requests / static_cast<double>(devices),
              static_cast<double>(scanned.variables) / static_cast<double>(devices));
  std::printf("%-58s %9lld ms\n", "slowest device", static_cast<long long>(scanned.slowest_ms));
  const auto share = requests / scanned.seconds / bare * 100;
  bench::print_number({"inventory of 10,000 devices, rate of requests", share, "% of the bare loop", 70, true,
                       std::to_string(static_cast<long>(bare)) + " PDU/s bare over libsnmp"});
  bench::print_number({"inventory of 10,000 devices, memory", peak_mib(), "MiB", 256, false, {}});
  return scanned.read == devices ? 0 : 1;
}
