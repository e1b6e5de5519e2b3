// A fleet that comes back at one moment to a collector that was just started: every agent with its own
// certificate and address. Agents that the collector knows hold the TLS session of their last contact and
// take it up again; of what they report, processes are new. Agents that are new have neither. Each offers its
// report, then sends it. Who is refused or not answered tries again as the agent does: a random part of min(1
// h, 5 s * 2^n), never before Retry-After, with the session if one is left. Usage: agent_storm
// COLLECTOR_PROGRAM [AGENTS [PERCENT_NEW]]
#include "base/log.h"
#include "cmdb/store/database.h"
#include "collector/access/agents.h"
#include "collector/access/certificate_authority.h"
#include "collector/access/enrolment_tokens.h"
#include "collector/access/x509.h"
#include "inventory/report_codec.h"
#include "tests/base/scratch_folder.h"
#include "tests/bench/bench_fleet.h"
#include "tests/bench/number.h"

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
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
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
constexpr std::size_t paced = 64;  // contacts at a time before the storm

struct FreeSession {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};

// A report as it travels: what announces it, then all of it.
struct Message {
  std::string offer, report;
};

struct Enrolled {
  collector::access::Key key;
  collector::access::Certificate certificate;
  std::string id;
  std::unique_ptr<SSL_SESSION, FreeSession> session;  // of the last contact, for the next one
};

// What agents do together: all at once, or `paced` at a time.
struct Storm {
  Storm() {
    SSL_CTX* const native = tls.native_handle();
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(native, [](SSL* ssl, SSL_SESSION* session) {
      // A copy: the connection's own is given up with it where it was not closed in words.
      static_cast<Enrolled*>(SSL_get_ex_data(ssl, place_of_holder()))
          ->session.reset(SSL_SESSION_dup(session));
      return 0;
    });
  }
  static int place_of_holder() {
    static const int place = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return place;
  }

  asio::io_context context{1};
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::mt19937 generator{7};
  steady_clock::time_point began = steady_clock::now();
  std::vector<double> served_after;  // seconds
  std::size_t tries = 0, resumed = 0, refused = 0, failed = 0;
  std::function<void()> on_served = [] {};
};

class Agent : public std::enable_shared_from_this<Agent> {
 public:
  // The first two outlive it.
  Agent(Storm& storm, Enrolled& enrolled, std::uint32_t number, Message message)
      : storm_(storm),
        enrolled_(enrolled),
        message_(std::move(message)),
        timer_(storm.context),
        source_(0x7f000000u + 256 + number) {}

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
    SSL* const ssl = stream_->native_handle();
    SSL_use_certificate(ssl, enrolled_.certificate.get());
    SSL_use_PrivateKey(ssl, enrolled_.key.get());
    SSL_set_ex_data(ssl, Storm::place_of_holder(), &enrolled_);
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
    // Used once, as the agent does.
    if (const auto session = std::exchange(enrolled_.session, nullptr))
      SSL_set_session(stream_->native_handle(), session.get());
    lowest().expires_after(std::chrono::seconds(10));
    stream_->async_handshake(asio::ssl::stream_base::client, step([this] { offer(); }));
  }
  void offer() {
    if (SSL_session_reused(stream_->native_handle()) == 1) ++storm_.resumed;
    request_ = {http::verb::post, "/api/v1/reports/offer", 11};
    request_.body() = message_.offer;
    exchange([this] { report(); });
  }
  void report() {
    request_ = {http::verb::post, "/api/v1/reports", 11};
    request_.set(http::field::content_encoding, "zstd");
    request_.set(http::field::connection, "close");
    request_.body() = message_.report;
    exchange([this] { served(); });
  }
  template <class Next>
  void exchange(Next next) {
    request_.set(http::field::host, "localhost");
    request_.set(http::field::content_type, "application/json");
    request_.prepare_payload();
    answer_ = {};
    buffer_.clear();
    lowest().expires_after(std::chrono::seconds(60));
    http::async_write(*stream_, request_, step([this, next] {
      lowest().expires_after(std::chrono::seconds(60));
      http::async_read(*stream_, buffer_, answer_, step([this, next] {
        if (answer_.result_int() / 100 == 2) return next();
        refused();
      }));
    }));
  }
  void refused() {
    ++storm_.refused;
    const std::string wait(answer_[http::field::retry_after]);
    again(wait.empty() ? 0 : std::atoi(wait.c_str()));
  }
  void served() {
    storm_.served_after.push_back(std::chrono::duration<double>(steady_clock::now() - storm_.began).count());
    stream_.reset();
    storm_.on_served();
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
  Enrolled& enrolled_;
  Message message_;
  asio::steady_timer timer_;
  std::uint32_t source_;
  std::optional<beast::ssl_stream<beast::tcp_stream>> stream_;
  http::request<http::string_body> request_;
  http::response<http::string_body> answer_;
  beast::flat_buffer buffer_;
  int failures_ = 0;
};

