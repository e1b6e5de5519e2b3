// Netlink dumps, asked for and read: rtnetlink(7) and sock_diag(7). The bytes are checked before they are
// believed, since recordings are read too.
#pragma once

#include "agent/network_rows.h"
#include "base/digest.h"
#include "base/result.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace censo::agent {

// Requests for Host::netlink_dump.
base::Bytes link_dump_request();
base::Bytes address_dump_request();
base::Bytes route_dump_request();
// Listening and connected sockets of one `family` (AF_INET, AF_INET6) and `protocol` (IPPROTO_TCP,
// IPPROTO_UDP).
base::Bytes socket_dump_request(std::uint8_t family, std::uint8_t protocol);

// Generic netlink: its families, and the wireless interfaces of the family "nl80211".
base::Bytes family_dump_request();
base::Bytes wireless_dump_request(std::uint16_t family);

// All fail with Errc::malformed at the first message that does not fit its frame, and with Errc::io_failed
// for a kernel's refusal. Messages of other types are skipped.
base::Result<std::vector<LinkRow>> parse_links(std::span<const std::uint8_t> dump);
base::Result<std::vector<AddressRow>> parse_addresses(std::span<const std::uint8_t> dump);
// Unicast routes of the main table only, one row for each next hop.
base::Result<std::vector<RouteRow>> parse_routes(std::span<const std::uint8_t> dump);
// The number of a family; 0 when the kernel does not have it.
base::Result<std::uint16_t> parse_family(std::span<const std::uint8_t> dump, std::string_view name);
base::Result<std::vector<WirelessRow>> parse_wireless(std::span<const std::uint8_t> dump,
                                                      std::uint16_t family);
base::Result<std::vector<SocketRow>> parse_sockets(std::span<const std::uint8_t> dump,
                                                   std::string_view protocol);

}  // namespace censo::agent
