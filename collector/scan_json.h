// Scan jobs and their runs as the API shows them.
#pragma once

#include "base/clock.h"
#include "cmdb/store/transaction.h"
#include "collector/jobs/scan_store.h"

#include <boost/json.hpp>

namespace censo::collector {

// With what it waits for, as of `now`.
boost::json::object json_scan_run(store::Transaction& tx, const jobs::StoredRun& run, base::TimeMs now);
// With its last run and its next.
boost::json::object json_scan_job(store::Transaction& tx, const jobs::StoredJob& job, base::TimeMs now);

}  // namespace censo::collector
