// What requests about the past have in common.
#pragma once

#include "cmdb/configuration_item.h"
#include "collector/route.h"

#include <boost/json.hpp>

#include <string_view>
#include <vector>

namespace censo::cmdb {
struct HistoryFilter;  // cmdb/history.h
struct NotKept;        // cmdb/as_of.h
}  // namespace censo::cmdb

namespace censo::collector {

// A query parameter that is a time: ISO 8601, or a length such as "7d" before now. Absent: nothing.
// Errc::invalid_argument.
base::Result<cmdb::Moment> time_of(const Request& request, std::string_view name, const base::Clock& clock);

// `what`, `subject`, `attribute`, `origin`, `since`, `until`; `class` where the route takes it.
base::Result<cmdb::HistoryFilter> history_filter_of(const Request& request, const base::Clock& clock);

boost::json::object json_history(const cmdb::HistoryEntry& entry);
boost::json::array json_not_kept(const std::vector<cmdb::NotKept>& not_kept);
// Of a list as of a moment: "at", and "not_kept" where the past of some class does not reach so far back.
void add_moment(store::Transaction& tx, base::TimeMs at, boost::json::object& answer);

}  // namespace censo::collector
