// What the routes by which people change the CMDB share: who edits, `?dry_run=true`, and what changed as the
// answer.
#pragma once

#include "cmdb/editor.h"
#include "cmdb/store/transaction.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <string>
#include <vector>

namespace censo::collector {

cmdb::Editor editor_of(const Services& services, const Request& request);

// Errc::invalid_argument for anything but true and false.
base::Result<bool> dry_run_of(const Request& request);

// One route's work on the database, with what it told the history of these items.
class RecordedEdit {
 public:
  RecordedEdit(store::Transaction& tx, const Services& services);
  // {"changes": [{"ci", "what", "subject", "old", "new"}], "dry_run"} and what `answer` has besides. A dry
  // run takes everything back.
  Response respond(int status, boost::json::object answer, std::vector<cmdb::CiId> items, bool dry_run) const;

 private:
  store::Transaction& tx_;
  std::int64_t first_entry_;
};

}  // namespace censo::collector
