// A report announced by its digest, before it travels: most say what the last one said, and need not travel
// at all.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/ingest.h"
#include "cmdb/store/transaction.h"
#include "inventory/item_text.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace censo::cmdb {

struct ReportOffer {
  std::string agent_id;  // the authenticated one
  std::uint64_t sequence = 0;
  std::string digest;  // inventory::content_digest()
  std::string boot_id;
  std::string version;          // of the agent
  std::string problems_digest;  // inventory::problems_digest()
};

struct OfferAnswer {
  std::optional<IngestReceipt> receipt;  // unchanged or duplicate: as good as the report itself
  std::vector<inventory::SectionDigest>
      left_out;  // otherwise: what the report may leave out while it has this digest
};

// Taken only when nothing is to be decided: one stream, the same running system, content and problems. One
// look-up and one update, as for an unchanged report. Errors as ingest() for the sequence.
base::Result<OfferAnswer> take_offer(store::Transaction& tx, const ReportOffer& offer, base::TimeMs now);

}  // namespace censo::cmdb
