#include "cmdb/data_health.h"

#include "cmdb/search_index.h"
#include "collector/json_search.h"

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const cmdb::HealthFigure& figure) {
  return {{"figure", figure.name},
          {"kind", figure.kind},
          {"items", figure.items},
          {"of", figure.of},
          {"query", figure.query}};
}

json::object to_json(Transaction& tx, const cmdb::HealthFinding& finding) {
  json::array items, values;
  for (const cmdb::CiId id : finding.items) {
    const auto item = cmdb::find_ci(tx, id);
    if (item) items.push_back(json_ci(id, item->class_name, item->name));
  }
  for (const auto& [origin, value] : finding.values) values.push_back({{"origin", origin}, {"value", value}});
  return {{"subject", finding.subject}, {"cis", std::move(items)}, {"values", std::move(values)}};
}

base::Result<Response> list(const Services& services, Transaction& tx, const Request&) {
  const auto memory = services.search.follow(tx);
  const auto figures = cmdb::health_figures(tx, services.catalog, *memory, services.clock.now());
  return Response::ok(json_items(figures, [](const auto& figure) { return to_json(figure); }));
}

base::Result<Response> show(const Services& services, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto query = cmdb::query_of_figure(services.catalog, request.parameter("figure"));
  if (!query) return query.error();
  if (query->empty()) {
    const auto findings = cmdb::health_list(tx, services.catalog, request.parameter("figure"), *page);
    if (!findings) return findings.error();
    return Response::ok(json_page(*findings, [&](const auto& finding) { return to_json(tx, finding); }));
  }
  const auto bound = query_of(services, *query);
  if (!bound) return bound.error();
  const auto memory = services.search.follow(tx);
  const auto found = cmdb::run_query(tx, *memory, {*bound, *page});
  if (!found) return found.error();
  return Response::ok(json_page(found->page, json_found));
}

}  // namespace

Routes data_health(const Services& services) {
  return {{"GET",
           "/api/v1/data-health",
           Role::viewer,
           Access::read,
           "How good the data are, in figures",
           {},
           [&services](Transaction& tx, const Request& request) { return list(services, tx, request); }},
          {"GET",
           "/api/v1/data-health/{figure}",
           Role::viewer,
           Access::read,
           "The list behind a figure",
           {"limit", "after"},
           [&services](Transaction& tx, const Request& request) { return show(services, tx, request); }}};
}

}  // namespace censo::collector::api
