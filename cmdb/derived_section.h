// What a report says without saying it: who listens where, in which networks the host is, what is attached to
// it or runs on it, who uses it. Written as one more section of the report, so that it is identified, kept,
// ended and remembered like all others. See docs/derived-relations.md.
#pragma once

#include "inventory/report.h"

#include <span>
#include <string_view>
#include <vector>

namespace censo::cmdb {

struct IngestRun;  // cmdb/ingest_run.h

// No report may have sections of these names.
constexpr std::string_view derived_section_name = "derived";
constexpr std::string_view flows_section_name = "flows";

// Sealed. Notes what needs several reports to be sure of (who was logged in, which kernel runs): the source's
// subject has to exist. Its digest also differs when only the addresses of the subject changed.
inventory::Section derived_section(IngestRun& run, const inventory::Report& report);

struct FoundRelationship;  // cmdb/relationship_store.h
// What is attached or hosted here now is no longer where another source's derived section has it. Before they
// are saved.
void end_where_moved_from(IngestRun& run, std::span<const FoundRelationship> found);

// In the derived section a ref may also be an item outside the report: this mark, then the item's id as text.
constexpr char id_mark = '\x02';

}  // namespace censo::cmdb
