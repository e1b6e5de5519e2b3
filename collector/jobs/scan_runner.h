// Runs scans: those that people queue and those that a schedule makes due. Every report of a scan goes
// through cmdb::ingest() like an agent's.
#pragma once

#include "cmdb/class_catalog.h"
#include "cmdb/store/database.h"
#include "collector/jobs/credential_box.h"
#include "collector/jobs/scan_store.h"
#include "collector/scanner/scan_job.h"

#include <memory>

namespace censo::collector::jobs {

struct ScanRunnerSettings {
  std::string collector;  // tells the collectors of one database apart, the same after a restart
  std::shared_ptr<const scanner::DeviceCatalog> devices;  // nullptr: the program's own
  std::size_t parallel_runs = 4;
  std::size_t keep_runs = 50;  // of each job
  std::size_t list_silent_below =
      4096;  // addresses where nobody is are listed one by one in smaller scans only
};

// Owns its threads: one dispatcher, one a running scan. wake() and cancel() may be called from any thread.
class ScanRunner {
 public:
  // `database`, `catalog` and `clock` outlive it. Nothing runs before start().
  ScanRunner(store::Database& database, const cmdb::ClassCatalog& catalog, const base::Clock& clock,
             CredentialBox box, const ScanRunnerSettings& settings = {});
  ~ScanRunner();  // as stop()

  void start();
  void stop();             // cancels what runs and waits for it, at most about one request's time-out
  void wake();             // look for queued runs now
  bool cancel(RunId run);  // false: it does not run here
  const CredentialBox& credential_box() const;
  scanner::Scanner& scanner();  // for notifications: it owns the one thread of libsnmp
  const std::string& collector() const;

 private:
  class Dispatcher;
  std::unique_ptr<Dispatcher> dispatcher_;
};

}  // namespace censo::collector::jobs
