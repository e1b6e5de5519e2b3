// The text tables of /proc/net, for hosts that refuse netlink and for recordings (proc_net(5)).
#pragma once

#include "agent/network_rows.h"
#include "base/result.h"

#include <string_view>
#include <vector>

namespace censo::agent {

// Lines that break the format are skipped, as the heading is: the kernel adds columns, and a table is never
// refused.
std::vector<AddressRow> parse_if_inet6(std::string_view text);
std::vector<RouteRow> parse_ipv4_routes(std::string_view text);  // /proc/net/route
std::vector<RouteRow> parse_ipv6_routes(std::string_view text);  // /proc/net/ipv6_route
// Own IPv4 addresses of /proc/net/fib_trie. Interface and prefix come from the narrowest route of the link
// that holds the address; an address without one is left out.
std::vector<AddressRow> parse_fib_trie(std::string_view text, const std::vector<RouteRow>& routes);
// /proc/net/{tcp,tcp6,udp,udp6}; listening and connected sockets only.
std::vector<SocketRow> parse_socket_table(std::string_view text, std::string_view protocol);

}  // namespace censo::agent
