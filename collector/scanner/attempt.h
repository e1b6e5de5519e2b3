// What a sweep did, as attempts (scan_job.h).
#pragma once

#include "collector/scanner/ports/port_rules.h"
#include "collector/scanner/scan_job.h"
#include "collector/scanner/sweep.h"

#include <span>
#include <string>
#include <vector>

namespace censo::scanner {

// What the sweep that began at `began` did with one address, asked with these credentials in this order.
// None: it was stopped before it asked. `detail` is what was wrong with what came, if anything.
std::vector<Attempt> attempts_of(const Found& found, base::TimeMs began,
                                 std::span<const SnmpCredential> credentials, const std::string& detail);
// What was announced: one a protocol; of an address that was asked and said nothing one that says so.
std::vector<Attempt> attempts_of(std::span<const PortFinding> announced, base::TimeMs began, bool was_asked);
// 'title "Printer 7", http_server "x"'
std::string in_words(const PortFinding& finding);

}  // namespace censo::scanner
