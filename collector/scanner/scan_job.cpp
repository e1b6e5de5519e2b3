#include "collector/scanner/scan_job.h"

#include "collector/scanner/announcements/hearing.h"
#include "collector/scanner/attempt.h"
#include "collector/scanner/credential_order.h"
#include "collector/scanner/device_catalog.h"
#include "collector/scanner/inventory_device.h"
#include "collector/scanner/ports/port_scan.h"
#include "collector/scanner/snmp/snmp_engine.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

namespace censo::scanner {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t most_parallel = 256;
constexpr std::size_t most_waiting = 64;  // results that the caller has not taken yet

// From the devices' threads to the caller's (docs/decisions/0040-one-snmp-thread.md). A future also carries
// an exception.
class ResultQueue {
 public:
  void push(std::future<DeviceResult> result) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return results_.size() < most_waiting || closed_; });
    results_.push_back(std::move(result));
    changed_.notify_all();
  }
  std::future<DeviceResult> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !results_.empty(); });
    auto result = std::move(results_.front());
    results_.pop_front();
    changed_.notify_all();
    return result;
  }
  // Nobody pops any more; whoever waits to push goes on.
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::future<DeviceResult>> results_;
  bool closed_ = false;
};

std::int64_t ms_since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start).count();
}

// One scan's constant part, as the devices' threads need it.
struct Scan {
  const ScanJob& job;
  const std::vector<SnmpCredential> credentials;
  const base::Clock& clock;
  SnmpEngine& engine;
  const DeviceCatalog& devices;
  std::stop_token stop;
  PortScan* ports = nullptr;  // none: SNMP is all that is asked
  Hearing hearing = {};       // before the devices' threads begin
};

// An address worth a session, and the credential to begin with: those before it were not answered. Small: a
// sweep may find a million.
struct Candidate {
  ScanTarget target;
  std::size_t first_credential = 0;
  std::optional<Found> found = {};  // by a sweep that began then
  base::TimeMs swept_at = 0;
  std::unique_ptr<DeviceResult> unread = {};  // by the sweep: only its ports are left to try
};

Attempt attempt_with(const SnmpCredential& credential, base::TimeMs at) {
  Attempt attempt;
  attempt.at = at;
  attempt.what = "snmp";
  attempt.credential = credential.name;
  attempt.version = name_of(credential.version);
  return attempt;
}

// True when the device was read with this credential.
bool try_credential(const Scan& scan, const SnmpCredential& credential, DeviceResult& result) {
  const auto start = SteadyClock::now();
  auto& attempt = result.attempts.emplace_back(attempt_with(credential, scan.clock.now()));
  auto limits = scan.job.limits;
  limits.device_ms -= result.duration_ms;
  const auto session = scan.engine.open(result.target, credential, limits, scan.stop);
  auto inventory = inventory_device(*session, scan.devices, result.target, scan.clock.now());
  result.varbinds += session->usage().varbinds;
  result.bytes += session->usage().bytes;
  attempt.duration_ms = ms_since(start);
  if (!inventory) {
    const auto failure = session->last_failure();
    attempt.verdict = failure.verdict;
    attempt.detail = failure.detail;
    // "Wrong passphrase" from one credential says more than silence to the next.
    if (result.verdict != Verdict::no_answer && failure.verdict == Verdict::no_answer) return false;
    result.verdict = failure.verdict;
    result.detail = failure.detail;
    return false;
  }
  attempt.verdict = inventory->verdict;
  attempt.detail = inventory->verdict == Verdict::ok
                       ? "read, " + std::to_string(session->usage().varbinds) + " variables"
                       : inventory->detail;
  result.verdict = inventory->verdict;
  result.detail = inventory->detail;
  result.credential = credential.name;
  result.report = std::move(inventory->report);
  result.report->origin.id = scan.job.id;
  return true;
}

DeviceResult ask_snmp(const Scan& scan, const Candidate& candidate) {
  const auto start = SteadyClock::now();
  DeviceResult result;
  result.target = candidate.target;
  if (candidate.found)
    result.attempts = attempts_of(*candidate.found, candidate.swept_at, scan.credentials, {});
  std::size_t tried = 0;
  const auto learnt = scan.job.learnt.find(result.target.address);
  const auto places = places_to_try(scan.credentials, candidate.first_credential,
                                    learnt == scan.job.learnt.end() ? "" : learnt->second);
  for (const auto place : places) {
    ++tried;
    const bool read = try_credential(scan, scan.credentials[place], result);
    result.duration_ms = ms_since(start);
    const bool hopeless = result.verdict == Verdict::refused || result.verdict == Verdict::cancelled ||
                          result.duration_ms >= scan.job.limits.device_ms;
    if (read || hopeless) break;
  }
  const bool silent = result.verdict == Verdict::no_answer && result.detail.starts_with("no answer");
  if (silent && !result.report) {
    result.detail = "no answer to " + std::to_string(tried) +
                    (tried == 1 ? " credential in " : " credentials in ") +
                    std::to_string(result.duration_ms) + " ms";
  }
  return result;
}

