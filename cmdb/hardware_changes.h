// A part of a computer that was replaced, told in words: the identity stays.
#pragma once

#include "cmdb/configuration_item.h"

namespace censo::cmdb {

struct IngestRun;     // cmdb/ingest_run.h
struct SourceValues;  // cmdb/reconciliation.h

// History entries "hardware": "network card replaced", "main board replaced", "disk replaced".
void tell_replaced_parts(IngestRun& run, CiId ci, const SourceValues& before, const SourceValues& after);

}  // namespace censo::cmdb
