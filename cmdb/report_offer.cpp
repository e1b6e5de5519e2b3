#include "cmdb/report_offer.h"

#include "cmdb/changed_section.h"
#include "cmdb/reporting_source.h"
#include "cmdb/review_settling.h"
#include "inventory/report_codec.h"

namespace censo::cmdb {
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
    answer.left_out = sections_of_rows(tx, source.id.value);
  }
  return answer;
}

}  // namespace censo::cmdb
