#include "collector/scanner/scan_job.h"

#include "collector/scanner/device_catalog.h"
#include "collector/scanner/inventory_device.h"
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

constexpr std::size_t most_credentials = 3;  // a device that counts failed log-ins shall not lock an account
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

// Version 3 first: whoever answers it is never sent a community in clear text.
std::vector<SnmpCredential> in_order(const std::vector<SnmpCredential>& credentials) {
  auto ordered = credentials;
  std::stable_partition(ordered.begin(), ordered.end(),
                        [](const auto& c) { return c.version == SnmpVersion::v3; });
  ordered.resize(std::min(ordered.size(), most_credentials));
  return ordered;
}

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
};

// True when the device was read with this credential.
bool try_credential(const Scan& scan, const SnmpCredential& credential, DeviceResult& result) {
  auto limits = scan.job.limits;
  limits.device_ms -= result.duration_ms;
  const auto session = scan.engine.open(result.target, credential, limits, scan.stop);
  auto inventory = inventory_device(*session, scan.devices, result.target, scan.clock.now());
  result.varbinds += session->usage().varbinds;
  result.bytes += session->usage().bytes;
  if (!inventory) {
    const auto failure = session->last_failure();
    // "Wrong passphrase" from one credential says more than silence to the next.
    if (result.verdict != Verdict::no_answer && failure.verdict == Verdict::no_answer) return false;
    result.verdict = failure.verdict;
    result.detail = failure.detail;
    return false;
  }
  result.verdict = inventory->verdict;
  result.detail = inventory->detail;
  result.credential = credential.name;
  result.report = std::move(inventory->report);
  result.report->origin.id = scan.job.id;
  return true;
}

DeviceResult scan_device(const Scan& scan, const ScanTarget& target) {
  const auto start = SteadyClock::now();
  DeviceResult result;
  result.target = target;
  std::size_t tried = 0;
  for (const auto& credential : scan.credentials) {
    ++tried;
    const bool read = try_credential(scan, credential, result);
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

void scan_devices(const Scan& scan, const std::vector<ScanTarget>& targets, std::atomic<std::size_t>& next,
                  ResultQueue& queue) {
  for (auto i = next++; i < targets.size(); i = next++) {
    std::packaged_task<DeviceResult()> task([&] { return scan_device(scan, targets[i]); });
    task();
    queue.push(task.get_future());
  }
}

}  // namespace

Scanner::Scanner(const base::Clock& clock, std::shared_ptr<const DeviceCatalog> devices)
    : clock_(clock), devices_(std::move(devices)), engine_(std::make_unique<SnmpEngine>()) {}
Scanner::~Scanner() = default;

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

  std::stop_source inner;  // also ends the threads when a callback throws
  const std::stop_callback outer(stop, [&inner] { inner.request_stop(); });
  const Scan scan{job, in_order(job.credentials), clock_, *engine_, **catalog, inner.get_token()};
  ResultQueue queue;
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  struct Ending {
    std::stop_source& source;
    ResultQueue& queue;
    std::atomic<std::size_t>& next;
    std::size_t total;
    ~Ending() {
      next = total;
      source.request_stop();
      queue.close();
    }
  } const ending{inner, queue, next, targets->size()};

  const auto count =
      std::min(std::clamp<std::size_t>(job.parallel_devices, 1, most_parallel), targets->size());
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&] { scan_devices(scan, *targets, next, queue); });
  }
  ScanProgress progress{.total = targets->size()};
  while (progress.done < progress.total) {
    auto result = queue.pop().get();
    ++progress.done;
    if (result.report) ++progress.answered;
    on_device(std::move(result));
    on_progress(progress);
  }
  return {};
}

}  // namespace censo::scanner
