// The sections of a report against those that its source said before.
#pragma once

#include "inventory/item_text.h"
#include "inventory/report.h"

#include <cstdint>
#include <span>
#include <vector>

namespace censo::store {
class Transaction;  // cmdb/store/transaction.h
}

namespace censo::cmdb {

struct IngestRun;  // cmdb/ingest_run.h

struct ChangedSection {
  const inventory::Section* section = nullptr;
  bool was_complete = false;                    // at least once before: what it lacked then was not there
  const inventory::ItemTexts* texts = nullptr;  // its items, where they are left as text
};

// Those whose digest is not the stored one, which is then that of this report.
std::vector<ChangedSection> changed_sections(IngestRun& run,
                                             std::span<const inventory::Section* const> sections);

// The stored sections of nothing but rows: what a report may leave out while it has these digests.
std::vector<inventory::SectionDigest> sections_of_rows(store::Transaction& tx, std::int64_t source_id);
// Every one of these is stored so.
bool may_leave_out(store::Transaction& tx, std::int64_t source_id,
                   const std::vector<inventory::SectionDigest>& sections);

}  // namespace censo::cmdb