// With what was tried to hear it.
std::vector<PortFinding> announcements_of(const Scan& scan, DeviceResult& result) {
  const auto address = parse_address(result.target.address);
  if (!scan.job.announcements || !address) return {};
  const auto heard = scan.hearing.heard.find(*address);
  std::vector<PortFinding> findings;
  if (heard != scan.hearing.heard.end())
    findings = findings_of(heard->second, *address, *scan.job.announcements, scan.stop);
  for (auto& attempt : attempts_of(findings, scan.hearing.began, scan.hearing.asked.contains(*address)))
    result.attempts.push_back(std::move(attempt));
  return findings;
}

DeviceResult scan_device(const Scan& scan, const Candidate& candidate) {
  auto result = candidate.unread ? *candidate.unread : ask_snmp(scan, candidate);
  if (scan.ports == nullptr || result.report || scan.stop.stop_requested()) return result;
  auto announced = announcements_of(scan, result);
  scan.ports->look_at({scan.clock, scan.devices, scan.stop, scan.job.id + "/ports"}, std::move(announced),
                      result);
  return result;
}

void scan_devices(const Scan& scan, const std::vector<Candidate>& candidates, std::atomic<std::size_t>& next,
                  ResultQueue& queue) {
  for (auto i = next++; i < candidates.size(); i = next++) {
    std::packaged_task<DeviceResult()> task([&] { return scan_device(scan, candidates[i]); });
    task();
    queue.push(task.get_future());
  }
}

// Where the caller hears of the scan, and what he has heard.
struct Listener {
  const std::function<void(DeviceResult&&)>& on_device;
  const std::function<void(const ScanProgress&)>& on_progress;
  ScanProgress progress;

  void take(DeviceResult&& result) {
    ++progress.done;
    if (result.report) ++progress.answered;
    on_device(std::move(result));
    on_progress(progress);
  }
};

DeviceResult without_session(const ScanTarget& target, Presence presence, std::string detail) {
  DeviceResult result;
  result.target = target;
  result.detail = std::move(detail);
  switch (presence) {
    case Presence::answered:
    case Presence::silent: break;
    case Presence::unasked:
      result.verdict = Verdict::cancelled;
      result.detail = "cancelled";
      break;
    case Presence::refused:
      result.verdict = Verdict::refused;
      result.detail = "nobody listens there (ICMP port unreachable)";
      break;
    case Presence::malformed: result.verdict = Verdict::malformed; break;
    case Presence::present:
      result.verdict = Verdict::no_snmp;
      result.detail = "it answers a ping, but not SNMP: no agent, other credentials, or a filter";
      break;
  }
  if (result.detail.empty()) result.detail = "no answer to the sweep";
  return result;
}

bool is_there(const Found& found) {
  return found.presence != Presence::silent && found.presence != Presence::unasked;
}

bool is_heard(const Scan& scan, const ScanTarget& target) {
  const auto address = parse_address(target.address);
  return address && scan.hearing.heard.contains(*address);
}

// Of those where somebody is whom the sweep could not read; and of whoever says something unasked.
base::Result<void> hear_unread(Scan& scan, const std::vector<ScanTarget>& targets, const SweepResult& swept) {
  if (!scan.job.announcements) return {};
  std::vector<ScanTarget> asked;
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (is_there(swept.found[i]) && swept.found[i].presence != Presence::answered)
      asked.push_back(targets[i]);
  auto hearing = hear(asked, targets, *scan.job.announcements, scan.clock, scan.stop);
  if (!hearing) return hearing.error();
  scan.hearing = std::move(*hearing);
  return {};
}

