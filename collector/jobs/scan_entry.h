// How what a scan found of one device enters the CMDB and the run's list.
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/ingest.h"
#include "cmdb/store/transaction.h"
#include "collector/jobs/scan_store.h"
#include "inventory/report.h"

namespace censo::collector::jobs {

struct FoundDevice {
  StoredDevice device;
  inventory::Report report;
  bool guess = false;  // by its ports: nothing beside what others say of who has the address
};

struct EntryTools {
  const cmdb::ClassCatalog& catalog;
  const base::Clock& clock;
};

// A report that the CMDB refuses is shown with the device, which is saved in any case, with its outcome.
void enter_device(store::Transaction& tx, const EntryTools& tools, RunId run, FoundDevice& found);

}  // namespace censo::collector::jobs
