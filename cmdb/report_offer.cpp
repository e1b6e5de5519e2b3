#include "cmdb/report_offer.h"

#include "cmdb/review_settling.h"
#include "inventory/report_codec.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

std::vector<inventory::SectionDigest> sections_of_rows(store::Transaction& tx, SourceId source) {
  std::vector<inventory::SectionDigest> sections;
  for (const store::Row& row :
       tx.query("select section, digest from source_section where source_id = $1 and rows_only = 1"
                " and digest <> '' order by section",
                source.value)) {
    sections.push_back({row.text(0), row.text(1)});
  }
  return sections;
}

}  // namespace

base::Result<OfferAnswer> take_offer(store::Transaction& tx, const ReportOffer& offer, base::TimeMs now) {
  const auto streams = sources_of_agent(tx, offer.agent_id);
  if (streams.size() != 1 || streams.front().boot_id != offer.boot_id) return OfferAnswer{};
  const ReportingSource& source = streams.front();
  const auto before = was_taken(source, offer.sequence, offer.digest);
  if (!before) return before.error();
  OfferAnswer answer;
  if (*before) {
    answer.receipt = IngestReceipt{IngestOutcome::duplicate, source.ci, 0, 0, "", false, ""};
  } else if (source.content_digest == offer.digest &&
             inventory::problems_digest(source.problems) == offer.problems_digest) {
    touch_source(tx, source, {offer.sequence, offer.version, now});
    look_again_after_silence(tx, source, now);
    answer.receipt = IngestReceipt{IngestOutcome::unchanged, source.ci, 0, 0, "", false, ""};
  } else {
    answer.left_out = sections_of_rows(tx, source.id);
  }
  return answer;
}

bool may_leave_out(store::Transaction& tx, SourceId source,
                   const std::vector<inventory::SectionDigest>& sections) {
  const auto known = sections_of_rows(tx, source);
  return std::ranges::all_of(sections, [&](const inventory::SectionDigest& section) {
    const auto stored = std::ranges::find(known, section.name, &inventory::SectionDigest::name);
    return stored != known.end() && stored->digest == section.digest;
  });
}

}  // namespace censo::cmdb
