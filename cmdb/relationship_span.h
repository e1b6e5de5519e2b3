// When a relationship was there: begun, ended, begun again.
#pragma once

#include "base/clock.h"
#include "cmdb/change_feed.h"
#include "cmdb/configuration_item.h"
#include "cmdb/reporting_source.h"
#include "cmdb/store/transaction.h"

#include <string>
#include <string_view>

namespace censo::cmdb {

struct BegunRelationship {
  std::string_view type;
  CiId from, to;
  SourceId source;
  std::string_view section;
  std::string_view evidence;  // JSON
  base::TimeMs now = 0;
  base::TimeMs fold_within_ms = 0;
  std::int64_t confidence = 100;  // percents
  bool is_first = false;          // one end is made just now: there was none before
};
// One that the same source ended within `fold_within_ms` begins again in its row, which remembers the gap; so
// first_seen stays. It must not be there now. The id.
std::int64_t begin_relationship(store::Transaction& tx, const base::Clock& clock, FeedWriter& feed,
                                const BegunRelationship& relationship);
// `last_seen` is when its source saw it last, `now` when it is known to be gone.
void end_relationship(store::Transaction& tx, FeedWriter& feed, std::int64_t id, base::TimeMs last_seen,
                      base::TimeMs now);

// The source's live relationships of `from` become those of `ci`, from now on; what was stays told of `from`.
void give_relationships(store::Transaction& tx, const base::Clock& clock, SourceId source, CiId from,
                        CiId ci);

}  // namespace censo::cmdb
