// What a probe has for its centre, in its own database until the centre has it: bounded, oldest dropped first
// and counted. All functions run inside a caller's transaction; one probe at a time uses the database.
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "cmdb/store/transaction.h"
#include "collector/jobs/probe_delivery.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace censo::store {
class Database;  // cmdb/store/database.h
}
namespace censo::collector::jobs {
struct ScanRunTag;
struct StoredRun;  // collector/jobs/scan_store.h
using RunId = base::Id<ScanRunTag>;
}  // namespace censo::collector::jobs

namespace censo::collector::probe {

struct SpoolState {
  std::int64_t entries = 0, bytes = 0;
  std::int64_t lost = 0;  // dropped for want of room, or not to be written; in all
};
SpoolState spool_state(store::Transaction& tx);

// Numbers the entry and keeps it. What exceeds `most_bytes` then is dropped, the oldest first; ends of scans
// are not.
void add_entry(store::Transaction& tx, jobs::ProbeEntry entry, std::int64_t most_bytes,
               const base::Clock& clock);
// The oldest, at least one if any waits, of at most `most_bytes` together.
std::vector<jobs::ProbeEntry> oldest_entries(store::Transaction& tx, std::size_t most_bytes);
// The centre has them. Scans whose end was among them are over.
void forget_delivered(store::Transaction& tx, std::int64_t delivered);
// The centre refused it: this is what it is told instead.
void give_up(store::Transaction& tx, const jobs::ProbeEntry& entry, const base::Error& why);

// Entries that could not be written, until the spool can count them. Safe from any thread.
class Unwritten {
 public:
  void add(std::int64_t entries) { entries_ += entries; }
  std::int64_t entries() const { return entries_; }
  // Into the spool's `lost`; they stay here when that cannot be written either.
  void settle(store::Database& database);

 private:
  std::atomic<std::int64_t> entries_{0};
};

// Scans that the centre gave us and has not heard the end of.
struct OpenRun {
  jobs::RunId id;
  bool ended = false;
};
std::vector<OpenRun> open_runs(store::Transaction& tx);
void begin_run(store::Transaction& tx, jobs::RunId run);
// With its end as an entry.
void end_run(store::Transaction& tx, const jobs::StoredRun& run, std::int64_t most_bytes,
             const base::Clock& clock);

}  // namespace censo::collector::probe
