// The IPv4 networks that this host is in, as far as they can be spoken to by multicast.
#pragma once

#include "collector/scanner/address.h"

#include <cstdint>
#include <span>
#include <vector>

namespace censo::scanner {

struct LocalNetwork {
  int interface = 0;                  // its number
  std::uint32_t first = 0, last = 0;  // with network and broadcast address
};
// Of interfaces that are up; no loopback.
std::vector<LocalNetwork> local_networks();

// Of addresses in order: whether any is in the network, and whether all hosts of it are.
bool has_any_of(const LocalNetwork& network, std::span<const Address> sorted);
bool has_all_of(const LocalNetwork& network, std::span<const Address> sorted);

}  // namespace censo::scanner