// What changes on a host: the packages, which do not, travel only once.
Message message_of(int number, std::uint64_t sequence, const std::string& agent) {
  auto report = bench::host_without_packages(number, sequence, agent);
  inventory::seal(report);
  const std::string offer = "{\"sequence\":" + std::to_string(sequence) + ",\"digest\":\"" +
                            inventory::content_digest(report) + "\"}";
  return {offer, inventory::compress(inventory::to_json(report))};
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
          {std::move(key), parse_certificate(made.certificate.pem).value(), made.agent_id, nullptr});
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

// The collector in a process of its own, from its first answer on; ends with it.
class RunningCollector {
 public:
  RunningCollector(const std::string& program, const std::string& state)
      : process_(start_collector(program, state)) {
    asio::io_context context;
    while (!answers(context)) ::usleep(100'000);
  }
  ~RunningCollector() { end(); }
  RunningCollector(const RunningCollector&) = delete;
  RunningCollector& operator=(const RunningCollector&) = delete;

  double peak_mib() const { return static_cast<double>(peak_kib(process_)) / 1024; }
  // Seconds of CPU time that it took.
  double end() {
    rusage usage{};
    if (process_ == 0) return 0;
    ::kill(process_, SIGTERM);
    ::wait4(std::exchange(process_, 0), nullptr, 0, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
  }

 private:
  pid_t process_;
};

// Some at a time: the first report of each, and with it the session for the next contact.
bool make_known(std::vector<Enrolled>& agents, std::size_t count) {
  Storm calm;
  std::size_t begun = 0;
  const auto next = [&] {
    if (begun == count) return;
    const std::size_t i = begun++;
    const int number = static_cast<int>(i);
    std::make_shared<Agent>(calm, agents[i], static_cast<std::uint32_t>(i),
                            message_of(number, 1, agents[i].id))
        ->start();
  };
  calm.on_served = next;
  for (std::size_t i = 0; i < paced; ++i) next();
  calm.context.run();
  return calm.served_after.size() == count && calm.failed == 0;
}

void break_loose(Storm& storm, std::vector<Enrolled>& enrolled, std::size_t known) {
  std::vector<std::shared_ptr<Agent>> agents;
  for (std::size_t i = 0; i < enrolled.size(); ++i) {
    auto message = message_of(static_cast<int>(i), i < known ? 2 : 1, enrolled[i].id);
    agents.push_back(
        std::make_shared<Agent>(storm, enrolled[i], static_cast<std::uint32_t>(i), std::move(message)));
  }
  storm.began = steady_clock::now();
  for (const auto& agent : agents) agent->start();
  storm.context.run_for(std::chrono::minutes(15));
}

int run(const std::string& program, int count, int percent_new) {
  const base::ScratchFolder folder;
  const std::string state = folder.path();
  std::filesystem::permissions(state, std::filesystem::perms::owner_all);
  auto enrolled = enrol(state, count);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  const std::size_t known = enrolled.size() * static_cast<std::size_t>(100 - percent_new) / 100;
  if (known > 0) {
    const RunningCollector before(program, state);
    if (!make_known(enrolled, known)) return 1;
  }
  RunningCollector collector(program, state);
  Storm storm;
  break_loose(storm, enrolled, known);
  const double peak = collector.peak_mib(), cpu = collector.end();

  std::sort(storm.served_after.begin(), storm.served_after.end());
  const std::size_t served = storm.served_after.size();
  const double half = served == 0 ? 0 : storm.served_after[served / 2];
  const bool all = served == enrolled.size();
  const std::string what =
      std::to_string(count) + " agents at once, " + std::to_string(percent_new) + " % new: all served";
  char beside[200];
  std::snprintf(
      beside, sizeof beside,
      "served %zu, half after %.0f s; %zu sessions taken up; tries %zu, refused %zu, unanswered %zu", served,
      half, storm.resumed, storm.tries, storm.refused, storm.failed - storm.refused);
  bench::print_number({what.c_str(), all ? storm.served_after.back() : 900, "s", 300, false, beside});
  std::snprintf(beside, sizeof beside, "%.0f s CPU", cpu);
  bench::print_number({"  the collector's peak memory for it", peak, "MiB", 512, false, beside});
  return all ? 0 : 1;
}

}  // namespace
}  // namespace censo

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const auto number = [&](int place, int otherwise) {
    return argc > place ? std::atoi(argv[place]) : otherwise;
  };
  censo::base::start_log(censo::base::LogLevel::warning, false);  // not a line for each enrolment
  return censo::run(argv[1], number(2, 10'000), std::clamp(number(3, 0), 0, 100));
}
