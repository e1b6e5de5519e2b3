#include "cmdb/saved_search.h"

#include "collector/json_body.h"
#include "collector/services.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const cmdb::SavedSearch& search) {
  return {{"name", search.name},
          {"owner", search.owner},
          {"query", search.query},
          {"created_at", json_time(search.created_at)},
          {"changed_at", json_time(search.changed_at)}};
}

base::Result<Response> list(Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  return Response::ok(
      json_page(cmdb::saved_searches(tx, *page), [](const auto& row) { return to_json(row); }));
}

base::Result<Response> show(Transaction& tx, const Request& request) {
  const auto found = cmdb::find_saved_search(tx, request.parameter("name"));
  if (!found) return found.error();
  return Response::ok(json::serialize(to_json(*found)));
}

base::Result<Response> save(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"query"});
  const auto query = body.text("query", 2'000);
  if (const auto fault = body.fault()) return *fault;
  const cmdb::SavedSearch wanted{request.parameter("name"), request.caller.name, query, 0,
                                 services.clock.now()};
  const auto saved = cmdb::save_search(tx, services.catalog, wanted, request.caller.role == Role::admin);
  if (!saved) return saved.error();
  return Response::ok(json::serialize(to_json(*saved)));
}

base::Result<Response> remove(Transaction& tx, const Request& request) {
  const auto removed = cmdb::delete_saved_search(tx, request.parameter("name"), request.caller.name,
                                                 request.caller.role == Role::admin);
  if (!removed) return removed.error();
  return Response::no_content();
}

}  // namespace

Routes saved_searches(const Services& services) {
  return {
      {"GET",
       "/api/v1/searches",
       Role::viewer,
       Access::read,
       "Saved searches by name",
       {"limit", "after"},
       list},
      {"GET", "/api/v1/searches/{name}", Role::viewer, Access::read, "One saved search", {}, show},
      {"PUT",
       "/api/v1/searches/{name}",
       Role::technician,
       Access::write,
       "Save a search",
       {},
       [&services](Transaction& tx, const Request& request) { return save(services, tx, request); }},
      {"DELETE",
       "/api/v1/searches/{name}",
       Role::technician,
       Access::write,
       "Forget a saved search",
       {},
       remove},
  };
}

}  // namespace censo::collector::api
