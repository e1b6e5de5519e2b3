// A fleet that comes back at one moment: every agent with its own certificate and address, on one collector.
// Agents that are refused or not answered try again as the agent does: a random part of min(1 h, 5 s * 2^n),
// never before Retry-After. Usage: agent_storm COLLECTOR_PROGRAM [AGENTS]
#include "cmdb/store/database.h"
#include "collector/access/agents.h"
#include "collector/access/certificate_authority.h"
#include "collector/access/enrolment_tokens.h"
#include "collector/access/x509.h"
#include "inventory/report_codec.h"
#include "tests/base/scratch_folder.h"
#include "tests/bench/bench_fleet.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <openssl/pem.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <random>
#include <vector>

namespace censo {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint16_t api_port = 28443, agents_port = 28444;

struct Enrolled {
  collector::access::Key key;
  collector::access::Certificate certificate;
  std::string body;
};

struct Storm {
  asio::io_context context{1};
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::mt19937 generator{7};
  steady_clock::time_point began;
  std::vector<double> served_after;  // seconds
  std::size_t tries = 0, refused = 0, failed = 0;
};

class Agent : public std::enable_shared_from_this<Agent> {
 public:
  Agent(Storm& storm, const Enrolled& enrolled, std::uint32_t number)
      : storm_(storm), enrolled_(enrolled), timer_(storm.context), source_(0x7f000000u + 256 + number) {}

  // The next step, or another try later.
  template <class Next>
  auto step(Next next) {
    return [self = shared_from_this(), next](error_code error, auto...) {
      if (error) return self->again(0);
      next();
    };
  }

  void start() {
    ++storm_.tries;
    stream_.emplace(storm_.context, storm_.tls);
    SSL_use_certificate(stream_->native_handle(), enrolled_.certificate.get());
    SSL_use_PrivateKey(stream_->native_handle(), enrolled_.key.get());
    error_code ignored;
    auto& socket = lowest().socket();
    socket.open(tcp::v4(), ignored);
    socket.bind({asio::ip::address_v4(source_), 0}, ignored);
    lowest().expires_after(std::chrono::seconds(10));
    lowest().async_connect({asio::ip::address_v4::loopback(), agents_port}, step([this] { shake_hands(); }));
  }

 private:
  beast::tcp_stream& lowest() { return beast::get_lowest_layer(*stream_); }

  void shake_hands() {
    lowest().expires_after(std::chrono::seconds(10));
    stream_->async_handshake(asio::ssl::stream_base::client, step([this] { send(); }));
  }
  void send() {
    request_ = {http::verb::post, "/api/v1/reports", 11};
    request_.set(http::field::host, "localhost");
    request_.set(http::field::content_type, "application/json");
    request_.set(http::field::content_encoding, "zstd");
    request_.set(http::field::connection, "close");
    request_.body() = enrolled_.body;
    request_.prepare_payload();
    lowest().expires_after(std::chrono::seconds(60));
    http::async_write(*stream_, request_, step([this] { read(); }));
  }
  void read() {
    answer_ = {};
    buffer_.clear();
    lowest().expires_after(std::chrono::seconds(60));
    http::async_read(*stream_, buffer_, answer_, step([this] { judge(); }));
  }
  void judge() {
    if (answer_.result_int() / 100 == 2) {
      storm_.served_after.push_back(
          std::chrono::duration<double>(steady_clock::now() - storm_.began).count());
      stream_.reset();
      return;
    }
    ++storm_.refused;
    const std::string wait(answer_[http::field::retry_after]);
    again(wait.empty() ? 0 : std::atoi(wait.c_str()));
  }
  void again(int retry_after) {
    ++storm_.failed;
    stream_.reset();
    const double most = std::min(3600.0, 5.0 * static_cast<double>(1 << std::min(failures_++, 10)));
    const double wait =
        std::max<double>(retry_after, most * std::uniform_real_distribution<double>()(storm_.generator));
    timer_.expires_after(milliseconds(static_cast<std::int64_t>(wait * 1000)));
    timer_.async_wait([self = shared_from_this()](error_code) { self->start(); });
  }

