#include "cmdb/software.h"

#include "base/text.h"
#include "cmdb/search_index.h"
#include "collector/json_body.h"
#include "collector/services.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;

json::object to_json(const cmdb::SoftwareVersion& row) {
  return {{"name", row.name}, {"version", row.version}, {"manager", row.manager}, {"hosts", row.hosts}};
}

base::Result<Response> list(const Services& services, store::Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  if (!base::is_valid_utf8(page->after)) {
    return base::fail(base::Errc::malformed, "expected the \"next\" of an earlier page", "after");
  }
  cmdb::SoftwareFilter filter;
  filter.name = request.query_or("name", "");
  filter.version = request.query_or("below", "");
  if (!filter.version.empty() && filter.name.empty()) {
    return base::fail(base::Errc::invalid_argument, "\"below\" needs the \"name\" of a package", "below");
  }
  const auto memory = services.search.follow(tx);
  const auto rows = cmdb::software_versions(tx, *memory, filter, *page);
  return Response::ok(json_page(rows, to_json));
}

}  // namespace

Routes software(const Services& services) {
  return {
      {"GET",
       "/api/v1/software",
       Role::viewer,
       Access::read,
       "Packages with their versions and on how many hosts each is",
       {"name", "below", "limit", "after"},
       [&services](store::Transaction& tx, const Request& request) { return list(services, tx, request); }}};
}

}  // namespace censo::collector::api
