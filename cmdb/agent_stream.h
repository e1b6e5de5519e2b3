// Which stream of an agent a report continues. One agent is one machine, until its state is copied to another
// one: then two running systems report under one id in turn, and each gets a stream and an item of its own.
#pragma once

#include "cmdb/reporting_source.h"
#include "cmdb/store/transaction.h"
#include "inventory/report.h"

#include <optional>
#include <string>
#include <vector>

namespace censo::cmdb {

struct Identity;  // cmdb/identification.h

struct AgentStream {
  std::optional<ReportingSource> source;  // nothing: it begins with this report
  bool is_stranger = false;               // begins because another machine reports under the id of `of`
  bool found_clone = false;  // this report proved it: a system came back that another one had followed
  std::optional<CiId> of;    // the item of the agent's first stream
  std::vector<CiId> others;  // the items of all its streams, when it is none of them
};

// `subject` is what the report shows. What was seen before is noted; call it once a report, and only when the
// running system or the hardware is not that of the last one.
AgentStream stream_of_agent(store::Transaction& tx, std::vector<ReportingSource> streams,
                            const inventory::Report& report, const Identity& subject);

// One stream, and the same running system as the last time, or one that does not say: nothing to decide.
bool is_certain(const std::vector<ReportingSource>& streams, const inventory::Report& report);

}  // namespace censo::cmdb
