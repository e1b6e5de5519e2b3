#include "collector/jobs/scan_runner.h"

#include "base/log.h"
#include "collector/jobs/scan_execution.h"
#include "collector/jobs/scan_times.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

namespace censo::collector::jobs {

// The mutex guards `workers_` and `woken_` only; nothing is called under it
// (docs/decisions/0060-scan-threads.md).
class ScanRunner::Dispatcher {
 public:
  Dispatcher(store::Database& database, const cmdb::ClassCatalog& catalog, const base::Clock& clock,
             CredentialBox box, const ScanRunnerSettings& settings)
      : settings_(settings),
        clock_(clock),
        box_(std::move(box)),
        scanner_(clock, settings.devices),
        around_{database, catalog, clock, box_, scanner_, settings.list_silent_below, settings.keep_runs} {}
  ~Dispatcher() { stop(); }

  void start() {
    last_look_ = clock_.now();
    thread_ = std::jthread([this](std::stop_token stop) { loop(stop); });
  }

  void stop() {
    thread_.request_stop();
    wake();
    if (thread_.joinable()) thread_.join();
    std::list<Worker> workers;
    {
      const std::lock_guard lock(mutex_);
      workers.swap(workers_);
    }
    for (auto& worker : workers) worker.thread.request_stop();
  }

  void wake() {
    {
      const std::lock_guard lock(mutex_);
      woken_ = true;
    }
    changed_.notify_all();
  }

  bool cancel(RunId run) {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(workers_.begin(), workers_.end(), [&](const Worker& w) { return w.run == run; });
    if (found == workers_.end() || *found->ended) return false;
    found->thread.request_stop();
    return true;
  }

  const CredentialBox& box() const { return box_; }
  scanner::Scanner& scanner() { return scanner_; }
  const std::string& collector() const { return settings_.collector; }

 private:
  struct Worker {
    RunId run;
    std::shared_ptr<std::atomic<bool>>
        ended;  // shared: set by the worker's thread, which the list may outlive or not
    std::jthread thread;
  };

  void loop(std::stop_token stop) {
    const auto cleaned = around_.database.write([this](store::Transaction& tx) -> store::Outcome {
      fail_interrupted_runs(tx, settings_.collector, clock_.now());
      return {};
    });
    complain(cleaned);
    while (!stop.stop_requested()) {
      drop_ended_workers();
      complain(queue_due_jobs());
      complain(start_queued_runs());
      const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(pause_ms());
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, stop, until, [this] { return woken_; });
      woken_ = false;
    }
  }

  static void complain(const store::Outcome& outcome) {
    if (!outcome)
      base::log(base::LogLevel::error, "scan.schedule_failed", base::to_string(outcome.error()), {});
  }

  void drop_ended_workers() {
    std::list<Worker> ended;
    const std::lock_guard lock(mutex_);
    for (auto worker = workers_.begin(); worker != workers_.end();) {
      const auto next = std::next(worker);
      if (*worker->ended) ended.splice(ended.end(), workers_, worker);
      worker = next;
    }
  }

  std::vector<StoredJob> read_jobs() {
    std::vector<StoredJob> jobs;
    complain(around_.database.read([&](store::Transaction& tx) -> store::Outcome {
      jobs = all_jobs(tx);
      return {};
    }));
    return jobs;
  }

  // A cron moment that passed while nobody looked counts once; one that passed while the collector was down
  // does not, unless its windows were closed and still are.
  static std::optional<base::TimeMs> due_at(const StoredJob& job, base::TimeMs after) {
    const auto next = next_run(job, after);
    return next ? std::optional(next->begins_at) : std::nullopt;
  }

  store::Outcome queue_due_jobs() {
    const base::TimeMs now = clock_.now();
    std::vector<StoredJob> due;
    for (auto& job : read_jobs())
      if (const auto at = due_at(job, std::min(last_look_, now)); at && *at <= now)
        due.push_back(std::move(job));
    last_look_ = now;
    if (due.empty()) return {};
    return around_.database.write([&](store::Transaction& tx) -> store::Outcome {
      for (const auto& job : due) {
        const auto now_stored = find_job(tx, to_text(job.id));  // another collector may have been faster
        if (!now_stored || now_stored->last_started_at != job.last_started_at) continue;
        auto queued = queue_run(tx, job, clock_, settings_.collector);
        if (!queued && queued.error().code != base::Errc::conflict) return queued.error();
      }
      return {};
    });
  }

  store::Outcome start_queued_runs() {
    std::vector<StoredRun> queued;
    auto read = around_.database.read([&](store::Transaction& tx) -> store::Outcome {
      queued = queued_runs(tx, settings_.collector);
      const auto now = clock_.now();
      std::erase_if(queued, [&](const StoredRun& run) { return !may_begin(tx, run, now); });
      return {};
    });
    for (auto& run : queued) {
      const std::lock_guard lock(mutex_);
      const auto same = [&](const Worker& worker) { return worker.run == run.id; };
      if (workers_.size() >= settings_.parallel_runs) break;
      if (std::none_of(workers_.begin(), workers_.end(), same)) start_worker(std::move(run));
    }
    return read;
  }

  void start_worker(StoredRun run) {
    const RunId id = run.id;
    auto ended = std::make_shared<std::atomic<bool>>(false);
    workers_.push_back(
        {id, ended, std::jthread([this, ended, run = std::move(run)](std::stop_token stop) mutable {
           execute_scan(around_, std::move(run), stop);
           *ended = true;
           wake();
         })});
  }

  // Until the next job is due, at most a minute: the wall clock may be set meanwhile.
  std::int64_t pause_ms() {
    constexpr std::int64_t longest = 60'000;
    const base::TimeMs now = clock_.now();
    std::int64_t pause = longest;
    for (const auto& job : read_jobs())
      if (const auto at = due_at(job, now)) pause = std::min(pause, std::max<std::int64_t>(*at - now, 1000));
    return pause;
  }

  const ScanRunnerSettings settings_;
  const base::Clock& clock_;
  CredentialBox box_;
  scanner::Scanner scanner_;
  ScanSurroundings around_;
  base::TimeMs last_look_ = 0;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ = false;
  std::list<Worker> workers_;
  std::jthread thread_;
};

ScanRunner::ScanRunner(store::Database& database, const cmdb::ClassCatalog& catalog, const base::Clock& clock,
                       CredentialBox box, const ScanRunnerSettings& settings)
    : dispatcher_(std::make_unique<Dispatcher>(database, catalog, clock, std::move(box), settings)) {}
ScanRunner::~ScanRunner() = default;
void ScanRunner::start() {
  dispatcher_->start();
}
void ScanRunner::stop() {
  dispatcher_->stop();
}
void ScanRunner::wake() {
  dispatcher_->wake();
}
bool ScanRunner::cancel(RunId run) {
  return dispatcher_->cancel(run);
}
const CredentialBox& ScanRunner::credential_box() const {
  return dispatcher_->box();
}
scanner::Scanner& ScanRunner::scanner() {
  return dispatcher_->scanner();
}
const std::string& ScanRunner::collector() const {
  return dispatcher_->collector();
}

}  // namespace censo::collector::jobs
