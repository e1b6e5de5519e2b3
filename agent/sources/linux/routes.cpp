// The main routing table and the default gateway.
#include "agent/attributes.h"
#include "agent/netlink_messages.h"
#include "agent/proc_net.h"
#include "agent/source.h"

#include <linux/netlink.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace censo::agent::sources {
namespace {

// A router with the table of the whole internet is not told route by route.
constexpr std::size_t max_routes = 2000;
constexpr std::size_t max_table_bytes = 8 * 1024 * 1024;

std::map<int, std::string> interface_names(const Host& host) {
  std::map<int, std::string> names;
  const auto dump = host.netlink_dump(NETLINK_ROUTE, link_dump_request(), "route-links");
  if (!dump) return names;
  const auto links = parse_links(*dump);
  if (!links) return names;
  for (const LinkRow& link : *links) names[link.index] = link.name;
  return names;
}

base::Result<std::vector<RouteRow>> routes_by_netlink(const Host& host) {
  const auto dump = host.netlink_dump(NETLINK_ROUTE, route_dump_request(), "route-routes");
  if (!dump) return dump.error();
  auto routes = parse_routes(*dump);
  if (!routes) return routes;
  const auto names = interface_names(host);
  for (RouteRow& route : *routes) {
    if (const auto name = names.find(route.interface_index); name != names.end())
      route.interface_name = name->second;
  }
  return routes;
}

base::Result<std::vector<RouteRow>> routes_from_text(const Host& host) {
  const auto ipv4 = host.read_file("/proc/net/route", max_table_bytes);
  if (!ipv4) return ipv4.error();
  auto routes = parse_ipv4_routes(*ipv4);
  if (const auto ipv6 = host.read_file("/proc/net/ipv6_route", max_table_bytes)) {
    const auto more = parse_ipv6_routes(*ipv6);
    routes.insert(routes.end(), more.begin(), more.end());
  }
  return routes;
}

// Every interface has these of its own accord.
bool tells_nothing(const RouteRow& route) {
  return route.interface_name == "lo" || is_link_local(route.destination) || is_multicast(route.destination);
}

bool is_default(const RouteRow& route) {
  return route.prefix == 0 && route.gateway;
}

// IPv4 before IPv6, then the lowest metric.
bool is_better_default(const RouteRow& a, const RouteRow& b) {
  return std::tie(a.gateway.size, a.metric) < std::tie(b.gateway.size, b.metric);
}

void add_route(const RouteRow& route, SourceOutput& out) {
  auto& attributes = out.add("network_route").attributes;
  set_text(attributes, "destination", to_text(route.destination) + "/" + std::to_string(route.prefix));
  set_text(attributes, "gateway", to_text(route.gateway));
  set_text(attributes, "interface", route.interface_name);
  attributes.set("metric", std::int64_t{route.metric});
  set_text(attributes, "protocol", route.protocol);
}

}  // namespace

base::Result<void> routes(const Host& host, SourceOutput& out) {
  auto rows = routes_by_netlink(host);
  if (!rows) rows = routes_from_text(host);
  if (!rows) return rows.error();
  std::erase_if(*rows, tells_nothing);
  const RouteRow* gateway = nullptr;
  for (const RouteRow& route : *rows) {
    if (is_default(route) && (gateway == nullptr || is_better_default(route, *gateway))) gateway = &route;
  }
  if (gateway != nullptr) set_text(out.section.attributes, "default_gateway", to_text(gateway->gateway));
  if (rows->size() > max_routes) {
    out.partial(base::fail(base::Errc::limit_exceeded, "expected at most " + std::to_string(max_routes) +
                                                           " routes, found " + std::to_string(rows->size())));
    rows->resize(max_routes);
  }
  for (const RouteRow& route : *rows) add_route(route, out);
  return {};
}

}  // namespace censo::agent::sources
