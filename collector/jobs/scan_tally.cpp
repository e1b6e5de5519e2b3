#include "collector/jobs/scan_tally.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace censo::collector::jobs {
namespace {

constexpr auto between_progress = std::chrono::milliseconds(500);
constexpr std::size_t most_unread = 10'000;  // are listed one by one
constexpr std::int64_t longest_window_ms = 16LL * 24 * 60 * 60 * 1000;

std::map<std::string, std::size_t> counts_of(const scanner::SweepCounts& sweep) {
  return {{"swept", sweep.swept},         {"responding", sweep.responding}, {"present", sweep.present},
          {"sent", sweep.sent},           {"pings", sweep.pings},           {"duplicates", sweep.duplicates},
          {"unmatched", sweep.unmatched}, {"malformed", sweep.malformed},   {"foreign", sweep.foreign}};
}

// Passes a stop on, and asks for one when the window closes. The mutex is the condition's alone.
class ClosingTime {
 public:
  ClosingTime(const std::stop_token& stop, std::optional<std::int64_t> left_ms)
      : passing_on_(stop, [this] { source_.request_stop(); }) {
    if (!left_ms) return;
    const std::chrono::milliseconds left(std::clamp<std::int64_t>(*left_ms, 0, longest_window_ms));
    timer_ = std::jthread([this, left](std::stop_token over) {
      std::mutex mutex;
      std::condition_variable_any never;
      std::unique_lock lock(mutex);
      never.wait_for(lock, over, left, [] { return false; });
      if (over.stop_requested()) return;
      closed_ = true;
      source_.request_stop();
    });
  }
  std::stop_token token() const { return source_.get_token(); }
  bool closed() const { return closed_; }

 private:
  std::stop_source source_;
  std::atomic<bool> closed_{false};
  std::stop_callback<std::function<void()>> passing_on_;
  std::jthread timer_;
};

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
  const bool unreached =
      result.verdict == scanner::Verdict::cancelled || result.verdict == scanner::Verdict::window_closed;
  const bool is_there = result.verdict != scanner::Verdict::no_answer && !unreached;
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
    const ClosingTime closing(stop, job.window_left_ms);
    std::size_t unreached = 0;
    const auto take = [&](scanner::DeviceResult&& device) {
      if (closing.closed() && device.verdict == scanner::Verdict::cancelled) {
        device.verdict = scanner::Verdict::window_closed;
        device.detail = "the window of the scan closed";
        ++unreached;
      }
      tally.take(std::move(device));
    };
    auto ended = scanner.run(job, closing.token(), take,
                             [&tally](const scanner::ScanProgress& progress) { tally.show(progress); });
    if (ended && unreached > 0)
      return base::fail(base::Errc::cancelled,
                        "its window closed; addresses not reached: " + std::to_string(unreached));
    if (ended && stop.stop_requested())
      return base::fail(base::Errc::cancelled, "stopped before all addresses were scanned");
    return ended;
  } catch (const std::exception& failure) {
    return base::fail(base::Errc::unavailable, failure.what());
  }
}

}  // namespace censo::collector::jobs
