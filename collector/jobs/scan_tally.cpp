#include "collector/jobs/scan_tally.h"

#include <exception>

namespace censo::collector::jobs {
namespace {

constexpr auto between_progress = std::chrono::milliseconds(500);
constexpr std::size_t most_unread = 10'000;  // are listed one by one

std::map<std::string, std::size_t> counts_of(const scanner::SweepCounts& sweep) {
  return {{"swept", sweep.swept},         {"responding", sweep.responding}, {"present", sweep.present},
          {"sent", sweep.sent},           {"pings", sweep.pings},           {"duplicates", sweep.duplicates},
          {"unmatched", sweep.unmatched}, {"malformed", sweep.malformed},   {"foreign", sweep.foreign}};
}

}  // namespace

StoredDevice stored_device(const scanner::DeviceResult& result) {
  StoredDevice device;
  device.target = result.target;
  device.verdict = scanner::name_of(result.verdict);
  device.detail = result.detail;
  device.credential = result.credential;
  device.duration_ms = result.duration_ms;
  device.attempts = result.attempts;
  return device;
}

void ScanTally::take(scanner::DeviceResult&& result) {
  ++run_.verdicts[std::string(scanner::name_of(result.verdict))];
  const bool is_there =
      result.verdict != scanner::Verdict::no_answer && result.verdict != scanner::Verdict::cancelled;
  if (!is_there && run_.total > list_silent_below_) return;
  if (result.report || result.guess) {
    outlet_.read(std::move(result));
    return;
  }
  if (is_there && ++unread_there_ > most_unread) return;
  unread_.push_back(stored_device(result));
}

void ScanTally::show(const scanner::ScanProgress& progress) {
  run_.total = progress.total;
  run_.done = progress.done;
  run_.answered = progress.answered;
  if (progress.sweep.sent > 0) run_.sweep = counts_of(progress.sweep);
  const auto now = std::chrono::steady_clock::now();
  if (now - shown_at_ < between_progress && progress.done != progress.total) return;
  shown_at_ = now;
  if (outlet_.show(unread_)) unread_.clear();
}

base::Result<void> run_scan(scanner::Scanner& scanner, const scanner::ScanJob& job, std::stop_token stop,
                            ScanTally& tally) {
  try {
    auto ended = scanner.run(
        job, stop, [&tally](scanner::DeviceResult&& device) { tally.take(std::move(device)); },
        [&tally](const scanner::ScanProgress& progress) { tally.show(progress); });
    if (ended && stop.stop_requested())
      return base::fail(base::Errc::cancelled, "stopped before all addresses were scanned");
    return ended;
  } catch (const std::exception& failure) {
    return base::fail(base::Errc::unavailable, failure.what());
  }
}

}  // namespace censo::collector::jobs
