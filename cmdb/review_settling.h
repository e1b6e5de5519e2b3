// Reviews that time decides: one machine under two agents, or two machines that show the same hardware?
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <cstddef>

namespace censo::cmdb {

struct ReportingSource;  // cmdb/reporting_source.h

// Looks at what is due, at most `limit` reviews. Two agents whose running systems overlapped in time are two
// machines: a person decides, and a merge that the rules made is undone. Where one fell silent before the
// other began, or both take turns, it is one machine (installed anew, or with two systems): merged into the
// older item. Cost when nothing is due: one index search.
void settle_reviews(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                    base::TimeMs now, std::size_t limit = 4);
// An agent that is back after a long silence no longer stood for a machine that runs: reviews of its item are
// due.
void look_again_after_silence(store::Transaction& tx, const ReportingSource& source, base::TimeMs now);

}  // namespace censo::cmdb
