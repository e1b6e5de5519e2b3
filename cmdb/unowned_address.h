// MAC addresses that devices saw and no item has: who is in the network and not known.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <cstddef>
#include <string>
#include <vector>

namespace censo::cmdb {

struct UnownedAddress {
  std::string mac;
  std::vector<std::string> addresses;  // IP addresses that it has, as others know
  // Where it was seen among the fewest: a port of a switch; else the device that knows its IP address.
  CiId device;
  std::string device_name, device_class, port;
  std::size_t addresses_at_port = 0;  // 0: by its IP address alone
  base::TimeMs seen_at = 0;           // the last scan that saw it
};

// By MAC address, of scans within seven days before `now`. Not those whose IP address is an item's.
base::Result<Page<UnownedAddress>> unowned_addresses(store::Transaction& tx, base::TimeMs now,
                                                     const PageRequest& page);

}  // namespace censo::cmdb
