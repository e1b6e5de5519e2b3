// IP addresses as they stand in the index of a table.
#pragma once

#include "collector/scanner/tables/reading.h"

#include <cstddef>
#include <string>

namespace censo::scanner {

// The arcs from `first` on as octets; "" when one is none.
std::string octets_from(const TableIndex& index, std::size_t first);
// InetAddressType (1, 2; 3, 4 with a zone), then the octets after their count (RFC 4001). "": it is none.
std::string octets_of_ip_index(const TableIndex& index);
// Of 4 or 16 octets.
bool is_loopback_or_none(const std::string& octets);
bool is_link_local(const std::string& octets);

}  // namespace censo::scanner
