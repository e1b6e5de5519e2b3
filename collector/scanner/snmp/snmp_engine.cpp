#include "collector/scanner/snmp/snmp_engine.h"

#include "collector/scanner/snmp/engine_session.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

namespace censo::scanner {
namespace {

// No MIB, configuration or state file is read or written; nothing is logged.
bool start_library() {
  snmp_disable_log();
  for (const int flag : {NETSNMP_DS_LIB_DONT_READ_CONFIGS, NETSNMP_DS_LIB_DONT_PERSIST_STATE,
                         NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE,
                         NETSNMP_DS_LIB_DONT_LOAD_HOST_FILES, NETSNMP_DS_LIB_NO_TOKEN_WARNINGS,
                         NETSNMP_DS_LIB_ALARM_DONT_USE_SIG, NETSNMP_DS_LIB_NO_DISCOVERY}) {
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, flag, 1);
  }
  netsnmp_set_mib_directory("");  // nowhere, and
  netsnmp_setenv("MIBS", "", 1);  // none by name: each that is not found would be a line on standard error
  init_snmp("censo");
  return true;
}

}  // namespace

SnmpEngine::SnmpEngine() : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  thread_ = std::jthread([this] { run(); });
}

SnmpEngine::~SnmpEngine() {
  post([this] { ending_ = true; });
  thread_.join();
  ::close(wake_);
}

std::unique_ptr<SnmpSession> SnmpEngine::open(const ScanTarget& target, const SnmpCredential& credential,
                                              const SnmpLimits& limits, std::stop_token stop) {
  return std::make_unique<EngineSession>(*this, target, credential, limits, std::move(stop));
}

SnmpEngine::ChannelId SnmpEngine::open_channel(const ScanTarget& target, const SnmpCredential& credential) {
  const auto id = ++last_id_;
  post([this, id, target, credential] {
    channels_.emplace(id, std::make_unique<Channel>(target, credential));
  });
  return id;
}

std::future<Answer> SnmpEngine::ask(ChannelId id, Question question) {
  auto promise = std::make_shared<std::promise<Answer>>();  // shared: std::function asks for copies
  auto answer = promise->get_future();
  post([this, id, promise, question = std::move(question)]() mutable {
    channels_.at(id)->ask(std::move(question), std::move(*promise));
  });
  return answer;
}

void SnmpEngine::cancel(ChannelId id) {
  post([this, id] {
    if (const auto found = channels_.find(id); found != channels_.end()) found->second->cancel();
  });
}

void SnmpEngine::close(ChannelId id) {
  post([this, id] { channels_.erase(id); });
}

void SnmpEngine::trust_traps(TrapTrust trust) {
  post([this, trust = std::move(trust)] {
    traps_.reset();
    traps_ = std::make_unique<TrapDecoder>(trust);
  });
}

std::vector<ReadTrap> SnmpEngine::read_traps(std::vector<std::string> datagrams) {
  auto promise = std::make_shared<std::promise<std::vector<ReadTrap>>>();
  auto read = promise->get_future();
  post([this, promise, datagrams = std::move(datagrams)] {
    std::vector<ReadTrap> traps;
    for (const auto& datagram : datagrams) traps.push_back(traps_ ? traps_->decode(datagram) : ReadTrap{});
    promise->set_value(std::move(traps));
  });
  return read.get();
}

void SnmpEngine::post(std::function<void()> job) {
  {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(std::move(job));
    if (jobs_.size() > 1) return;  // who posted the first wakes the thread for all
  }
  [[maybe_unused]] const auto written = eventfd_write(wake_, 1);  // fails only when 2^64 wake-ups are pending
}

void SnmpEngine::run() {
  static const bool started = start_library();
  while (started && !ending_) {
    wait_and_serve();
    run_jobs();
  }
  channels_.clear();
  traps_.reset();
}

void SnmpEngine::run_jobs() {
  std::vector<std::function<void()>> jobs;
  {
    const std::scoped_lock lock(mutex_);
    jobs.swap(jobs_);
  }
  for (auto& job : jobs) job();
}

void SnmpEngine::wait_and_serve() {
  std::vector<pollfd> sockets{{wake_, POLLIN, 0}};
  std::vector<Channel*> waiting;
  auto next = std::chrono::steady_clock::now() + std::chrono::hours(1);
  for (const auto& [id, channel] : channels_) {
    if (!channel->is_waiting()) continue;
    waiting.push_back(channel.get());
    sockets.push_back({channel->socket(), POLLIN, 0});
    next = std::min(next, channel->due());
  }
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(next - std::chrono::steady_clock::now()).count();
  if (poll(sockets.data(), sockets.size(), static_cast<int>(std::max<std::int64_t>(left, 0))) < 0) return;

  eventfd_t ignored = 0;
  if (sockets[0].revents) [[maybe_unused]]
    const auto read = eventfd_read(wake_, &ignored);
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (sockets[i + 1].revents) waiting[i]->readable();
    if (waiting[i]->is_waiting()) waiting[i]->overdue();
  }
}

}  // namespace censo::scanner
