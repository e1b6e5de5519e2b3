#include "cmdb/history.h"
#include "cmdb/as_of.h"
#include "cmdb/class_catalog.h"
#include "collector/history_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

using base::Errc;
using store::Transaction;

boost::json::object to_json(const cmdb::ChangeOfItem& change) {
  auto object = json_history(change.entry);
  object["ci"] = json_ci(change.entry.ci, change.class_name, change.name);
  return object;
}

base::Result<Response> list(const Services& services, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto filter = history_filter_of(request, services.clock);
  if (!filter) return filter.error();
  if (!filter->class_name.empty() && !services.catalog.find_class(filter->class_name)) {
    return base::fail(Errc::invalid_argument, "no class \"" + filter->class_name.substr(0, 64) + "\"",
                      "class");
  }
  const auto changes = cmdb::changes_of(tx, services.catalog, *filter, *page);
  if (!changes) return changes.error();
  return Response::ok(json_page(*changes, [](const auto& row) { return to_json(row); }));
}

}  // namespace

Routes history(const Services& services) {
  return {{"GET",
           "/api/v1/history",
           Role::viewer,
           Access::read,
           "What changed anywhere, newest first",
           {"class", "what", "subject", "attribute", "origin", "since", "until", "limit", "after"},
           [&services](Transaction& tx, const Request& request) { return list(services, tx, request); }}};
}

}  // namespace censo::collector::api
