// Whom routers exchange routes with, as their reports say it (components routing_peer), and which items these
// are.
#pragma once

#include "base/clock.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"
#include "inventory/report.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace censo::cmdb {

struct IngestRun;  // cmdb/ingest_run.h

// A report's peers, as relations peers_with.
class RoutingPeers {
 public:
  struct Adjacency {
    CiId ci;
    inventory::Attributes evidence;  // "protocol", "addresses" and "remote_as" of all sessions with it
  };

  // True: it is one.
  bool note(const inventory::Item& item);
  // Of peers that are exactly one known item. Nobody else is made up; who is not known yet is looked for
  // again with the next report.
  std::vector<Adjacency> adjacencies(IngestRun& run) const;

 private:
  std::vector<inventory::Attributes> peers_;
};

// A peer of an item, as it is shown.
struct RoutingPeer {
  inventory::Attributes said;
  std::optional<CiId> ci;  // nothing: no item, or several have the address
  std::string ci_name, ci_class;
  base::TimeMs first_seen = 0, last_seen = 0;  // of the relation; 0 without one
};
// In the order of protocol and address.
std::vector<RoutingPeer> routing_peers_of(store::Transaction& tx, CiId ci);

}  // namespace censo::cmdb
