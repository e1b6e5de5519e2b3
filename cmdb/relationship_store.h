// Relationships as one section of one source says them: begun, kept, ended.
#pragma once

#include "cmdb/changed_section.h"
#include "cmdb/configuration_item.h"

#include <set>
#include <span>
#include <string>

namespace censo::cmdb {

struct IngestRun;  // cmdb/ingest_run.h

// A relationship of a report with its ends found.
struct FoundRelationship {
  std::string type;
  CiId from, to;
  inventory::Attributes evidence;
};

// New ones begin, those that a complete section names no more end (as of the source's last report), evidence
// is replaced. History tells both ends but those in `untouched`, which another agent reports, and items that
// are new.
void save_relationships(IngestRun& run, const ChangedSection& changed,
                        std::span<const FoundRelationship> found, const std::set<CiId>& untouched);

}  // namespace censo::cmdb
