#include "collector/tenant_gate.h"

#include "base/text.h"
#include "cmdb/tenant.h"

#include <algorithm>
#include <array>
#include <string>

namespace censo::collector {
namespace {

using Open = std::pair<std::string_view, std::string_view>;

constexpr std::array open_routes{
    Open{"GET", "/api/v1/whoami"},
    Open{"GET", "/api/v1/routes"},
    Open{"GET", "/api/v1/classes"},
    Open{"GET", "/api/v1/classes/{name}"},
    Open{"GET", "/api/v1/relations"},
    Open{"GET", "/api/v1/relations/{name}"},
    Open{"GET", "/api/v1/search"},
    Open{"GET", "/api/v1/cis"},
    Open{"GET", "/api/v1/cis/{id}"},
    Open{"GET", "/api/v1/cis/{id}/attributes"},
    Open{"GET", "/api/v1/cis/{id}/components"},
    Open{"GET", "/api/v1/cis/{id}/relationships"},
    Open{"GET", "/api/v1/cis/{id}/history"},
    Open{"GET", "/api/v1/cis/{id}/impact"},
    Open{"GET", "/api/v1/tickets"},
    Open{"POST", "/api/v1/tickets"},
    Open{"GET", "/api/v1/tickets/{number}"},
    Open{"PATCH", "/api/v1/tickets/{number}"},
    Open{"GET", "/api/v1/tickets/{number}/affected-assets"},
    Open{"PUT", "/api/v1/tickets/{number}/cis/{id}"},
    Open{"DELETE", "/api/v1/tickets/{number}/cis/{id}"},
    Open{"POST", "/api/v1/tickets/{number}/events"},
    Open{"POST", "/api/v1/ticket-events"},
    Open{"PUT", "/api/v1/tickets/{number}/watchers/{person}"},
    Open{"DELETE", "/api/v1/tickets/{number}/watchers/{person}"},
    Open{"GET", "/api/v1/tickets/{number}/notes"},
    Open{"POST", "/api/v1/tickets/{number}/notes"},
    Open{"GET", "/api/v1/tickets/{number}/history"},
    Open{"GET", "/api/v1/tickets/{number}/attachments"},
    Open{"POST", "/api/v1/tickets/{number}/attachments"},
    Open{"GET", "/api/v1/tickets/{number}/attachments/{id}"},
    Open{"DELETE", "/api/v1/tickets/{number}/attachments/{id}"},
    Open{"GET", "/api/v1/tickets/{number}/related"},
    Open{"PUT", "/api/v1/tickets/{number}/related/{relation}/{other}"},
    Open{"DELETE", "/api/v1/tickets/{number}/related/{relation}/{other}"},
    Open{"GET", "/api/v1/tickets/{number}/picture"},
    Open{"GET", "/api/v1/tickets/{number}/votes"},
    Open{"GET", "/api/v1/tickets/{number}/reservations"},
    Open{"PUT", "/api/v1/tickets/{number}/reservations/{reservation}"},
    Open{"DELETE", "/api/v1/tickets/{number}/reservations/{reservation}"},
    Open{"PUT", "/api/v1/tickets/{number}/targets/{target}/excuse"},
    Open{"DELETE", "/api/v1/tickets/{number}/targets/{target}/excuse"},
    Open{"POST", "/api/v1/tickets/{number}/survey"},
    Open{"GET", "/api/v1/ticket-suggestions"},
    Open{"GET", "/api/v1/request-items"},
    Open{"GET", "/api/v1/request-items/{item}"},
    Open{"POST", "/api/v1/request-items/{item}/requests"},
    Open{"GET", "/api/v1/change-calendar"},
    Open{"GET", "/api/v1/change-calendar.ics"},
    Open{"GET", "/api/v1/figures/desk"},
    Open{"GET", "/api/v1/figures/desk/{figure}"},
    Open{"GET", "/api/v1/figures/changes"},
    Open{"GET", "/api/v1/figures/changes/{figure}"},
};

base::Result<std::string> own_id(store::Transaction& tx, std::string_view tenant, std::string_view name) {
  const auto item = cmdb::resolve_ci_of(tx, tenant, name);
  if (!item) return item.error();
  return base::to_text(item->id);
}

base::Result<std::string> own_ids(store::Transaction& tx, std::string_view tenant, std::string_view names) {
  std::string ids;
  for (const auto name : base::split(names, ',')) {
    const auto id = own_id(tx, tenant, name);
    if (!id) return id.error();
    ids += (ids.empty() ? "" : ",") + *id;
  }
  return ids;
}

}  // namespace

std::span<const std::pair<std::string_view, std::string_view>> routes_of_tenants() {
  return open_routes;
}

base::Result<void> pass_tenant_gate(store::Transaction& tx, const Route& route, Request& request) {
  const std::string_view tenant = request.caller.tenant;
  if (tenant.empty()) return {};
  if (std::find(open_routes.begin(), open_routes.end(), Open{route.method, route.pattern}) ==
      open_routes.end())
    return base::fail(base::Errc::permission_denied,
                      "this tells of all, or changes it: it is for those who belong to no tenant", {},
                      "TENANT_DENIED");
  const auto named = request.parameters.find("id");
  if (named != request.parameters.end() && route.pattern.find("/cis/{id}") != std::string_view::npos) {
    const auto id = own_id(tx, tenant, named->second);
    if (!id) return id.error();
    named->second = *id;
  }
  const auto asked = request.query.find("ci");
  if (asked == request.query.end() || asked->second.empty()) return {};
  const auto ids = own_ids(tx, tenant, asked->second);
  if (!ids) return ids.error();
  asked->second = *ids;
  return {};
}

}  // namespace censo::collector
