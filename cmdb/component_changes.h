// The components of a report against those stored: what is saved, and what history tells of it.
#pragma once

#include "cmdb/changed_section.h"
#include "cmdb/configuration_item.h"
#include "inventory/report.h"

#include <vector>

namespace censo::cmdb {

struct IngestRun;  // cmdb/ingest_run.h

// Saves the components that a section names for one item. In an incomplete section, rows that are not named
// stay. Added, removed and changed rows go into history once the section was complete before; operational
// attributes and transient classes never do.
void save_components(IngestRun& run, CiId ci, const ChangedSection& changed,
                     const std::vector<const inventory::Item*>& items);
// The same for a section whose items are texts, which are all the subject's.
void save_text_components(IngestRun& run, const ChangedSection& changed);

}  // namespace censo::cmdb
