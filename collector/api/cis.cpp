#include "cmdb/as_of.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/history.h"
#include "cmdb/item_edit.h"
#include "cmdb/reference.h"
#include "cmdb/relationship_edit.h"
#include "cmdb/search_index.h"
#include "cmdb/standing.h"
#include "cmdb/tenant.h"
#include "collector/history_request.h"
#include "collector/json_body.h"
#include "collector/json_search.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <variant>

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
  if (!item.merged.empty()) {
    json::array merged;
    for (const cmdb::CiId member : item.merged) merged.emplace_back(base::to_text(member));
    object["merged"] = std::move(merged);
  }
  if (item.asked) object["asked_for"] = base::to_text(item.asked);
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
  return json_history(entry);
}

json::object to_json(const cmdb::StandingValue& standing) {
  const auto value = std::visit([](const auto& held) { return json::value_from(held); }, standing.value);
  return {{"attribute", standing.attribute},
          {"value", value},
          {"since", json_time(standing.since)},
          {"not_before", json_time(standing.not_before)},
          {"confirmed_at", json_time(standing.confirmed_at)},
          {"origins", json::value_from(standing.origins)}};
}

constexpr auto row_to_json = [](const auto& row) { return to_json(row); };

base::Result<void> check_class(const cmdb::ClassCatalog& catalog, const std::string& name) {
  if (name.empty() || catalog.find_class(name)) return {};
  return base::fail(Errc::invalid_argument, "no class \"" + name.substr(0, 64) + "\"", "class");
}

// Whether the caller's tenant lets it be told.
bool is_told(Transaction& tx, const Request& request, cmdb::CiId ci) {
  const auto& tenant = request.caller.tenant;
  return tenant.empty() || cmdb::tenant_of(tx, ci) == tenant;
}

// What both ends of are told: relationships, what is planned, what is denied.
template <class Row>
void keep_told(Transaction& tx, const Request& request, std::vector<Row>& rows) {
  std::erase_if(
      rows, [&](const Row& row) { return !is_told(tx, request, row.from) || !is_told(tx, request, row.to); });
}

// The moment that is asked about; nothing: now.
using Then = std::optional<cmdb::AsOf>;

base::Result<Then> then_of(const Services& services, const Request& request) {
  const auto at = moment_of(request, services.clock);
  if (!at) return at.error();
  return *at ? Then(cmdb::AsOf{services.catalog, **at}) : Then();
}

base::Result<cmdb::ConfigurationItem> item_of(Transaction& tx, const Request& request, const Then& then) {
  const std::string& id = request.parameter("id");
  return then ? cmdb::resolve_ci(tx, id, *then) : cmdb::resolve_ci(tx, id);
}

// An answer of then says so, and what it cannot have.
template <class Rows>
std::string past_items(const Rows& rows, const cmdb::AsOf& then, json::object answer) {
  json::array items;
  for (const auto& row : rows) items.push_back(to_json(row));
  answer["items"] = std::move(items);
  answer["at"] = json_time(then.at);
  return json::serialize(answer);
}

json::array without_past(const cmdb::ClassCatalog& catalog, const std::string& class_name) {
  json::array names;
  for (const cmdb::ClassDefinition* one : catalog.classes()) {
    if (one->transient && (class_name.empty() || one->name == class_name)) names.emplace_back(one->name);
  }
  return names;
}

base::Result<Response> list_then(Transaction& tx, const Request& request, const cmdb::CiFilter& filter,
                                 const cmdb::PageRequest& page, const cmdb::AsOf& then) {
  const auto& tenant = request.caller.tenant;
  const auto items = tenant.empty() ? cmdb::list_cis(tx, filter, page, then)
                                    : cmdb::list_cis_of(tx, tenant, filter, page, then);
  if (!items) return items.error();
  json::object answer;
  if (!items->next.empty()) answer["next"] = items->next;
  add_moment(tx, then.at, answer);
  return Response::ok(past_items(items->rows, then, std::move(answer)));
}

