// The cables of an item as both ends tell of them: relations connects_to, one line a cable.
#pragma once

#include "base/clock.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <cstdint>
#include <string>
#include <vector>

namespace censo::cmdb {

// What one end, or a person, says of a cable.
struct LinkEvidence {
  CiId seen_by;
  std::string seen_by_name;
  std::string protocol;  // "lldp", "cdp, lldp", "stp", "forwarding"; "" of a person
  std::string origin;    // "scanner", "person"
  base::TimeMs first_seen = 0, last_seen = 0;
};

struct Link {
  std::string local_port;  // as the item names it; "" when not known
  CiId other;
  std::string other_name, other_class;
  std::string remote_port;             // as the other item names it, where that is known
  std::int64_t addresses_at_port = 0;  // at most, of a shared port; 0: not shared, or not told
  std::vector<LinkEvidence> evidence;  // the item's own first
};

// By port, then the other's name. Ports are named as the items' own components name them: the far end of a
// link may be told as a description, a MAC address or a number.
std::vector<Link> links_of(store::Transaction& tx, CiId ci);

}  // namespace censo::cmdb
