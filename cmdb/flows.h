// Dependencies between services, from the connections that hosts report. See docs/derived-relations.md.
#pragma once

#include "cmdb/configuration_item.h"

#include <cstddef>

namespace censo::cmdb {

struct IngestRun;  // cmdb/ingest_run.h

// Notes the connections that the subject opened; what it is seen to depend on begins, or is seen once more. A
// report with the connections of the last one, on the same day, costs one look-up.
void note_flows(IngestRun& run, const inventory::Report& report);

// The subject listens elsewhere than before, or has other addresses: flows that led to it, or waited for it,
// are settled anew.
void settle_flows_to_subject(IngestRun& run);

// Forgets flows that nobody has seen for 30 days, and ends the dependencies that stood on them. True: there
// are more.
bool expire_flows(store::Transaction& tx, const base::Clock& clock, std::size_t most = 200);

}  // namespace censo::cmdb
