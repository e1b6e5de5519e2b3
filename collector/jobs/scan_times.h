// When a scan job runs next, and for how long it then may: its schedule within its windows.
#pragma once

#include "base/clock.h"
#include "collector/jobs/scan_store.h"

#include <cstdint>
#include <optional>
#include <string>

namespace censo::collector::jobs {

struct NextRun {
  base::TimeMs due_at = 0, begins_at = 0;  // by the schedule; then waits until the windows open
};
// Of a job by its schedule, the first after `after`. What came due while the windows are closed at `after`
// waits for their opening. Nothing: it runs by hand only.
std::optional<NextRun> next_run(const StoredJob& job, base::TimeMs after);

bool may_scan(const StoredJob& job, base::TimeMs at);
// "its windows open at 2026-12-19T22:00:00.000Z"; empty while they are open.
std::string why_closed(const StoredJob& job, base::TimeMs at);
// A queued run whose job may not scan yet waits.
bool may_begin(store::Transaction& tx, const StoredRun& run, base::TimeMs now);
// 0: the windows are closed. Nothing: no window ends it.
std::optional<std::int64_t> window_left_ms(const StoredJob& job, const StoredRun& run, base::TimeMs now);

}  // namespace censo::collector::jobs
