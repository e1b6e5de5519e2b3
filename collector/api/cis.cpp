#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

json::object to_json(const cmdb::ConfigurationItem& item) {
  auto object = json_ci(item.id, item.class_name, item.name);
  object["stage"] = item.stage;
  object["attributes"] = json_attributes(item.attributes);
  object["first_seen"] = json_time(item.first_seen);
  object["last_seen"] = json_time(item.last_seen);
  object["origins"] = json::value_from(item.origins);
  return object;
}

json::object to_json(const cmdb::Component& component) {
  return {{"section", component.section},
          {"class", component.class_name},
          {"attributes", json_attributes(component.attributes)}};
}

json::object to_json(const cmdb::Relationship& relationship) {
  return {{"type", relationship.type},
          {"from", json_ci(relationship.from, relationship.from_class, relationship.from_name)},
          {"to", json_ci(relationship.to, relationship.to_class, relationship.to_name)},
          {"origin", relationship.origin},
          {"evidence", json_attributes(relationship.evidence)},
          {"first_seen", json_time(relationship.first_seen)},
          {"last_seen", json_time(relationship.last_seen)}};
}

json::object to_json(const cmdb::HistoryEntry& entry) {
  return {{"at", json_time(entry.at)}, {"not_before", json_time(entry.not_before)},
          {"origin", entry.origin},    {"what", entry.what},
          {"subject", entry.subject},  {"old", entry.old_value},
          {"new", entry.new_value}};
}

constexpr auto row_to_json = [](const auto& row) { return to_json(row); };

base::Result<void> check_class(const cmdb::ClassCatalog& catalog, const std::string& name) {
  if (name.empty() || catalog.find_class(name)) return {};
  return base::fail(Errc::invalid_argument, "no class \"" + name.substr(0, 64) + "\"", "class");
}

base::Result<Response> list(const cmdb::ClassCatalog& catalog, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const cmdb::CiFilter filter{request.query_or("class", ""), request.query_or("text", ""),
                              request.query_or("stage", "")};
  if (const auto checked = check_class(catalog, filter.class_name); !checked) return checked.error();
  const auto items = cmdb::list_cis(tx, catalog, filter, *page);
  if (!items) return items.error();
  return Response::ok(json_page(*items, row_to_json));
}

base::Result<Response> show(Transaction& tx, const Request& request) {
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  return Response::ok(json::serialize(to_json(*item)));
}

base::Result<Response> components(const cmdb::ClassCatalog& catalog, Transaction& tx,
                                  const Request& request) {
  const auto class_name = request.query_or("class", "");
  if (const auto checked = check_class(catalog, class_name); !checked) return checked.error();
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  return Response::ok(json_items(cmdb::components_of(tx, item->id, class_name), row_to_json));
}

base::Result<Response> relationships(Transaction& tx, const Request& request) {
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  return Response::ok(json_items(cmdb::relationships_of(tx, item->id), row_to_json));
}

base::Result<Response> history(Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  const auto entries = cmdb::history_of(tx, item->id, *page);
  if (!entries) return entries.error();
  return Response::ok(json_page(*entries, row_to_json));
}

}  // namespace

Routes cis(const Services& services) {
  const auto with_catalog = [&catalog = services.catalog](auto handler) {
    return [&catalog, handler](Transaction& tx, const Request& request) {
      return handler(catalog, tx, request);
    };
  };
  return {
      {"GET",
       "/api/v1/cis",
       Role::viewer,
       Access::read,
       "Configuration items by name",
       {"class", "text", "stage", "limit", "after"},
       with_catalog(list)},
      {"GET", "/api/v1/cis/{id}", Role::viewer, Access::read, "One configuration item", {}, show},
      {"GET",
       "/api/v1/cis/{id}/components",
       Role::viewer,
       Access::read,
       "Its components",
       {"class"},
       with_catalog(components)},
      {"GET",
       "/api/v1/cis/{id}/relationships",
       Role::viewer,
       Access::read,
       "Its relationships",
       {},
       relationships},
      {"GET",
       "/api/v1/cis/{id}/history",
       Role::viewer,
       Access::read,
       "What changed, newest first",
       {"limit", "after"},
       history},
  };
}

}  // namespace censo::collector::api
