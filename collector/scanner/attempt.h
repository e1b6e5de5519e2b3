// One thing that was tried on an address, for people who ask why it was read, or was not.
#pragma once

#include "base/clock.h"
#include "collector/scanner/snmp_session.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace censo::scanner {

struct Found;  // sweep.h

// Holds no secret: credentials are named.
struct Attempt {
  base::TimeMs at = 0;     // when it began
  std::string what;        // "sweep", "ping", "snmp", "tcp 22"; "tcp": the ports that are closed
  std::string credential;  // its name; the sweep asks with several
  std::string version;     // of SNMP: "v2c"
  Verdict verdict = Verdict::ok;
  std::string detail;  // in words
  std::int64_t duration_ms = 0;
};

// What the sweep that began at `began` did with one address, asked with these credentials in this order.
// None: it was stopped before it asked. `detail` is what was wrong with what came, if anything.
std::vector<Attempt> attempts_of(const Found& found, base::TimeMs began,
                                 std::span<const SnmpCredential> credentials, const std::string& detail);

}  // namespace censo::scanner
