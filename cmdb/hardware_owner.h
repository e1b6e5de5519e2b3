// Which piece of hardware an address or a name that the network tells of belongs to.
#pragma once

#include "cmdb/configuration_item.h"
#include "cmdb/neighbour_names.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace censo::cmdb {

struct IngestRun;  // cmdb/ingest_run.h

struct HardwareOwner {
  CiId ci;
  bool passes_on = false;  // network gear, behind which others may be; no telephone
};

// The one item that has this MAC address (canonical). Nothing: none, several, or one that is no hardware.
std::optional<HardwareOwner> owner_of_mac(const IngestRun& run, const std::string& mac);

// A MAC address that no item has: the one item that has its IP address, as devices that were scanned within
// seven days know it by ARP or neighbour discovery. Items that have MAC addresses of their own are not meant.
std::optional<HardwareOwner> owner_by_address_of_mac(const IngestRun& run, const std::string& mac);

// By its MAC address, then serial number, address and name; where several have the address, the one that
// also has the name.
std::optional<HardwareOwner> owner_by_names(const IngestRun& run, const NeighbourNames& names);

// By address alone, many at a time: those that one item has. By the address as it is given.
std::map<std::string, HardwareOwner> owners_of_addresses(const IngestRun& run,
                                                         const std::set<std::string>& addresses);

}  // namespace censo::cmdb
