// Finds which of many addresses answer SNMP, before anything slower is tried on them: one thread, one socket
// a family, system calls for many datagrams at once, no libsnmp
// (docs/decisions/0193-a-sweep-before-the-inventory.md).
#pragma once

#include "base/result.h"
#include "collector/scanner/snmp_session.h"
#include "collector/scanner/sweep_settings.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace censo::scanner {

enum class Presence : std::uint8_t {
  unasked,  // the sweep was stopped before its probes were sent and waited for
  silent,
  present,  // it answers a ping, and nothing else
  answered,
  refused,    // ICMP: nobody listens on the port
  malformed,  // what came was no answer to what was asked
};

struct Found {
  Presence presence = Presence::unasked;
  std::uint8_t credential = 0;  // answered: to the probe of this one; SNMPv3: no secret was tried
  bool is_pinged = false;       // beside the last probe
  // Of the first probe, and when its presence was known, since the sweep began.
  std::uint32_t asked_ms = 0, known_ms = 0;
};

struct SweepResult {
  std::vector<Found> found;  // one a target, in their order
  // By the target's place: what was wrong; of the first thousands only.
  std::map<std::size_t, std::string> details;
  SweepCounts counts;
};

// SNMPv3 is asked for its engine id (RFC 3414, 4), at most once a try for all users; whoever answers that is
// not sent a community. Communities follow in the order given, each with its retries. With the last probe
// goes a ping, where the process may: it tells who is there without SNMP. The addresses of a subnet are
// spread over the whole sweep, in random order. Blocks; a stop ends it at once and leaves the rest unasked.
// `on_progress` is called some times a second on the caller's thread; what it throws ends the sweep.
// Errc::unavailable: no socket; Errc::malformed: a target that is no address.
base::Result<SweepResult> sweep(std::span<const ScanTarget> targets,
                                std::span<const SnmpCredential> credentials, const SweepSettings& settings,
                                std::stop_token stop,
                                const std::function<void(const SweepCounts&)>& on_progress);

}  // namespace censo::scanner
