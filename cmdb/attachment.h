// Who is at the ports of a device: neighbours that say so, the next bridge of the spanning tree, and hosts
// whose MAC addresses were learned there. A host is where the port with the fewest addresses is, of all
// switches that see it. See docs/derived-relations.md.
#pragma once

#include "cmdb/configuration_item.h"
#include "cmdb/learned_address.h"
#include "cmdb/port_neighbour.h"
#include "cmdb/port_words.h"
#include "inventory/report.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace censo::cmdb {

struct IngestRun;          // cmdb/ingest_run.h
struct FoundRelationship;  // cmdb/relationship_store.h

struct Attachment {
  CiId ci;
  // "protocol": of lldp, cdp, fdp, edp, stp, forwarding; "local_port", "remote_port" and "remote_mac", in the
  // same order where there are several, "?" for what is not known; of what was learned alone
  // "addresses_at_port": how many at most, 1, 4, 16 or 64, so that what comes and goes at a port changes
  // nothing.
  inventory::Attributes evidence;
};

class PortViews {
 public:
  // Of a port of the spanning tree where another bridge is nearer to the root.
  struct NextBridge {
    std::string local_port, mac;
    std::int64_t port_number = 0;  // of the other bridge; 0: not told
  };

  // True: it tells something of a port.
  bool note(const inventory::Item& item);
  // What the report says itself is not said twice.
  void note(const inventory::Relationship& relationship);
  // Keeps what was learned, for the scans of others too. Not at ports that lead to other network gear, nor
  // where another switch sees the address among no more. What leads nowhere yet is looked at again.
  std::vector<Attachment> attachments(IngestRun& run, const inventory::Report& report) const;

 private:
  friend class Attaching;

  AggregateOf aggregates_;
  PortWords words_;
  std::map<std::string, std::set<std::string>> addresses_;  // learned, by port
  std::vector<PortNeighbour> neighbours_;
  std::vector<NextBridge> next_bridges_;
  std::set<std::string> said_ports_;  // as they stand in lists
};

// Ends what other switches said of the host's place before, where this says it better. Before it is saved.
void end_weaker_attachments(IngestRun& run, const FoundRelationship& found);

}  // namespace censo::cmdb
