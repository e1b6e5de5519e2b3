// Which hosts are at which ports of a switch, from the MAC addresses that it learned there. A host is where
// the port with the fewest addresses is, of all switches that see it. See docs/derived-relations.md.
#pragma once

#include "cmdb/configuration_item.h"
#include "inventory/report.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

struct IngestRun;          // cmdb/ingest_run.h
struct FoundRelationship;  // cmdb/relationship_store.h

// Of a report: what it lacks may hold any of the addresses.
constexpr std::string_view forwarding_section_name = "forwarding";

struct Attachment {
  CiId host;
  // "protocol" forwarding; "local_port" and "remote_mac", in the same order where there are several;
  // "addresses_at_port": how many at most, 1, 4, 16 or 64, so that what comes and goes at a port changes
  // nothing.
  inventory::Attributes evidence;
};

class LearnedAddresses {
 public:
  // True: it tells something of a port.
  bool note(const inventory::Item& item);
  // Those that the subject may say: not at ports that lead to other network gear, nor where another switch
  // sees the address among no more.
  std::vector<Attachment> attachments(const IngestRun& run) const;

 private:
  std::map<std::string, std::set<std::string>> addresses_;  // by port
  std::set<std::string> uplinks_;
};

// Ends what other switches said of the host's place before, where this says it better. Before it is saved.
void end_weaker_attachments(IngestRun& run, const FoundRelationship& found);

}  // namespace censo::cmdb
