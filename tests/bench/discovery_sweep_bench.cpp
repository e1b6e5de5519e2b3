// The sweep of a /16 beside the bare minimum: the same datagrams, sent and received without looking at them.
#include "collector/scanner/scan_job.h"
#include "collector/scanner/sweep.h"
#include "tests/collector/scanner/sweep_responder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

using namespace censo::scanner;
using Clock = std::chrono::steady_clock;

constexpr std::uint16_t port = 16'161;
const std::string range = "127.64.0.0-127.64.255.255";

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// In a process of its own, so that the memory measured is the sweep's.
class ResponderProcess {
 public:
  // One address in `every` answers.
  explicit ResponderProcess(std::uint32_t every) : process_(fork()) {
    if (process_ != 0) {
      usleep(200'000);
      return;
    }
    const SweepResponder responder(port, [every](std::uint32_t address) { return address % every == 0; });
    for (;;) pause();
  }
  ~ResponderProcess() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  ResponderProcess(const ResponderProcess&) = delete;
  ResponderProcess& operator=(const ResponderProcess&) = delete;

 private:
  pid_t process_;
};

// Requests and answers of the sweep's size, `window` of them on the way, nothing looked at.
double bare_pairs_a_second(std::size_t pairs, std::size_t window) {
  static const char request[] =
      "\x30\x29\x02\x01\x01\x04\x06public\xa0\x1c\x02\x04\x41\x42\x43\x44\x02\x01\x00\x02\x01\x00"
      "\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x02\x00\x05";
  constexpr std::size_t batch = 64;
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  const int queue = 4 * 1024 * 1024;
  setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &queue, sizeof queue);
  std::array<mmsghdr, batch> out{}, in{};
  std::array<iovec, batch> out_parts{}, in_parts{};
  std::array<sockaddr_in, batch> peers{};
  static std::array<std::array<char, 2048>, batch> data;
  for (std::size_t i = 0; i < batch; ++i) {
    peers[i].sin_family = AF_INET;
    peers[i].sin_port = htons(port);
    out_parts[i] = {const_cast<char*>(request), sizeof request};
    in_parts[i] = {data[i].data(), data[i].size()};
    out[i].msg_hdr = {&peers[i], sizeof peers[i], &out_parts[i], 1, nullptr, 0, 0};
    in[i].msg_hdr = {nullptr, 0, &in_parts[i], 1, nullptr, 0, 0};
  }
  const auto start = Clock::now();
  std::size_t sent = 0, received = 0;
  while (received < pairs) {
    while (sent < pairs && sent - received < window) {
      const auto count = std::min({batch, pairs - sent, window - (sent - received)});
      for (std::size_t i = 0; i < count; ++i)
        peers[i].sin_addr.s_addr = htonl(static_cast<std::uint32_t>(0x7f400000 + ((sent + i) & 0xffff)));
      const auto done = sendmmsg(socket, out.data(), static_cast<unsigned>(count), 0);
      if (done > 0) sent += static_cast<std::size_t>(done);
    }
    pollfd waiting{socket, POLLIN, 0};
    if (poll(&waiting, 1, 1000) == 0) break;
    const auto count = recvmmsg(socket, in.data(), batch, MSG_DONTWAIT, nullptr);
    if (count > 0) received += static_cast<std::size_t>(count);
  }
  const auto seconds = seconds_since(start);
  close(socket);
  if (received < pairs) std::printf("  the bare loop lost %zu of %zu\n", pairs - received, pairs);
  return static_cast<double>(received) / seconds;
}

struct Swept {
  double seconds = 0;
  SweepCounts counts;
};

Swept sweep_all(const SweepSettings& settings) {
  ScanJob job;
  job.ranges = {range};
  job.port = port;
  const std::vector<SnmpCredential> credentials{{.name = "public",
                                                 .version = SnmpVersion::v2c,
                                                 .community = "public",
                                                 .user = {},
                                                 .auth_passphrase = {},
                                                 .privacy_passphrase = {},
                                                 .context = {}}};
  const auto start = Clock::now();
  const auto targets = expand_targets(job);
  const auto result = sweep(*targets, credentials, settings, {}, [](const SweepCounts&) {});
  return {seconds_since(start), result->counts};
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void show(const char* name, const Swept& swept) {
  const auto addresses = static_cast<double>(swept.counts.swept);
  std::printf("%-34s %7.0f addresses/s  %6.2f s  %zu of %zu answered, %llu probes, peak %.1f MiB\n", name,
              addresses / swept.seconds, swept.seconds, swept.counts.responding, swept.counts.swept,
              static_cast<unsigned long long>(swept.counts.sent), peak_mib());
  std::fflush(stdout);
}

// Debian's braa, when it is there.
void show_braa(const char* name) {
  if (std::system("command -v braa >/dev/null") != 0) return;
  const auto start = Clock::now();
  const auto answers =
      popen("braa public@127.64.0.0-127.64.255.255:16161:.1.3.6.1.2.1.1.2.0 2>/dev/null | wc -l", "r");
  std::array<char, 64> count{};
  if (!answers || !std::fgets(count.data(), count.size(), answers)) return;
  pclose(answers);
  const auto seconds = seconds_since(start);
  std::printf("%-34s %7.0f addresses/s  %6.2f s  %ld answered\n", name, 65'536 / seconds, seconds,
              std::atol(count.data()));
}

}  // namespace

int main() {
  const SweepSettings unlimited{.rate = 0, .subnet_rate = 0};
  {
    const ResponderProcess responder(1);
    for (int i = 0; i < 3; ++i) {
      std::printf("%-34s %7.0f pairs/s\n", "bare loop, window 256", bare_pairs_a_second(65'536, 256));
      std::printf("%-34s %7.0f pairs/s\n", "bare loop, window 4096", bare_pairs_a_second(65'536, 4'096));
      show("sweep of a /16, all answer", sweep_all(unlimited));
    }
    show_braa("braa, all answer");
  }
  {
    const ResponderProcess responder(100);
    show("sweep of a /16, 1 % answers, 1 retry", sweep_all(unlimited));
    show("the same at the rates of a new job", sweep_all({}));
    show_braa("braa, 1 % answers");
  }
}
