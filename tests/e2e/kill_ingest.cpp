// The collector is killed (SIGKILL) while agents report to it over mutual TLS, again and again. Afterwards
// every acknowledged report is in the database exactly once. Usage: kill_ingest BUILD_DIRECTORY [CYCLES]
// (default 15)
#include "agent/enrolment.h"
#include "agent/https_url.h"
#include "base/file.h"
#include "base/id.h"
#include "base/text.h"
#include "cmdb/store/database.h"
#include "inventory/report_codec.h"

#include <fmt/core.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <thread>
#include <vector>

namespace censo {
namespace {

using namespace std::chrono_literals;
constexpr int agents = 8;

[[noreturn]] void give_up(const std::string& why) {
  fmt::print("FAILED: {}\n", why);
  std::fflush(stdout);
  std::_Exit(1);
}

bool takes_connections(int port) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool taken = connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(connection);
  return taken;
}

// Runs the collector's programs in a folder of their own.
class Collector {
 public:
  Collector(std::string program, std::string folder, int port)
      : program_(std::move(program)), folder_(std::move(folder)), port_(port) {}
  ~Collector() { kill_now(); }

  void start() {
    process_ = spawn({program_, "run", "--state-dir", folder_, "--listen", fmt::format("127.0.0.1:{}", port_),
                      "--agent-listen", fmt::format("127.0.0.1:{}", port_ + 1)},
                     folder_ + ".log");
  }
  void kill_now() {
    if (process_ <= 0) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  // Whether it takes connections by then: a start takes its time on a busy machine.
  bool answers_within(std::chrono::milliseconds limit) const {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!takes_connections(port_ + 1)) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(10ms);
    }
    return true;
  }
  bool runs() const { return waitpid(process_, nullptr, WNOHANG) == 0; }
  std::string enrolment_token() {
    const std::string output = folder_ + ".token";
    const pid_t child = spawn({program_, "enrolment-token", "create", "--state-dir", folder_, "--name",
                               "load", "--uses", std::to_string(agents)},
                              output);
    int status = 0;
    waitpid(child, &status, 0);
    const auto text = base::read_own_file(output);
    if (status != 0 || !text)
      give_up("no enrolment token: " + (text ? *text : base::to_string(text.error())));
    for (const auto word : base::split_words(*text))
      if (word.starts_with("ENR1.")) return std::string(word);
    give_up("no enrolment token in: " + *text);
  }
  std::string url() const { return fmt::format("https://localhost:{}", port_); }
  std::string database() const { return folder_ + "/censo.db"; }

 private:
  static pid_t spawn(const std::vector<std::string>& words, const std::string& output) {
    const pid_t child = fork();
    if (child != 0) return child;
    const int file = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
  }

  std::string program_, folder_;
  int port_;
  pid_t process_ = 0;
};

// One agent: reports one after the other, each until it is acknowledged; every report changes one attribute.
struct Agent {
  agent::Enrolment enrolment;
  std::uint64_t acknowledged = 0;
  std::string name;

  inventory::Report report(std::uint64_t sequence) const {
    inventory::Report report;
    report.origin = {inventory::OriginKind::agent, enrolment.agent_id, "load"};
    report.sequence = sequence;
    report.boot_id = "load";
    report.taken_at = base::SystemClock().now();
    report.subject_class = "server";
    report.subject_name = name;
    auto& section = report.sections.emplace_back();
    section.name = "load";
    section.complete = true;
    section.attributes.set("description", "state " + std::to_string(sequence));
    for (int i = 0; i < 200; ++i) {
      auto& item = section.items.emplace_back();
      item.class_name = "disk";
      item.attributes.set("name", fmt::format("disk{}", i));
      item.attributes.set("size_bytes", std::int64_t{i} * 1'000'000);
    }
    inventory::seal(report);
    return report;
  }

  void run(const std::atomic<bool>& stop, std::atomic<std::uint64_t>& progress) {
    const auto url = agent::parse_https_url(enrolment.report_url);
    if (!url) give_up(base::to_string(url.error()));
    agent::TimeLimits limits;
    limits.read = limits.write = limits.handshake = limits.connect = 5s;
    while (!stop) {
      const auto next = report(acknowledged + 1);
      const std::string body = inventory::compress(inventory::to_json(next));
      while (!stop) {
        const auto answer = agent::post_as_agent(enrolment, *url, body, "zstd", limits);
        if (answer && answer->status / 100 == 2) {
          ++acknowledged;
          ++progress;
          break;
        }
        if (answer && answer->status / 100 == 4 && answer->status != 429)
          give_up(fmt::format("report {} of {} was refused: {} {}", next.sequence, name, answer->status,
                              answer->body));
        std::this_thread::sleep_for(20ms);
      }
    }
  }
};

