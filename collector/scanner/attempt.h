// What a sweep did, as attempts (scan_job.h).
#pragma once

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

}  // namespace censo::scanner
