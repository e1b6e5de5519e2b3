#include "collector/scanner/scan_job.h"

#include "base/text.h"
#include "collector/scanner/address_range.h"

namespace censo::scanner {

base::Result<std::vector<ScanTarget>> expand_targets(const ScanJob& job, std::size_t max_addresses) {
  if (job.ranges.empty()) return base::fail(base::Errc::malformed, "expected at least one range, found none");
  if (job.port == 0) return base::fail(base::Errc::malformed, "expected a port from 1 to 65535, found 0");
  auto ranges = parse_ranges(job.ranges, false);
  if (!ranges) return ranges.error();
  auto barred = parse_ranges(job.exclusions, true);
  if (!barred) return barred.error();

  std::vector<ScanTarget> targets;
  for (std::size_t i = 0; i < ranges->size(); ++i) {
    const auto& range = (*ranges)[i];
    for (const auto& part : without(range, merged(*barred))) {
      if (size_of(part) > max_addresses - targets.size()) {
        return base::fail(base::Errc::limit_exceeded,
                          "the ranges have more than " + std::to_string(max_addresses) + " addresses",
                          base::sanitize_utf8(job.ranges[i], 100));
      }
      for (auto address = part.first;; advance(address)) {
        targets.push_back({to_text(address), job.port});
        if (address == part.last) break;
      }
    }
    barred->push_back(range);  // each address once
  }
  return targets;
}

}  // namespace censo::scanner
