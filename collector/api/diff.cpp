#include "cmdb/as_of.h"
#include "cmdb/baseline.h"
#include "cmdb/difference.h"
#include "cmdb/history.h"
#include "cmdb/history_rules.h"
#include "collector/history_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <optional>
#include <utility>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

json::object to_json(const cmdb::Difference& difference) {
  return {{"ci", json_ci(difference.ci, difference.class_name, difference.name)},
          {"what", difference.what},
          {"subject", difference.subject},
          {"old", difference.old_value},
          {"new", difference.new_value}};
}

// One side: a time, a length before now, or a baseline.
struct Side {
  base::TimeMs at = 0;
  std::optional<cmdb::Baseline> baseline;
};

base::Result<Side> side_of(const Services& services, Transaction& tx, const Request& request,
                           std::string_view name) {
  const std::string text = request.query_or(name, "now");
  if (text == "now") return Side{services.clock.now(), {}};
  Side side;
  if (const auto time = time_of(request, name, services.clock); time) {
    side.at = **time;
  } else {
    auto baseline = cmdb::find_baseline(tx, text);
    if (!baseline) {
      return base::fail(
          Errc::not_found,
          "expected a time, a length such as 7d or a baseline, found \"" + text.substr(0, 100) + "\"",
          std::string(name));
    }
    side.at = baseline->at;
    side.baseline = std::move(*baseline);
  }
  if (side.at > services.clock.now()) {
    return base::fail(Errc::invalid_argument, "expected a moment that has passed", std::string(name));
  }
  return side;
}

// Of an item that may have been there at one of the two moments only.
base::Result<cmdb::CiId> item_of(Transaction& tx, const std::string& name, const cmdb::TwoMoments& between) {
  const auto last = cmdb::resolve_ci(tx, name, {between.catalog, between.to});
  if (last) return last->id;
  const auto first = cmdb::resolve_ci(tx, name, {between.catalog, between.from});
  return first ? base::Result<cmdb::CiId>(first->id) : base::Result<cmdb::CiId>(last.error());
}

base::Result<cmdb::Page<cmdb::Difference>> page_of_set(base::Result<std::vector<cmdb::Difference>> all) {
  if (!all) return all.error();
  return cmdb::Page<cmdb::Difference>{std::move(*all), {}};
}

base::Result<cmdb::Page<cmdb::Difference>> differences(Transaction& tx, const Request& request,
                                                       const cmdb::TwoMoments& between,
                                                       const std::optional<cmdb::Baseline>& set) {
  const std::string one = request.query_or("ci", ""), service = request.query_or("service", "");
  if (!one.empty() && !service.empty()) {
    return base::fail(Errc::invalid_argument, "expected one of ci and service, found both", "service");
  }
  if (!one.empty()) {
    const auto item = item_of(tx, one, between);
    if (!item) return item.error();
    return page_of_set(cmdb::differences_of(tx, *item, between));
  }
  if (!service.empty()) {
    const auto item = item_of(tx, service, between);
    if (!item) return item.error();
    return page_of_set(cmdb::differences_of(tx, cmdb::service_of(tx, *item, between), between));
  }
  if (set) return page_of_set(cmdb::differences_of(tx, cmdb::items_of_baseline(tx, set->id), between));
  const auto page = page_of(request);
  if (!page) return page.error();
  return cmdb::differences_of_all(tx, between, *page);
}

// A set on either side limits what is compared to its items.
std::optional<cmdb::Baseline> set_of(const Side& from, const Side& to) {
  for (const Side* side : {&from, &to}) {
    if (side->baseline && !side->baseline->whole) return side->baseline;
  }
  return std::nullopt;
}

base::Result<Response> show(const Services& services, Transaction& tx, const Request& request) {
  if (request.query_or("from", "").empty()) {
    return base::fail(Errc::invalid_argument, "expected a time, a length such as 7d or a baseline", "from");
  }
  const auto from = side_of(services, tx, request, "from");
  if (!from) return from.error();
  const auto to = side_of(services, tx, request, "to");
  if (!to) return to.error();
  if (from->at > to->at) {
    return base::fail(Errc::invalid_argument,
                      "expected a moment before \"to\", found " + base::to_iso8601(from->at), "from");
  }
  const auto found = differences(tx, request, {services.catalog, from->at, to->at}, set_of(*from, *to));
  if (!found) return found.error();
  json::array items;
  for (const cmdb::Difference& one : found->rows) items.push_back(to_json(one));
  json::object answer{{"from", json_time(from->at)}, {"to", json_time(to->at)}, {"items", std::move(items)}};
  if (!found->next.empty()) answer["next"] = found->next;
  if (auto not_kept = json_not_kept(cmdb::not_kept_at(tx, from->at)); !not_kept.empty()) {
    answer["not_kept"] = std::move(not_kept);
  }
  return Response::ok(json::serialize(answer));
}

}  // namespace

Routes diff(const Services& services) {
  return {{"GET",
           "/api/v1/diff",
           Role::viewer,
           Access::read,
           "What differs between two moments",
           {"from", "to", "ci", "service", "limit", "after"},
           [&services](Transaction& tx, const Request& request) { return show(services, tx, request); }}};
}

}  // namespace censo::collector::api
