#include "collector/jobs/scan_execution.h"

#include "base/log.h"
#include "cmdb/address_holder.h"
#include "cmdb/ingest.h"

#include <chrono>
#include <exception>

namespace censo::collector::jobs {
namespace {

using base::Errc;
using base::fail;
using Steady = std::chrono::steady_clock;

constexpr auto between_progress = std::chrono::milliseconds(500);
constexpr std::size_t most_unread = 10'000;  // are listed one by one

StoredDevice device_of(const scanner::DeviceResult& result) {
  StoredDevice device;
  device.target = result.target;
  device.verdict = scanner::name_of(result.verdict);
  device.detail = result.detail;
  device.credential = result.credential;
  device.duration_ms = result.duration_ms;
  device.attempts = result.attempts;
  return device;
}

std::map<std::string, std::size_t> counts_of(const scanner::SweepCounts& sweep) {
  return {{"swept", sweep.swept},         {"responding", sweep.responding}, {"present", sweep.present},
          {"sent", sweep.sent},           {"pings", sweep.pings},           {"duplicates", sweep.duplicates},
          {"unmatched", sweep.unmatched}, {"malformed", sweep.malformed},   {"foreign", sweep.foreign}};
}

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
      save_unread(tx);
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
    try {
      const auto job = prepare();
      if (!job) return job.error();
      auto ended = around_.scanner.run(
          *job, stop, [this](scanner::DeviceResult&& device) { take(std::move(device)); },
          [this](const scanner::ScanProgress& progress) { show(progress); });
      if (ended && stop.stop_requested())
        return fail(Errc::cancelled, "stopped before all addresses were scanned");
      return ended;
    } catch (const std::exception& failure) {
      return fail(Errc::unavailable, failure.what());
    }
  }

  base::Result<scanner::ScanJob> prepare() {
    scanner::ScanJob job;
    run_.state = "running";
    run_.started_at = around_.clock.now();
    const auto ready = around_.database.write([&](store::Transaction& tx) -> store::Outcome {
      const auto stored = find_job(tx, to_text(run_.job));
      if (!stored) return stored.error();
      job = {};
      job.id = to_text(stored->id);
      job.ranges = stored->ranges;
      job.exclusions = stored->exclusions;
      job.port = stored->port;
      if (stored->sweep.value_or(true)) {
        job.sweep.emplace();
        job.sweep->rate = stored->sweep_rate;
        job.sweep->subnet_rate = stored->subnet_rate;
      }
      if (stored->probe_ports) job.ports.emplace();
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

  void take(scanner::DeviceResult&& result) {
    ++run_.verdicts[std::string(scanner::name_of(result.verdict))];
    const bool is_there =
        result.verdict != scanner::Verdict::no_answer && result.verdict != scanner::Verdict::cancelled;
    if (!is_there && run_.total > around_.list_silent_below) return;
    const bool has_report = result.report || result.guess;
    if (!has_report && is_there && ++unread_there_ > most_unread) return;
    if (!has_report) {
      unread_.push_back(device_of(result));
      return;
    }
    StoredDevice device;
    const auto saved = around_.database.write([&](store::Transaction& tx) -> store::Outcome {
      device = device_of(result);
      device.sequence = ++saved_;
      if (result.report)
        enter(tx, *result.report, device);
      else
        enter_guess(tx, *result.guess, device);
      save_device(tx, run_.id, device);
      return {};
    });
    if (!saved)
      base::log(base::LogLevel::error, "scan.device_not_saved", base::to_string(saved.error()),
                {{"address", result.target.address}});
    if (saved && device.outcome == "created") ++run_.created;
    if (saved && device.outcome == "updated") ++run_.updated;
  }

  void save_unread(store::Transaction& tx) {
    for (auto& device : unread_) {
      device.sequence = ++saved_;
      save_device(tx, run_.id, device);
    }
  }

  // What ports tell is nothing beside what an agent, SNMP or a person says of who has the address.
  void enter_guess(store::Transaction& tx, inventory::Report& report, StoredDevice& device) {
    const auto known = cmdb::other_holder_of(tx, device.target.address, report.origin.id);
    if (!known) return enter(tx, report, device);
    device.ci = *known;
    device.outcome = "known";
  }

  // A report that the CMDB refuses is shown with the device; the scan goes on.
  void enter(store::Transaction& tx, inventory::Report& report, StoredDevice& device) {
    report.sequence = static_cast<std::uint64_t>(base::next_id(around_.clock));
    const auto receipt = cmdb::ingest(tx, around_.catalog, report, around_.clock.now(), around_.clock);
    if (receipt) {
      device.ci = receipt->ci;
      device.outcome = name_of(receipt->outcome);
      return;
    }
    device.outcome = "refused";
    device.detail += (device.detail.empty() ? "" : "; ") + base::to_string(receipt.error());
  }

  void show(const scanner::ScanProgress& progress) {
    run_.total = progress.total;
    run_.done = progress.done;
    run_.answered = progress.answered;
    if (progress.sweep.sent > 0) run_.sweep = counts_of(progress.sweep);
    const auto now = Steady::now();
    if (now - shown_at_ < between_progress && progress.done != progress.total) return;
    shown_at_ = now;
    const auto saved = around_.database.write([this](store::Transaction& tx) -> store::Outcome {
      save_run(tx, run_);
      save_unread(tx);
      return {};
    });
    if (saved) unread_.clear();  // else with the next
  }

  const ScanSurroundings& around_;
  StoredRun run_;
  std::int64_t saved_ = 0;            // the last sequence number
  std::size_t unread_there_ = 0;      // addresses where somebody is who could not be read
  std::vector<StoredDevice> unread_;  // not saved yet: a sweep tells of thousands at once
  Steady::time_point shown_at_{};
};

}  // namespace

void execute_scan(const ScanSurroundings& around, StoredRun run, std::stop_token stop) {
  Execution(around, std::move(run)).run(stop);
}

}  // namespace censo::collector::jobs
