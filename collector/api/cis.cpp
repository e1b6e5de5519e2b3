#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/impact.h"
#include "cmdb/item_edit.h"
#include "cmdb/reference.h"
#include "cmdb/relationship_edit.h"
#include "cmdb/search_index.h"
#include "collector/json_body.h"
#include "collector/json_search.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <array>

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
  object["version"] = item.version;
  return object;
}

json::object to_json(const cmdb::Component& component) {
  return {{"section", component.section},
          {"class", component.class_name},
          {"attributes", json_attributes(component.attributes)}};
}

json::object to_json(const cmdb::Relationship& relationship) {
  json::object object{{"id", base::id_to_text(relationship.id)},
                      {"type", relationship.type},
                      {"from", json_ci(relationship.from, relationship.from_class, relationship.from_name)},
                      {"to", json_ci(relationship.to, relationship.to_class, relationship.to_name)},
                      {"origin", relationship.origin},
                      {"section", relationship.section},
                      {"evidence", json_attributes(relationship.evidence)},
                      {"confidence", relationship.confidence},
                      {"first_seen", json_time(relationship.first_seen)},
                      {"last_seen", json_time(relationship.last_seen)},
                      {"expires_at", json_time(relationship.expires_at)},
                      {"valid_from", json_time(relationship.valid_from)},
                      {"valid_to", json_time(relationship.valid_to)},
                      {"locked_by", nullptr}};
  if (!relationship.locked_by.empty()) {
    object["locked_by"] = relationship.locked_by;
    object["locked_at"] = json_time(relationship.locked_at);
  }
  return object;
}

json::object to_json(const cmdb::Denial& denial) {
  return {{"id", base::id_to_text(denial.id)},
          {"type", denial.type},
          {"from", json_ci(denial.from, denial.from_class, denial.from_name)},
          {"to", json_ci(denial.to, denial.to_class, denial.to_name)},
          {"denied_by", denial.person},
          {"denied_at", json_time(denial.at)}};
}

json::object to_json(const cmdb::HistoryEntry& entry) {
  return {{"at", json_time(entry.at)}, {"not_before", json_time(entry.not_before)},
          {"origin", entry.origin},    {"what", entry.what},
          {"subject", entry.subject},  {"old", entry.old_value},
          {"new", entry.new_value}};
}

json::object to_json(const cmdb::ImpactedCi& item) {
  auto object = json_ci(item.id, item.class_name, item.name);
  object["depth"] = item.depth;
  object["through"] = {{"id", base::to_text(item.through)}, {"name", item.through_name}};
  object["relation"] = item.relation;
  return object;
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

// By a query instead of class, text and stage.
base::Result<Response> list_found(const Services& services, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto query = query_of(services, request.query_or("q", ""));
  if (!query) return query.error();
  const auto memory = services.search.follow(tx);
  const auto found = cmdb::run_query(tx, *memory, {*query, *page});
  if (!found) return found.error();
  json::array items;
  for (const auto& row : found->page.rows) {
    const auto item = cmdb::find_ci(tx, row.id);
    if (item) items.push_back(to_json(*item));
  }
  json::object answer{{"items", std::move(items)}};
  if (!found->page.next.empty()) answer["next"] = found->page.next;
  return Response::ok(json::serialize(answer));
}

base::Result<Response> list_any(const Services& services, Transaction& tx, const Request& request) {
  if (!request.query.contains("q")) return list(services.catalog, tx, request);
  for (const std::string_view other : {"class", "text", "stage"}) {
    if (!request.query_or(other, "").empty()) {
      return base::fail(Errc::invalid_argument, "\"q\" says this too: write it there", std::string(other));
    }
  }
  return list_found(services, tx, request);
}

// What people lock, and the items that its attributes name.
void add_what_people_read(const cmdb::ClassCatalog& catalog, Transaction& tx,
                          const cmdb::ConfigurationItem& item, json::object& object) {
  json::array locks;
  for (const auto& lock : cmdb::locked_values(tx, item.id))
    locks.push_back({{"attribute", lock.attribute}, {"person", lock.person}});
  object["locks"] = std::move(locks);
  json::object references;
  for (const auto& one : cmdb::references_in(tx, catalog, item.class_name, item.attributes))
    references[one.attribute] = json_ci(one.ci, one.class_name, one.name);
  object["references"] = std::move(references);
}

base::Result<Response> show(const cmdb::ClassCatalog& catalog, Transaction& tx, const Request& request) {
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  auto object = to_json(*item);
  add_what_people_read(catalog, tx, *item, object);
  return Response::ok(json::serialize(object));
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
  json::array items, denied;
  for (const auto& one : cmdb::relationships_of(tx, item->id)) items.push_back(to_json(one));
  for (const auto& one : cmdb::denials_of(tx, item->id)) denied.push_back(to_json(one));
  return Response::ok(
      json::serialize(json::object{{"items", std::move(items)}, {"denied", std::move(denied)}}));
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

base::Result<Response> impact(const cmdb::ClassCatalog& catalog, Transaction& tx, const Request& request) {
  const auto word = request.query_or("direction", "downstream");
  if (word != "downstream" && word != "upstream") {
    return base::fail(Errc::invalid_argument, "expected downstream or upstream", "direction");
  }
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  const auto direction = word == "upstream" ? cmdb::Direction::upstream : cmdb::Direction::downstream;
  const auto reached = cmdb::impact(tx, catalog, std::array{item->id}, direction);
  json::array items;
  for (const auto& one : reached.items) items.push_back(to_json(one));
  return Response::ok(
      json::serialize(json::object{{"items", std::move(items)}, {"truncated", reached.truncated}}));
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
       {"q", "class", "text", "stage", "limit", "after"},
       [&services](Transaction& tx, const Request& request) { return list_any(services, tx, request); }},
      {"GET",
       "/api/v1/cis/{id}",
       Role::viewer,
       Access::read,
       "One configuration item",
       {},
       with_catalog(show)},
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
      {"GET",
       "/api/v1/cis/{id}/impact",
       Role::viewer,
       Access::read,
       "What its failure harms, or what it needs",
       {"direction"},
       with_catalog(impact)},
  };
}

}  // namespace censo::collector::api