base::Result<Response> list(const Services& services, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto then = then_of(services, request);
  if (!then) return then.error();
  const cmdb::CiFilter filter{request.query_or("class", ""), request.query_or("text", ""),
                              request.query_or("stage", "")};
  if (const auto checked = check_class(services.catalog, filter.class_name); !checked) return checked.error();
  if (*then) return list_then(tx, request, filter, *page, **then);
  const auto& tenant = request.caller.tenant;
  const auto items = tenant.empty()
                         ? cmdb::list_cis(tx, services.catalog, filter, *page)
                         : cmdb::list_cis(tx, cmdb::TenantItems{tenant, services.catalog}, filter, *page);
  if (!items) return items.error();
  return Response::ok(json_page(*items, row_to_json));
}

// By a query instead of class, text and stage.
base::Result<Response> list_found(const Services& services, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto then = then_of(services, request);
  if (!then) return then.error();
  const auto query =
      query_of(services, request.query_or("q", ""), *then ? cmdb::Moment((*then)->at) : cmdb::Moment());
  if (!query) return query.error();
  const auto memory = services.search.follow(tx);
  cmdb::SearchRequest search{*query, *page};
  if (*then) search.at = (*then)->at;
  search.catalog = &services.catalog;
  search.tenant = request.caller.tenant;
  const auto found = cmdb::run_query(tx, *memory, search);
  if (!found) return found.error();
  json::array items;
  for (const auto& row : found->page.rows) {
    const auto item = *then ? cmdb::find_ci(tx, row.id, **then) : cmdb::find_ci(tx, row.id);
    if (item) items.push_back(to_json(*item));
  }
  json::object answer{{"items", std::move(items)}};
  if (*then) add_moment(tx, (*then)->at, answer);
  if (!found->page.next.empty()) answer["next"] = found->page.next;
  return Response::ok(json::serialize(answer));
}

base::Result<Response> list_any(const Services& services, Transaction& tx, const Request& request) {
  if (!request.query.contains("q")) return list(services, tx, request);
  for (const std::string_view other : {"class", "text", "stage"}) {
    if (!request.query_or(other, "").empty()) {
      return base::fail(Errc::invalid_argument, "\"q\" says this too: write it there", std::string(other));
    }
  }
  return list_found(services, tx, request);
}

// What people lock, and the items that its attributes name.
void add_what_people_read(const cmdb::ClassCatalog& catalog, Transaction& tx, const Request& request,
                          const cmdb::ConfigurationItem& item, json::object& object) {
  json::array locks;
  for (const auto& lock : cmdb::locked_values(tx, item.id))
    locks.push_back({{"attribute", lock.attribute}, {"person", lock.person}});
  object["locks"] = std::move(locks);
  json::object references;
  for (const auto& one : cmdb::references_in(tx, catalog, item.class_name, item.attributes))
    if (is_told(tx, request, one.ci)) references[one.attribute] = json_ci(one.ci, one.class_name, one.name);
  object["references"] = std::move(references);
}

base::Result<Response> show(const Services& services, Transaction& tx, const Request& request) {
  const auto then = then_of(services, request);
  if (!then) return then.error();
  const auto item = item_of(tx, request, *then);
  if (!item) return item.error();
  auto answer = to_json(*item);
  if (*then) {
    answer["at"] = json_time((*then)->at);
  } else {
    add_what_people_read(services.catalog, tx, request, *item, answer);
  }
  return Response::ok(json::serialize(answer));
}

base::Result<Response> components(const Services& services, Transaction& tx, const Request& request) {
  const auto class_name = request.query_or("class", "");
  if (const auto checked = check_class(services.catalog, class_name); !checked) return checked.error();
  const auto then = then_of(services, request);
  if (!then) return then.error();
  const auto item = item_of(tx, request, *then);
  if (!item) return item.error();
  if (!*then) return Response::ok(json_items(cmdb::components_of(tx, item->id, class_name), row_to_json));
  const auto found = cmdb::components_of(tx, item->id, class_name, **then);
  if (!found) return found.error();
  return Response::ok(
      past_items(*found, **then, {{"without_past", without_past(services.catalog, class_name)}}));
}

