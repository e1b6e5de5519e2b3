// What other scans said of who is connected where: the far ends of links, and the places of hosts.
#pragma once

#include "base/clock.h"
#include "cmdb/configuration_item.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace censo::cmdb {

struct IngestRun;  // cmdb/ingest_run.h

// What another source's scan said of an item's place.
struct OtherPlace {
  std::int64_t relationship = 0;
  CiId device;
  std::set<std::string> macs;
  std::int64_t addresses = 0;  // at the port; 0: the item says itself to be there
  bool believed = false;       // not too long ago
  bool locked = false;         // a person says so
};
std::vector<OtherPlace> other_places(const IngestRun& run, CiId item);

struct LearnedAt {
  std::string mac;
  std::int64_t addresses = 0;
};
// Another port has the address among no more, or a person says where it is.
bool is_better_known(const IngestRun& run, CiId item, const LearnedAt& learned);

struct OtherEnd {
  CiId device;
  std::vector<std::string> ports;  // of ours, as the device calls them
};
// Links to `item` that other network gear says, by neighbours or the spanning tree.
std::vector<OtherEnd> other_ends_at(const IngestRun& run, CiId item);

// The device is connected at this port to another than `item`.
bool has_link_at(const IngestRun& run, CiId device, const std::string& port, CiId item);

bool is_network_gear(const IngestRun& run, CiId item);

}  // namespace censo::cmdb
