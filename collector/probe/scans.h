// The scans that a probe does for its centre: each on a thread of its own, what it finds goes to the spool.
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "cmdb/store/database.h"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

namespace censo::scanner {
struct ScanJob;  // collector/scanner/scan_job.h
class Scanner;
}  // namespace censo::scanner
namespace censo::collector::jobs {
struct HandedRun;  // collector/jobs/probe_entry.h
struct ScanRunTag;
struct StoredRun;  // collector/jobs/scan_store.h
using RunId = base::Id<ScanRunTag>;
}  // namespace censo::collector::jobs

namespace censo::collector::probe {

class Unwritten;  // collector/probe/spool.h

struct ScanSurroundings {
  store::Database& database;  // of the probe
  const base::Clock& clock;
  scanner::Scanner& scanner;
  Unwritten& unwritten;
  std::int64_t spool_bytes = 0;
  std::function<void()> wake;  // something waits in the spool
};

// Safe to call from any thread.
class Scans {
 public:
  explicit Scans(ScanSurroundings around);
  ~Scans();  // as stop_all()

  // Of scans that this process does not know: they ended with the one before it.
  void end_interrupted();
  // Nothing when it runs already. Credentials stay in this process's memory.
  void start(jobs::HandedRun handed);
  void stop(jobs::RunId run);
  void stop_all();  // and waits for the ends to be in the spool
  // Those that run, and those whose end the centre has not taken yet.
  std::vector<jobs::StoredRun> runs();

 private:
  struct Worker;
  void work(Worker& worker, const scanner::ScanJob& job, std::stop_token stop);

  const ScanSurroundings around_;
  std::mutex mutex_;  // of workers_ (docs/decisions/0219-probes.md)
  std::list<std::unique_ptr<Worker>> workers_;
};

}  // namespace censo::collector::probe
