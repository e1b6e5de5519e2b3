// Ranges and exclusions, a line each ("!" before an exclusion): never more addresses than allowed, none twice.
#include "base/text.h"
#include "collector/scanner/scan_job.h"

#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo;
  scanner::ScanJob job;
  for (const auto line : base::split({reinterpret_cast<const char*>(bytes), size}, '\n')) {
    if (line.starts_with('!')) {
      job.exclusions.emplace_back(line.substr(1));
    } else if (!line.empty()) {
      job.ranges.emplace_back(line);
    }
  }
  constexpr std::size_t most = 500;
  const auto targets = scanner::expand_targets(job, most);
  if (!targets) return 0;
  const std::set<scanner::ScanTarget> distinct(targets->begin(), targets->end());
  if (targets->size() > most || distinct.size() != targets->size()) std::abort();
  return 0;
}