std::vector<Agent> enrol_agents(Collector& collector) {
  const auto token = agent::parse_enrolment_token(collector.enrolment_token());
  if (!token) give_up(base::to_string(token.error()));
  std::vector<Agent> all;
  for (int i = 0; i < agents; ++i) {
    const std::string name = fmt::format("load{}", i);
    const auto until = std::chrono::steady_clock::now() + 20s;
    auto enrolment = agent::enrol(collector.url(), *token, name, base::SystemClock());
    while (!enrolment && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(100ms);
      enrolment = agent::enrol(collector.url(), *token, name, base::SystemClock());
    }
    if (!enrolment) give_up(base::to_string(enrolment.error()));
    all.push_back({*enrolment, 0, name});
  }
  return all;
}

// Every acknowledged report is there once; at most the one that was under way when the last kill came is
// there besides.
std::size_t faults_of(store::Transaction& tx, const Agent& agent) {
  std::map<std::string, int> seen;
  tx.each(
      "select h.new_value from history h join ci c on c.id = h.ci_id where c.name = $1 and h.what = "
      "'attribute' "
      "and h.subject = 'description'",
      [&](store::Row&& row) {
        ++seen[row.text(0)];
        return true;
      },
      agent.name);
  std::size_t faults = 0;
  for (std::uint64_t sequence = 2; sequence <= agent.acknowledged; ++sequence)
    if (seen["state " + std::to_string(sequence)] != 1) ++faults;
  for (const auto& [value, times] : seen)
    if (times > 1) ++faults;
  if (seen.size() > agent.acknowledged)
    ++faults;  // the first report has no entry, so one more than that may be under way
  return faults;
}

int check(const std::vector<Agent>& all, const std::string& path, int cycles) {
  store::Database database({path});
  std::size_t faults = 0;
  std::uint64_t acknowledged = 0;
  const auto read = database.read([&](store::Transaction& tx) -> store::Outcome {
    for (const auto& agent : all) {
      faults += faults_of(tx, agent);
      acknowledged += agent.acknowledged;
    }
    return {};
  });
  if (!read) give_up(base::to_string(read.error()));
  fmt::print("{} kills, {} acknowledged reports, {} lost or applied twice\n", cycles, acknowledged, faults);
  if (acknowledged < static_cast<std::uint64_t>(cycles))
    give_up("too few reports came through to prove anything");
  return faults == 0 ? 0 : 1;
}

// Until somebody's report came through: a kill before that shows nothing.
void wait_for_progress(const std::atomic<std::uint64_t>& progress) {
  const auto before = progress.load();
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (progress == before) {
    if (std::chrono::steady_clock::now() > until) give_up("no report comes through");
    std::this_thread::sleep_for(5ms);
  }
}

int run(const std::string& build, int cycles) {
  char pattern[] = "/tmp/censo-kill-XXXXXX";
  const std::string folder = mkdtemp(pattern);
  std::mt19937 random(static_cast<unsigned>(getpid()));
  const int port = 20000 + static_cast<int>(random() % 20000);
  int status = 0;
  {
    Collector collector(build + "/censo-collector", folder + "/state", port);
    collector.start();
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (!std::filesystem::exists(collector.database()) && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(50ms);
    auto all = enrol_agents(collector);
    std::atomic<bool> stop = false;
    std::atomic<std::uint64_t> progress = 0;
    std::vector<std::thread> threads;
    for (auto& agent : all) threads.emplace_back([&agent, &stop, &progress] { agent.run(stop, progress); });
    for (int cycle = 0; cycle < cycles; ++cycle) {
      if (!collector.answers_within(10s)) give_up("the collector does not answer");
      wait_for_progress(progress);
      std::this_thread::sleep_for(
          std::chrono::milliseconds(random() % 400));  // anywhere in what is under way
      collector.kill_now();
      collector.start();
    }
    wait_for_progress(progress);
    stop = true;
    for (auto& thread : threads) thread.join();
    collector.kill_now();
    status = check(all, collector.database(), cycles);
  }
  std::filesystem::remove_all(folder);
  return status;
}

}  // namespace
}  // namespace censo

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  return censo::run(argv[1], argc > 2 ? std::atoi(argv[2]) : 15);
}
