// The MAC address of a neighbour, as this host's kernel learnt it by ARP.
#pragma once

#include <string>
#include <string_view>

namespace censo::scanner {

// Of the text of /proc/net/arp; "": the address is none of this host's own segments.
std::string mac_in_arp_table(std::string_view table, std::string_view address);
// Of this host's table at the moment; IPv4 only. Below /proc/self, which the packaged unit still shows.
std::string mac_of_neighbour(std::string_view address);

}  // namespace censo::scanner
