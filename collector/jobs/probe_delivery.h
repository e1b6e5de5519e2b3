// What a probe hands over: the entries of its spool, and their JSON (docs/api.md, "Probes").
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::jobs {

inline constexpr std::size_t most_entries = 256;  // in one delivery
inline constexpr std::size_t most_delivery_bytes = 4 * 1024 * 1024;

// One line of a probe's spool. Numbers rise; what has a number that was delivered is not taken again.
struct ProbeEntry {
  std::int64_t sequence = 0;
  std::string kind;   // "report": of an agent; "devices", "run": of a scan; "refused": in place of one
  std::string about;  // JSON object
  std::string body;   // a compressed report, or nothing
};
// {"entries": [...]}
std::string to_json(std::span<const ProbeEntry> entries);
// In rising order, with known kinds. Errc::malformed, Errc::limit_exceeded.
base::Result<std::vector<ProbeEntry>> parse_entries(std::string_view json);

}  // namespace censo::collector::jobs
