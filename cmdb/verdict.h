// The words of an impact question and its answer; docs/impact.md says what the verdicts mean.
#pragma once

#include <cstddef>
#include <cstdint>

namespace censo::cmdb {

enum class Direction { downstream /* who is harmed */, upstream /* what it needs */ };
enum class Verdict : std::uint8_t { not_affected, degraded, down };

struct WalkLimits {
  std::size_t max_depth = 100;
  std::size_t max_items = 100'000;
};

}  // namespace censo::cmdb
