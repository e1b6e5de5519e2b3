// What a device says of itself to those beside it.
#pragma once

#include <string>
#include <vector>

namespace censo::cmdb {

// How a neighbour names itself. Any may be missing.
struct NeighbourNames {
  std::vector<std::string> macs;     // canonical
  std::vector<std::string> serials;  // as told
  std::string address;               // for its management
  std::vector<std::string> names;    // with or without domain
};

}  // namespace censo::cmdb
