// What is there for callers who belong to a tenant (service-desk rule 75): the routes of a list, whose
// handlers keep to the tenant's own; every other route is refused, so that a new one is closed to them until
// somebody opens it.
#pragma once

#include "base/result.h"
#include "collector/route.h"

#include <span>
#include <string_view>
#include <utility>

namespace censo::collector {

// Methods and patterns of routes.
std::span<const std::pair<std::string_view, std::string_view>> routes_of_tenants();

// Items that the path or the query `ci` name are looked for among the tenant's, and given on by their ids.
// Errc::permission_denied, TENANT_DENIED; Errc::not_found: an item that is not there for the caller.
base::Result<void> pass_tenant_gate(store::Transaction& tx, const Route& route, Request& request);

}  // namespace censo::collector
