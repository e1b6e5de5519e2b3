// The only entrance of reports into the CMDB: identify, reconcile, save, in the caller's transaction.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "inventory/item_text.h"
#include "inventory/report.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace censo::cmdb {

enum class IngestOutcome {
  created,       // a new configuration item
  updated,       // something changed
  unchanged,     // only "last seen" was written
  duplicate,     // this report (origin, sequence, digest) was applied before; nothing was written
  unidentified,  // kept for a person to say what it is of (cmdb/unidentified.h); there is no item
};

std::string_view name_of(IngestOutcome outcome);  // "created"

struct IngestReceipt {
  IngestOutcome outcome = IngestOutcome::unchanged;
  CiId ci;  // under which the report's rows stand; what is shown for it is root_of(ci)
  std::size_t history_entries = 0;  // written by this report
  std::size_t other_cis = 0;        // items other than the subject that it names
  std::string conflict;    // why an identifier that another live agent owns was not followed; usually empty
  bool came_back = false;  // an item that it speaks of was retired, and lives again
  std::string decision = {};  // "new", "linked", "review", "waiting", "clone"; empty: the stream is known
};

// `report.origin.id` must already be the authenticated one. Unknown classes or attributes, or values of the
// wrong type, are Errc::malformed with the pointer of the item; an older sequence than stored is Errc::stale
// with reason STALE_SEQUENCE; the same sequence with another digest is Errc::conflict with reason
// DUPLICATE_REPORT.
base::Result<IngestReceipt> ingest(store::Transaction& tx, const ClassCatalog& catalog,
                                   const inventory::Report& report, base::TimeMs now,
                                   const base::Clock& clock);

class RowMemory;  // cmdb/component_store.h

// The same for one that takes in many reports. `rows` is on the writer's thread.
struct IngestTools {
  const ClassCatalog& catalog;
  const base::Clock& clock;
  RowMemory* rows = nullptr;
};
base::Result<IngestReceipt> ingest(store::Transaction& tx, const IngestTools& tools,
                                   const inventory::Report& report, base::TimeMs now);
// An agent's report as it came. Errc::conflict with reason SECTIONS_WANTED: it leaves out what is not stored
// so.
base::Result<IngestReceipt> ingest(store::Transaction& tx, const IngestTools& tools,
                                   const inventory::ReceivedReport& received, base::TimeMs now);

}  // namespace censo::cmdb
