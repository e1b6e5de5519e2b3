#include "cmdb/redundancy.h"

#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <algorithm>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

json::object to_json(const cmdb::RedundancyRule& rule) {
  return {{"relation", rule.relation},
          {"min_up", rule.min_up},
          {"set_by", rule.set_by},
          {"since", json_time(rule.since)}};
}

// What it needs by each relation, and how many of these must be up.
base::Result<Response> list(const Services& services, Transaction& tx, const Request& request) {
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  const auto rules = cmdb::redundancy_of(tx, item->id);
  const auto needs = cmdb::needs_of(tx, {services.graph, services.catalog}, item->id);
  return Response::ok(json_items(needs, [&](const cmdb::Need& need) {
    const auto rule = std::ranges::find(rules, need.relation, &cmdb::RedundancyRule::relation);
    json::object object{{"relation", need.relation}, {"suppliers", need.suppliers}, {"min_up", nullptr}};
    if (need.min_up) object["min_up"] = *need.min_up;
    object["from"] = rule != rules.end() ? "item" : need.min_up ? "relation" : "none";
    object["set_by"] = rule == rules.end() ? json::value() : json::value(rule->set_by);
    object["since"] = rule == rules.end() ? json::value() : json_time(rule->since);
    return object;
  }));
}

base::Result<Response> show(const Services& services, Transaction& tx, const Request& request) {
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  const auto rules = cmdb::redundancy_of(tx, item->id);
  const auto rule = std::ranges::find(rules, request.parameter("relation"), &cmdb::RedundancyRule::relation);
  if (rule != rules.end()) {
    const auto suppliers = cmdb::suppliers_now(tx, services.catalog, item->id, rule->relation);
    json::object object = to_json(*rule);
    object["suppliers"] = suppliers;
    if (const auto effect = cmdb::effect_of(*rule, suppliers); !effect.empty()) object["warning"] = effect;
    return Response::ok(json::serialize(object));
  }
  return base::fail(Errc::not_found, item->name + " has no redundancy rule for \"" +
                                         request.parameter("relation").substr(0, 64) + "\"");
}

base::Result<Response> set(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"min_up"});
  if (!body.has("min_up")) body.refuse("min_up", "missing field", "MISSING_FIELD");
  const auto min_up = body.integer_or("min_up", 0, cmdb::highest_min_up, 0);
  if (const auto fault = body.fault()) return *fault;
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  const auto done = cmdb::set_redundancy(tx, {services.catalog, services.clock, request.caller.name},
                                         {item->id, request.parameter("relation"), min_up, 0, ""});
  if (!done) return done.error();
  return show(services, tx, request);
}

base::Result<Response> remove(const Services& services, Transaction& tx, const Request& request) {
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  const auto& relation = request.parameter("relation");
  const auto rules = cmdb::redundancy_of(tx, item->id);
  const auto rule = std::ranges::find(rules, relation, &cmdb::RedundancyRule::relation);
  const auto removed = cmdb::remove_redundancy(tx, {services.catalog, services.clock, request.caller.name},
                                               rule == rules.end() ? item->id : rule->ci, relation);
  if (!removed) return removed.error();
  return Response::no_content();
}

}  // namespace

Routes redundancy(const Services& services) {
  const auto with = [&services](auto handler) {
    return [&services, handler](Transaction& tx, const Request& request) {
      return handler(services, tx, request);
    };
  };
  return {
      {"GET",
       "/api/v1/cis/{id}/redundancy",
       Role::viewer,
       Access::read,
       "What it needs, and how many of these must be up",
       {},
       with(list)},
      {"GET",
       "/api/v1/cis/{id}/redundancy/{relation}",
       Role::viewer,
       Access::read,
       "Its rule for one relation",
       {},
       with(show)},
      {"PUT",
       "/api/v1/cis/{id}/redundancy/{relation}",
       Role::technician,
       Access::write,
       "So many of what it needs by this relation must be up",
       {},
       with(set)},
      {"DELETE",
       "/api/v1/cis/{id}/redundancy/{relation}",
       Role::technician,
       Access::write,
       "Take the rule away",
       {},
       with(remove)},
  };
}

}  // namespace censo::collector::api
