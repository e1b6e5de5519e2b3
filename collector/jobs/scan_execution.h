// One run of a scan job, from opening its credentials to its last device.
#pragma once

#include "cmdb/class_catalog.h"
#include "cmdb/store/database.h"
#include "collector/jobs/credential_box.h"
#include "collector/jobs/scan_store.h"
#include "collector/scanner/scan_job.h"

#include <stop_token>

namespace censo::collector::jobs {

// What a run needs; all of it outlives the run.
struct ScanSurroundings {
  store::Database& database;
  const cmdb::ClassCatalog& catalog;
  const base::Clock& clock;
  const CredentialBox& box;
  scanner::Scanner& scanner;
  std::size_t list_silent_below;
  std::size_t keep_runs;
};

// Blocks until all targets are done, failed or cancelled; the run's row then has its final state. What goes
// wrong is in the row, never thrown.
void execute_scan(const ScanSurroundings& around, StoredRun run, std::stop_token stop);

}  // namespace censo::collector::jobs
