// A row of LLDP, CDP, FDP or EDP as a report has it: who says of himself to be at the far end of a port.
#pragma once

#include "cmdb/neighbour_names.h"
#include "inventory/report.h"

#include <optional>
#include <string>

namespace censo::cmdb {

struct PortNeighbour {
  // Whether others are behind it: a bridge, router or access point passes on; a telephone or computer does
  // not, although it may have a second socket or guests; some do not tell.
  enum class Passes { on, nothing, untold };

  std::string protocol;  // "lldp", "cdp", "fdp", "edp"
  std::string local_port;
  std::string remote_port;  // as the neighbour calls it
  std::string remote_mac;   // of that port; "" when not told
  NeighbourNames names;
  Passes passes = Passes::untold;
};

// Nothing: the item is no such row.
std::optional<PortNeighbour> port_neighbour(const inventory::Item& item);

}  // namespace censo::cmdb
