#include "collector/edit_request.h"

#include "base/clock.h"
#include "base/id.h"
#include "collector/json_body.h"

#include <algorithm>
#include <utility>

namespace censo::collector {

namespace json = boost::json;

cmdb::Editor editor_of(const Services& services, const Request& request) {
  return {services.catalog, services.clock, request.caller.name};
}

base::Result<bool> dry_run_of(const Request& request) {
  const auto word = request.query_or("dry_run", "false");
  if (word == "true" || word == "false") return word == "true";
  return base::fail(base::Errc::invalid_argument, "expected true or false", "dry_run");
}

RecordedEdit::RecordedEdit(store::Transaction& tx, const Services& services)
    : tx_(tx), first_entry_(base::next_id(services.clock)) {}

Response RecordedEdit::respond(int status, json::object answer, std::vector<cmdb::CiId> items,
                               bool dry_run) const {
  std::ranges::sort(items);
  items.erase(std::unique(items.begin(), items.end()), items.end());
  json::array changes;
  for (const cmdb::CiId ci : items) {
    for (const store::Row& row :
         tx_.query("select what, subject, old_value, new_value from history where ci_id = $1 and id > $2"
                   " order by id",
                   ci.value, first_entry_)) {
      changes.push_back({{"ci", base::to_text(ci)},
                         {"what", row.text(0)},
                         {"subject", row.text(1)},
                         {"old", row.text(2)},
                         {"new", row.text(3)}});
    }
  }
  answer["changes"] = std::move(changes);
  answer["dry_run"] = dry_run;
  Response response = Response::ok(json::serialize(answer));
  response.status = dry_run ? 200 : status;
  response.dry_run = dry_run;
  return response;
}

}  // namespace censo::collector
