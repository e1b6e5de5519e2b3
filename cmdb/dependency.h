// The relations that flows become.
#pragma once

#include "base/clock.h"
#include "cmdb/change_feed.h"
#include "cmdb/history.h"
#include "cmdb/reporting_source.h"

namespace censo::cmdb {

struct DependencyWriting {
  store::Transaction& tx;
  const base::Clock& clock;
  FeedWriter& feed;
  HistoryWriter& history;
  base::TimeMs now = 0;
};

constexpr base::TimeMs flow_expiry_ms = base::TimeMs{30} * 24 * 60 * 60 * 1000;

// The id of the live depends_on that the source sees between the two: made, and told in history, when it is
// new. 0: a person says that it is not so.
std::int64_t begin_dependency(const DependencyWriting& writing, SourceId source, CiId from, CiId to);
// Counts, ports and addresses of all flows that it stands on, and when it expires; replaced where they
// differ.
void write_evidence(store::Transaction& tx, std::int64_t relationship);
// Ends it when no flow stands on it any more and no person has locked it; otherwise writes its evidence.
void end_unless_seen(const DependencyWriting& writing, std::int64_t relationship, base::TimeMs last_seen);

}  // namespace censo::cmdb
