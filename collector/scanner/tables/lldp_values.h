// LLDP's typed values (IEEE 802.1AB-2009, 8.5) as text.
#pragma once

#include <cstdint>
#include <string>

namespace censo::scanner {

// LldpSystemCapabilitiesMap: BITS, the first bit is the highest of the first octet.
struct LldpCapabilities {
  bool repeater = false, bridge = false, access_point = false, router = false, telephone = false,
       station = false;
  bool any = false;
};
LldpCapabilities lldp_capabilities(const std::string& octets);
std::string to_text(const LldpCapabilities& capabilities);  // "bridge, router"

// A MAC, an address, or what the device calls it. "" when the octets do not fit the subtype.
std::string lldp_chassis_text(std::int64_t subtype, const std::string& octets);
std::string lldp_port_text(std::int64_t subtype, const std::string& octets);

inline constexpr std::int64_t lldp_chassis_is_mac = 4;

}  // namespace censo::scanner
