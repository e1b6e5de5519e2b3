// Takes SNMP traps and syslog messages off the network and makes events of them (docs/events.md). What no
// credential vouches for, and what is too much, is counted and told, never taken.
#pragma once

#include "base/result.h"
#include "cmdb/store/database.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace censo::base {
class Clock;
}
namespace censo::cmdb {
class ClassCatalog;
class ImpactGraph;  // cmdb/impact_graph.h
}  // namespace censo::cmdb

namespace censo::collector::access {
struct ServerIdentity;  // collector/access/certificate_authority.h
}

namespace censo::collector::jobs {

class ScanRunner;  // collector/jobs/scan_runner.h

struct EventListenerSettings {
  std::string traps;                                 // address and UDP port; "": none are taken
  std::string syslog;                                // address and port, UDP and TCP; "": none are taken
  std::vector<std::string> from;                     // networks whose messages are taken; empty: any
  const access::ServerIdentity* identity = nullptr;  // for syslog over TLS; null: none is spoken
};

// Owns its one thread.
class EventListener {
 public:
  // Errc::invalid_argument, Errc::conflict, Errc::permission_denied: a port that cannot be had, a network
  // that is none. All that is given outlives it. Nothing is taken before start().
  static base::Result<std::unique_ptr<EventListener>> open(const EventListenerSettings& settings,
                                                           store::Database& database, ScanRunner& scans,
                                                           cmdb::ImpactGraph& graph,
                                                           const cmdb::ClassCatalog& catalog);
  ~EventListener();  // as stop()

  std::uint16_t trap_port() const;    // 0: none
  std::uint16_t syslog_port() const;  // UDP and TCP; 0: none
  void start(const base::Clock& clock);
  void stop();  // what has been taken is written first

 private:
  class Thread;
  explicit EventListener(std::unique_ptr<Thread> thread);
  std::unique_ptr<Thread> thread_;
};

}  // namespace censo::collector::jobs
