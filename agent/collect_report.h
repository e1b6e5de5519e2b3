// One inventory of the host: every source once, the subject's class and name decided from what they found.
#pragma once

#include "agent/privacy.h"
#include "agent/source.h"
#include "inventory/report.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace censo::agent {

struct CollectSettings {
  std::vector<std::string> excluded_sources;
  bool include_users = true;  // false leaves the sections "sessions" and "local_users" out
  Privacy privacy;
  std::string agent_id;  // empty: "not-enrolled"
  std::string version;   // of this program
  std::uint64_t sequence = 0;
};

// Never fails: what fails is a Problem in the report, be it an Error or an exception of a source. Sealed.
// Takes some tens of milliseconds of CPU.
inventory::Report collect_report(const Host& host, std::span<const Source> sources,
                                 const CollectSettings& settings);

}  // namespace censo::agent
