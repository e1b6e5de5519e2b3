#include "collector/jobs/scan_times.h"

#include "collector/jobs/scan_windows.h"
#include "collector/jobs/schedule.h"

#include <algorithm>

namespace censo::collector::jobs {
namespace {

using base::TimeMs;

// They were checked when they were stored. A zone that the system has lost since leaves them closed.
std::optional<ScanWindows> windows_of(const StoredJob& job, TimeMs at) {
  auto windows = parse_scan_windows(job.windows, at);
  if (!windows) return std::nullopt;
  return std::move(*windows);
}

}  // namespace

std::optional<NextRun> next_run(const StoredJob& job, TimeMs after) {
  const auto schedule = parse_schedule(job.schedule);
  if (!schedule) return std::nullopt;
  if (job.windows.empty()) {
    const auto at = next_start(*schedule, job.last_started_at, after);
    return at ? std::optional(NextRun{*at, *at}) : std::nullopt;
  }
  const auto windows = windows_of(job, after);
  if (!windows) return std::nullopt;
  const auto closed = closed_since(*windows, after);
  const auto since = closed == after ? after : std::max({closed - 1, job.last_started_at, job.created_at});
  const auto due = next_start(*schedule, job.last_started_at, std::min(since, after));
  if (!due) return std::nullopt;
  const auto opening = next_opening(*windows, *due);
  return opening ? std::optional(NextRun{*due, *opening}) : std::nullopt;
}

bool may_scan(const StoredJob& job, TimeMs at) {
  if (job.windows.empty()) return true;
  const auto windows = windows_of(job, at);
  return windows && is_open(*windows, at);
}

std::string why_closed(const StoredJob& job, TimeMs at) {
  if (may_scan(job, at)) return {};
  const auto windows = windows_of(job, at);
  if (!windows) return "its windows cannot be read: a time zone is not there any more";
  return "its windows open at " + base::to_iso8601(next_opening(*windows, at).value_or(at));
}

bool may_begin(store::Transaction& tx, const StoredRun& run, TimeMs now) {
  if (run.forced) return true;
  const auto job = find_job(tx, to_text(run.job));
  return !job || may_scan(*job, now);
}

std::optional<std::int64_t> window_left_ms(const StoredJob& job, const StoredRun& run, TimeMs now) {
  if (run.forced || job.windows.empty()) return std::nullopt;
  const auto windows = windows_of(job, now);
  if (!windows) return 0;
  const auto closing = next_closing(*windows, now);
  return closing ? std::optional(*closing - now) : std::nullopt;
}

}  // namespace censo::collector::jobs