// Those that answer; what became of the others is told.
base::Result<std::vector<Candidate>> sweep_candidates(Scan& scan, const std::vector<ScanTarget>& targets,
                                                      Listener& listener) {
  const auto show = [&listener](const SweepCounts& counts) {
    listener.progress.sweep = counts;
    listener.on_progress(listener.progress);
  };
  const auto began = scan.clock.now();
  auto swept = sweep(targets, scan.credentials, *scan.job.sweep, scan.stop, show);
  if (!swept) return swept.error();
  listener.progress.sweep = swept->counts;
  if (auto heard = hear_unread(scan, targets, *swept); !heard) return heard.error();
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto& found = swept->found[i];
    if (found.presence == Presence::answered) {
      candidates.push_back({targets[i], found.credential, found, began});
      continue;
    }
    const auto noted = swept->details.find(i);
    const auto detail = noted == swept->details.end() ? std::string() : noted->second;
    auto result = without_session(targets[i], found.presence, detail);
    result.attempts = attempts_of(found, began, scan.credentials, detail);
    if (scan.ports != nullptr && (is_there(found) || is_heard(scan, targets[i]))) {
      candidates.push_back({targets[i], 0, {}, 0, std::make_unique<DeviceResult>(std::move(result))});
    } else {
      listener.take(std::move(result));
    }
  }
  return candidates;
}

base::Result<std::vector<Candidate>> candidates_of(Scan& scan, const std::vector<ScanTarget>& targets,
                                                   Listener& listener) {
  listener.progress.total = targets.size();
  if (scan.job.sweep) return sweep_candidates(scan, targets, listener);
  if (scan.job.announcements) {
    auto hearing = hear(targets, targets, *scan.job.announcements, scan.clock, scan.stop);
    if (!hearing) return hearing.error();
    scan.hearing = std::move(*hearing);
  }
  std::vector<Candidate> candidates;
  for (const auto& target : targets) candidates.push_back({target, 0});
  return candidates;
}

// Blocks until all are done; results in the order in which they end.
void inventory_candidates(const Scan& scan, std::stop_source& stop, const std::vector<Candidate>& candidates,
                          Listener& listener) {
  ResultQueue queue;
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  struct Ending {  // also when a callback throws
    std::stop_source& source;
    ResultQueue& queue;
    std::atomic<std::size_t>& next;
    std::size_t total;
    ~Ending() {
      next = total;
      source.request_stop();
      queue.close();
    }
  } const ending{stop, queue, next, candidates.size()};
  const auto count =
      std::min(std::clamp<std::size_t>(scan.job.parallel_devices, 1, most_parallel), candidates.size());
  for (std::size_t i = 0; i < count; ++i)
    threads.emplace_back([&] { scan_devices(scan, candidates, next, queue); });
  for (std::size_t i = 0; i < candidates.size(); ++i) listener.take(queue.pop().get());
}

}  // namespace

Scanner::Scanner(const base::Clock& clock, std::shared_ptr<const DeviceCatalog> devices)
    : clock_(clock), devices_(std::move(devices)), engine_(std::make_unique<SnmpEngine>()) {}
Scanner::~Scanner() = default;

void Scanner::trust_traps(const TrapTrust& trust) {
  engine_->trust_traps(trust);
}

std::vector<ReadTrap> Scanner::read_traps(std::vector<std::string> datagrams) {
  return engine_->read_traps(std::move(datagrams));
}

std::string Scanner::owner_of_mac(std::string_view mac) {
  const auto catalog = devices();
  return catalog ? (*catalog)->owner_of_mac(mac) : std::string();
}

base::Result<std::shared_ptr<const DeviceCatalog>> Scanner::devices() {
  const std::lock_guard lock(mutex_);
  if (!devices_) {
    auto loaded = DeviceCatalog::built_in();
    if (!loaded) return loaded.error();
    devices_ = std::make_shared<const DeviceCatalog>(std::move(*loaded));
  }
  return devices_;
}

base::Result<void> Scanner::run(const ScanJob& job, std::stop_token stop,
                                const std::function<void(DeviceResult&&)>& on_device,
                                const std::function<void(const ScanProgress&)>& on_progress) {
  const auto targets = expand_targets(job);
  if (!targets) return targets.error();
  if (job.credentials.empty())
    return base::fail(base::Errc::malformed, "expected at least one credential, found none");
  const auto catalog = devices();
  if (!catalog) return catalog.error();

  std::stop_source inner;
  const std::stop_callback outer(stop, [&inner] { inner.request_stop(); });
  std::optional<PortScan> ports;
  if (job.ports || job.announcements) {
    auto rules = PortRules::built_in();
    if (!rules) return rules.error();
    ports.emplace(std::move(*rules), job.ports);
  }
  Scan scan{job,
            in_order(job.credentials),
            clock_,
            *engine_,
            **catalog,
            inner.get_token(),
            ports ? &*ports : nullptr};
  Listener listener{on_device, on_progress, {}};
  const auto candidates = candidates_of(scan, *targets, listener);
  if (!candidates) return candidates.error();
  inventory_candidates(scan, inner, *candidates, listener);
  return {};
}

}  // namespace censo::scanner
