// What came from which address over the ways that know no tokens (SNMP traps, syslog), and what was refused.
// All functions run inside a caller's transaction.
#pragma once

#include "base/clock.h"
#include "cmdb/store/transaction.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct EventSource {
  std::string way;      // "snmp", "syslog"
  std::string address;  // "": those that there was no room for
  std::int64_t messages = 0, events = 0, passed = 0, refused = 0, over_limit = 0;
  std::string reason;           // of the last that was refused; "": none was
  base::TimeMs refused_at = 0;  // 0: never
  base::TimeMs last_at = 0;
};
inline constexpr std::int64_t most_event_sources = 10'000;

// Adds these counts to what is known. Addresses beyond the bound are counted together, for who invents
// addresses must not fill the disk.
void count_event_sources(store::Transaction& tx, std::span<const EventSource> more);
// Newest first. `way` empty: both; `refused`: only those of whom something was refused.
std::vector<EventSource> event_sources(store::Transaction& tx, std::string_view way, bool refused,
                                       std::size_t limit);

// Messages that were taken, or could not be, while nothing could be written.
struct EventLoss {
  std::int64_t messages = 0;
  base::TimeMs at = 0;  // the last time; 0: never
  std::string why;
};

// Where a collector of this database takes them; all "": nowhere.
struct EventDoors {
  std::string collector, traps, syslog;  // address and port
  std::string syslog_tls = {};
  base::TimeMs started_at = 0;
  EventLoss lost = {};  // in all
};
void keep_event_doors(store::Transaction& tx, const EventDoors& doors);  // without `lost`
// Adds the loss to what this collector has lost before.
void count_event_loss(store::Transaction& tx, const EventDoors& doors, const EventLoss& loss);
std::vector<EventDoors> event_doors(store::Transaction& tx);  // by collector

}  // namespace censo::desk
