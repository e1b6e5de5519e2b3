#include "collector/probe/scans.h"

#include "base/log.h"
#include "collector/jobs/probe_entry.h"
#include "collector/jobs/scan_tally.h"
#include "collector/probe/spool.h"
#include "inventory/report_codec.h"

#include <algorithm>
#include <atomic>
#include <span>
#include <thread>

namespace censo::collector::probe {
namespace {

using base::Errc;
using jobs::StoredDevice;
using jobs::StoredRun;

constexpr std::size_t list_silent_below = 4096, devices_an_entry = 200;

void complain(const store::Outcome& outcome) {
  if (!outcome) base::log(base::LogLevel::error, "probe.not_spooled", base::to_string(outcome.error()), {});
}

// One scan's findings, on their way to the spool.
class Findings {
 public:
  Findings(const ScanSurroundings& around, jobs::RunId run) : around_(around), run_(run) {}

  void add(const scanner::DeviceResult& result) const {
    const auto& report = result.report ? *result.report : *result.guess;
    const jobs::DevicesAbout about{run_, !result.report, {jobs::stored_device(result)}};
    const auto body = inventory::compress(inventory::to_json(report));
    const auto spooled = around_.database.write([&](store::Transaction& tx) -> store::Outcome {
      add_entry(tx, {0, "devices", jobs::to_json(about), body}, around_.spool_bytes, around_.clock);
      return {};
    });
    complain(spooled);
    if (!spooled) around_.unwritten.add(1);
    around_.wake();
  }

  bool add(const std::vector<StoredDevice>& unread) const {
    if (unread.empty()) return true;
    const auto spooled = around_.database.write([&](store::Transaction& tx) -> store::Outcome {
      add(tx, unread);
      return {};
    });
    complain(spooled);
    around_.wake();
    return spooled.has_value();
  }

  static std::int64_t entries_of(std::span<const StoredDevice> unread) {
    return static_cast<std::int64_t>((unread.size() + devices_an_entry - 1) / devices_an_entry);
  }

  void add(store::Transaction& tx, std::span<const StoredDevice> unread) const {
    while (!unread.empty()) {
      const auto some = unread.first(std::min(unread.size(), devices_an_entry));
      const jobs::DevicesAbout about{run_, false, {some.begin(), some.end()}};
      add_entry(tx, {0, "devices", jobs::to_json(about), {}}, around_.spool_bytes, around_.clock);
      unread = unread.subspan(some.size());
    }
  }

 private:
  const ScanSurroundings& around_;
  const jobs::RunId run_;
};

}  // namespace

struct Scans::Worker {
  jobs::RunId run;
  std::mutex mutex;  // of progress
  StoredRun progress;
  std::atomic<bool> ended{false};
  std::jthread thread;
};

Scans::Scans(ScanSurroundings around) : around_(std::move(around)) {}

Scans::~Scans() {
  stop_all();
}

void Scans::end_interrupted() {
  complain(around_.database.write([this](store::Transaction& tx) -> store::Outcome {
    for (const auto& open : open_runs(tx)) {
      if (open.ended) continue;
      StoredRun run;
      run.id = open.id;
      run.state = "failed";
      run.detail = "the probe stopped during the run";
      end_run(tx, run, around_.spool_bytes, around_.clock);
    }
    return {};
  }));
}

void Scans::start(jobs::HandedRun handed) {
  const std::lock_guard lock(mutex_);
  const auto same = [&](const auto& worker) { return worker->run == handed.run; };
  if (std::any_of(workers_.begin(), workers_.end(), same)) return;
  auto worker = std::make_unique<Worker>();
  worker->run = handed.run;
  worker->progress.id = handed.run;
  worker->progress.state = "running";
  worker->thread =
      std::jthread([this, mine = worker.get(), job = std::move(handed.job)](std::stop_token stop) {
        work(*mine, job, stop);
        mine->ended = true;
        around_.wake();
      });
  workers_.push_back(std::move(worker));
}

void Scans::stop(jobs::RunId run) {
  const std::lock_guard lock(mutex_);
  for (const auto& worker : workers_)
    if (worker->run == run) worker->thread.request_stop();
}

void Scans::stop_all() {
  std::list<std::unique_ptr<Worker>> workers;
  {
    const std::lock_guard lock(mutex_);
    workers.swap(workers_);
  }
  for (const auto& worker : workers) worker->thread.request_stop();
}

std::vector<StoredRun> Scans::runs() {
  std::vector<StoredRun> runs;
  std::list<std::unique_ptr<Worker>> over;  // dies after the lock
  {
    const std::lock_guard lock(mutex_);
    for (auto worker = workers_.begin(); worker != workers_.end();) {
      const auto next = std::next(worker);
      if ((*worker)->ended) {
        over.splice(over.end(), workers_, worker);
      } else {
        const std::lock_guard of_progress((*worker)->mutex);
        runs.push_back((*worker)->progress);
      }
      worker = next;
    }
  }
  complain(around_.database.read([&](store::Transaction& tx) -> store::Outcome {
    for (const auto& open : open_runs(tx)) {
      if (!open.ended) continue;
      std::erase_if(runs, [&](const StoredRun& run) { return run.id == open.id; });
      StoredRun run;
      run.id = open.id;
      run.state = "done";
      runs.push_back(run);
    }
    return {};
  }));
  return runs;
}

void Scans::work(Worker& worker, const scanner::ScanJob& job, std::stop_token stop) {
  StoredRun run = worker.progress;
  const Findings findings(around_, run.id);
  jobs::ScanTally tally(run, list_silent_below,
                        {[&](scanner::DeviceResult&& result) { findings.add(result); },
                         [&](const std::vector<StoredDevice>& unread) {
                           {
                             const std::lock_guard lock(worker.mutex);
                             worker.progress = run;
                           }
                           return findings.add(unread);
                         }});
  const auto ended = jobs::run_scan(around_.scanner, job, stop, tally);
  run.state = ended ? "done" : ended.error().code == Errc::cancelled ? "cancelled" : "failed";
  if (!ended) run.detail = base::to_string(ended.error());
  const auto spooled = around_.database.write([&](store::Transaction& tx) -> store::Outcome {
    findings.add(tx, tally.unread());
    end_run(tx, run, around_.spool_bytes, around_.clock);
    return {};
  });
  complain(spooled);
  if (!spooled) around_.unwritten.add(1 + Findings::entries_of(tally.unread()));
}

}  // namespace censo::collector::probe
