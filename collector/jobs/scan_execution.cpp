#include "collector/jobs/scan_execution.h"

#include "base/log.h"
#include "collector/jobs/scan_entry.h"
#include "collector/jobs/scan_tally.h"
#include "collector/jobs/scan_times.h"

namespace censo::collector::jobs {
namespace {

using base::Errc;

class Execution {
 public:
  Execution(const ScanSurroundings& around, StoredRun run) : around_(around), run_(std::move(run)) {}

  void run(std::stop_token stop) {
    const auto outcome = attempt(stop);
    run_.ended_at = around_.clock.now();
    run_.state = outcome ? "done" : outcome.error().code == Errc::cancelled ? "cancelled" : "failed";
    if (!outcome) run_.detail = base::to_string(outcome.error());
    const auto saved = around_.database.write([this](store::Transaction& tx) -> store::Outcome {
      save_run(tx, run_);
      save_unread(tx, tally_.unread());
      drop_old_runs(tx, run_.job, around_.keep_runs);
      return {};
    });
    if (!saved) base::log(base::LogLevel::error, "scan.not_saved", base::to_string(saved.error()), {});
    base::log(base::LogLevel::info, "scan.ended", "a scan has ended",
              {{"job", run_.job_name},
               {"run", to_text(run_.id)},
               {"state", run_.state},
               {"answered", static_cast<std::int64_t>(run_.answered)},
               {"of", static_cast<std::int64_t>(run_.total)}});
  }

 private:
  // Errc::cancelled after a stop.
  base::Result<void> attempt(std::stop_token stop) {
    const auto job = prepare();
    if (!job) return job.error();
    return run_scan(around_.scanner, *job, stop, tally_);
  }

  base::Result<scanner::ScanJob> prepare() {
    scanner::ScanJob job;
    run_.state = "running";
    run_.started_at = around_.clock.now();
    const auto ready = around_.database.write([&](store::Transaction& tx) -> store::Outcome {
      const auto stored = find_job(tx, to_text(run_.job));
      if (!stored) return stored.error();
      job = scan_of(*stored);
      job.window_left_ms = window_left_ms(*stored, run_, run_.started_at);
      job.learnt = learnt_credentials(tx, stored->id);
      for (const auto& name : stored->credentials) {
        const auto sealed = sealed_credential(tx, name);
        if (!sealed) return sealed.error();
        auto credential = around_.box.unseal(*sealed, name);
        if (!credential) return credential.error();
        job.credentials.push_back(std::move(*credential));
      }
      save_run(tx, run_);
      return {};
    });
    if (!ready) return ready.error();
    return job;
  }

  void read(scanner::DeviceResult&& result) {
    FoundDevice found;
    const auto saved = around_.database.write([&](store::Transaction& tx) -> store::Outcome {
      found = {stored_device(result), result.report ? *result.report : *result.guess, !result.report};
      found.device.sequence = ++saved_;
      enter_device(tx, {around_.catalog, around_.clock}, run_.id, found);
      return {};
    });
    if (!saved)
      base::log(base::LogLevel::error, "scan.device_not_saved", base::to_string(saved.error()),
                {{"address", result.target.address}});
    if (saved && found.device.outcome == "created") ++run_.created;
    if (saved && found.device.outcome == "updated") ++run_.updated;
  }

  bool show(const std::vector<StoredDevice>& unread) {
    const auto saved = around_.database.write([&](store::Transaction& tx) -> store::Outcome {
      save_run(tx, run_);
      save_unread(tx, unread);
      return {};
    });
    return saved.has_value();  // else with the next
  }

  void save_unread(store::Transaction& tx, const std::vector<StoredDevice>& unread) {
    for (auto device : unread) {
      device.sequence = ++saved_;
      save_device(tx, run_.id, device);
    }
  }

  const ScanSurroundings& around_;
  StoredRun run_;
  std::int64_t saved_ = 0;  // the last sequence number
  ScanTally tally_{run_,
                   around_.list_silent_below,
                   {[this](scanner::DeviceResult&& result) { read(std::move(result)); },
                    [this](const std::vector<StoredDevice>& unread) { return show(unread); }}};
};

}  // namespace

void execute_scan(const ScanSurroundings& around, StoredRun run, std::stop_token stop) {
  Execution(around, std::move(run)).run(stop);
}

}  // namespace censo::collector::jobs
