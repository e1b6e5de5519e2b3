// What the desk does by itself, a few seconds after it is due: ends of states, escalation, detected changes,
// events that are looked at again, notices.
// Run as housekeeping of its own (collector/jobs/housekeeping.h).
#pragma once

#include "collector/jobs/housekeeping.h"

#include <vector>

namespace censo::cmdb {
class ImpactGraph;  // cmdb/impact_graph.h
}

namespace censo::collector::jobs {

// All of these outlive the steps.
std::vector<HousekeepingStep> desk_steps(const cmdb::ClassCatalog& catalog, cmdb::ImpactGraph& graph,
                                         const base::Clock& clock);

RoundPauses desk_pace();

// Before anything acts on tickets: calendars that were edited since the last start are taken up.
store::Outcome prepare_desk(store::Database& database, const base::Clock& clock);

}  // namespace censo::collector::jobs
