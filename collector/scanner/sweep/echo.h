// ICMP echo: whether anybody is at an address that does not answer SNMP.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace censo::scanner {

using EchoRequest = std::array<std::uint8_t, 16>;  // header, mark, id

// ICMP (RFC 792) or ICMPv6 (RFC 4443) echo request with the id as its content.
EchoRequest echo_request(bool v4, std::uint32_t id);

// The id when the datagram is the reply to such a request. A raw IPv4 socket hands over the IP header too.
std::optional<std::uint32_t> echoed_id(bool v4, std::span<const std::uint8_t> datagram);

}  // namespace censo::scanner
