// IP addresses as far as relations need them: which network one is in, and how far one reaches.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace censo::cmdb {

// "192.0.2.10/24" is in "192.0.2.0/24". Nothing: no address with a prefix length, one that is only for its
// host (loopback, link-local, multicast, /32, /128), or the whole Internet (/0).
std::optional<std::string> network_of(std::string_view address_with_prefix);

enum class AddressScope {
  host,  // loopback
  link,  // link-local, and Docker's default bridge: the same on every host
  site,  // private: 10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7
  global,
  unknown,  // no address, unspecified, or multicast
};
AddressScope scope_of(std::string_view address);

}  // namespace censo::cmdb
