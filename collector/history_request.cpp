#include "collector/history_request.h"

#include "cmdb/as_of.h"
#include "cmdb/history.h"
#include "cmdb/history_rules.h"
#include "collector/json_body.h"

#include <string>
#include <utility>

namespace censo::collector {

namespace json = boost::json;
using base::Errc;

base::Result<cmdb::Moment> time_of(const Request& request, std::string_view name, const base::Clock& clock) {
  const std::string text = request.query_or(name, "");
  if (text.empty()) return cmdb::Moment();
  if (const auto time = base::parse_iso8601(text); time) return cmdb::Moment(*time);
  const auto length = cmdb::parse_length(text);
  if (length && *length) return cmdb::Moment(clock.now() - **length);
  return base::fail(Errc::invalid_argument,
                    "expected a time such as 2026-10-01T12:00Z or a length such as 7d, found \"" +
                        text.substr(0, 40) + "\"",
                    std::string(name));
}

base::Result<cmdb::HistoryFilter> history_filter_of(const Request& request, const base::Clock& clock) {
  const auto since = time_of(request, "since", clock);
  if (!since) return since.error();
  const auto until = time_of(request, "until", clock);
  if (!until) return until.error();
  cmdb::HistoryFilter filter;
  filter.what = request.query_or("what", "");
  filter.subject = request.query_or("subject", "");
  filter.attribute = request.query_or("attribute", "");
  filter.origin = request.query_or("origin", "");
  filter.since = *since;
  filter.until = *until;
  filter.class_name = request.query_or("class", "");
  return filter;
}

json::object json_history(const cmdb::HistoryEntry& entry) {
  return {{"at", json_time(entry.at)},
          {"not_before", json_time(entry.not_before)},
          {"origin", entry.origin},
          {"what", entry.what},
          {"subject", entry.subject},
          {"old", entry.old_value},
          {"new", entry.new_value},
          {"times", entry.times},
          {"first_at", json_time(entry.first_at)}};
}

json::array json_not_kept(const std::vector<cmdb::NotKept>& not_kept) {
  json::array all;
  for (const cmdb::NotKept& one : not_kept) {
    all.push_back({{"class", one.class_name}, {"what", one.what}, {"before", json_time(one.before)}});
  }
  return all;
}

void add_moment(store::Transaction& tx, base::TimeMs at, json::object& answer) {
  answer["at"] = json_time(at);
  if (auto gone = json_not_kept(cmdb::not_kept_at(tx, at)); !gone.empty())
    answer["not_kept"] = std::move(gone);
}

}  // namespace censo::collector