template <class Row>
json::array told(Transaction& tx, const Request& request, std::vector<Row> rows) {
  keep_told(tx, request, rows);
  json::array array;
  for (const auto& row : rows) array.push_back(to_json(row));
  return array;
}

Response relationships_now(Transaction& tx, const Request& request, cmdb::CiId ci) {
  auto items = told(tx, request, cmdb::relationships_of(tx, ci)),
       planned = told(tx, request, cmdb::planned_relationships_of(tx, ci)),
       denied = told(tx, request, cmdb::denials_of(tx, ci));
  return Response::ok(json::serialize(json::object{
      {"items", std::move(items)}, {"denied", std::move(denied)}, {"planned", std::move(planned)}}));
}

base::Result<Response> relationships(const Services& services, Transaction& tx, const Request& request) {
  const auto then = then_of(services, request);
  if (!then) return then.error();
  const auto item = item_of(tx, request, *then);
  if (!item) return item.error();
  if (!*then) return relationships_now(tx, request, item->id);
  auto found = cmdb::relationships_of(tx, item->id, **then);
  if (!found) return found.error();
  keep_told(tx, request, *found);
  return Response::ok(past_items(*found, **then, {}));
}

base::Result<Response> attributes(const Services& services, Transaction& tx, const Request& request) {
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  const auto values = cmdb::standing_values(tx, services.catalog, item->id);
  if (!values) return values.error();
  return Response::ok(json_items(*values, row_to_json));
}

// Entries that hold the name of another item, whosever it is.
bool names_another(const cmdb::HistoryEntry& entry) {
  return entry.what.starts_with("relationship") || entry.what == "conflict" || entry.what == "merged" ||
         entry.what == "unmerged";
}

base::Result<Response> history(const Services& services, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto then = then_of(services, request);
  if (!then) return then.error();
  auto filter = history_filter_of(request, services.clock);
  if (!filter) return filter.error();
  if (*then) filter->until = std::min(filter->until.value_or((*then)->at), (*then)->at);
  const auto item = item_of(tx, request, *then);
  if (!item) return item.error();
  auto entries = cmdb::history_of(tx, item->id, *filter, *page);
  if (!entries) return entries.error();
  if (!request.caller.tenant.empty()) std::erase_if(entries->rows, names_another);
  return Response::ok(json_page(*entries, row_to_json));
}

}  // namespace

Routes cis(const Services& services) {
  const auto with_services = [&services](auto handler) {
    return [&services, handler](Transaction& tx, const Request& request) {
      return handler(services, tx, request);
    };
  };
  return {
      {"GET",
       "/api/v1/cis",
       Role::viewer,
       Access::read,
       "Configuration items by name",
       {"q", "class", "text", "stage", "at", "limit", "after"},
       [&services](Transaction& tx, const Request& request) { return list_any(services, tx, request); }},
      {"GET",
       "/api/v1/cis/{id}",
       Role::viewer,
       Access::read,
       "One configuration item",
       {"at"},
       with_services(show)},
      {"GET",
       "/api/v1/cis/{id}/attributes",
       Role::viewer,
       Access::read,
       "Since when each of its values stands",
       {},
       with_services(attributes)},
      {"GET",
       "/api/v1/cis/{id}/components",
       Role::viewer,
       Access::read,
       "Its components",
       {"class", "at"},
       with_services(components)},
      {"GET",
       "/api/v1/cis/{id}/relationships",
       Role::viewer,
       Access::read,
       "Its relationships",
       {"at"},
       with_services(relationships)},
      {"GET",
       "/api/v1/cis/{id}/history",
       Role::viewer,
       Access::read,
       "What changed, newest first",
       {"what", "subject", "attribute", "origin", "since", "until", "at", "limit", "after"},
       with_services(history)},
  };
}

}  // namespace censo::collector::api