  Storm& storm_;
  const Enrolled& enrolled_;
  asio::steady_timer timer_;
  std::uint32_t source_;
  std::optional<beast::ssl_stream<beast::tcp_stream>> stream_;
  http::request<http::string_body> request_;
  http::response<http::string_body> answer_;
  beast::flat_buffer buffer_;
  int failures_ = 0;
};

// What changes on a host: the packages, which do not, travel only once.
std::string report_of(int number, const std::string& agent) {
  auto report = bench::host(number, 1, agent);
  std::erase_if(report.sections, [](const inventory::Section& section) { return section.name == "dpkg"; });
  return inventory::compress(inventory::to_json(report));
}

std::vector<Enrolled> enrol(const std::string& state, int count) {
  using namespace collector::access;
  const base::SystemClock clock;
  std::filesystem::create_directory(state + "/ca");
  std::filesystem::permissions(state + "/ca", std::filesystem::perms::owner_all);
  const auto authority = CertificateAuthority::open(state + "/ca", clock.now()).value();
  store::Database database({state + "/censo.db", 1});
  std::vector<Enrolled> agents;
  const auto done = database.write([&](store::Transaction& tx) -> store::Outcome {
    const auto token =
        make_enrolment_token(tx, {"storm", 86'400'000, count, "bench", authority.public_key_pin()}, clock)
            ->token;
    for (int i = 0; i < count; ++i) {
      Key key = make_key();
      auto made =
          enrol(tx, authority, {token, public_pem(key), "host-" + std::to_string(i), "127.0.0.1"}, clock)
              .value();
      agents.push_back(
          {std::move(key), parse_certificate(made.certificate.pem).value(), report_of(i, made.agent_id)});
    }
    return {};
  });
  done.value();
  return agents;
}

pid_t start_collector(const std::string& program, const std::string& state) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  const std::string api = "127.0.0.1:" + std::to_string(api_port),
                    agents = "127.0.0.1:" + std::to_string(agents_port);
  if (!std::freopen((state + "/log").c_str(), "w", stderr) || !std::freopen("/dev/null", "w", stdout))
    ::_exit(127);
  ::execl(program.c_str(), "censo-collector", "run", "--state-dir", state.c_str(), "--listen", api.c_str(),
          "--agent-listen", agents.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

bool answers(asio::io_context& context) {
  tcp::socket socket(context);
  error_code error;
  socket.connect({asio::ip::address_v4::loopback(), agents_port}, error);
  return !error;
}

long peak_kib(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

int run(const std::string& program, int count) {
  const base::ScratchFolder folder;
  const std::string state = folder.path();
  std::filesystem::permissions(state, std::filesystem::perms::owner_all);
  const auto enrolled = enrol(state, count);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  const pid_t child = start_collector(program, state);
  Storm storm;
  while (!answers(storm.context)) ::usleep(100'000);
  std::vector<std::shared_ptr<Agent>> agents;
  for (std::size_t i = 0; i < enrolled.size(); ++i)
    agents.push_back(std::make_shared<Agent>(storm, enrolled[i], static_cast<std::uint32_t>(i)));
  storm.began = steady_clock::now();
  for (const auto& agent : agents) agent->start();
  storm.context.run_for(std::chrono::minutes(15));
  const long peak = peak_kib(child);
  ::kill(child, SIGTERM);
  rusage usage{};
  ::wait4(child, nullptr, 0, &usage);
  std::sort(storm.served_after.begin(), storm.served_after.end());
  const std::size_t served = storm.served_after.size();
  const auto after = [&](double part) {
    return served == 0 ? 0.0
                       : storm.served_after[static_cast<std::size_t>(part * static_cast<double>(served - 1))];
  };
  const double cpu = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
  std::printf(
      "| %d agents at once | served %zu, half after %.0f s, all after %.0f s (goal: 300 s); collector's peak "
      "%.0f MiB (goal: 512),"
      " %.0f s CPU; tries %zu, of them refused in words %zu, not answered %zu |\n",
      count, served, after(0.5), after(1), static_cast<double>(peak) / 1024, cpu, storm.tries, storm.refused,
      storm.failed - storm.refused);
  return served == static_cast<std::size_t>(count) ? 0 : 1;
}

}  // namespace
}  // namespace censo

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  return censo::run(argv[1], argc > 2 ? std::atoi(argv[2]) : 10'000);
}
