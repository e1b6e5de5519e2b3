// An agent's report into the CMDB, and what it means for the agent: the same whether it came by itself or
// through a probe.
#pragma once

#include "base/result.h"
#include "cmdb/ingest.h"

namespace censo::collector {

// Of an agent that was admitted. A whole report fulfils what people asked for (access::settle_refresh()).
base::Result<cmdb::IngestReceipt> take_agent_report(store::Transaction& tx, const cmdb::IngestTools& tools,
                                                    const inventory::ReceivedReport& received);

}  // namespace censo::collector
