// Which part of a network scans reach.
#pragma once

#include "base/result.h"
#include "collector/scanner/address_range.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::scanner {

enum class Reached { none, some, all };

class Reach {
 public:
  // What a job with these ranges and exclusions asks. Errc::malformed naming the range.
  base::Result<void> add(const std::vector<std::string>& ranges, const std::vector<std::string>& exclusions);

  // Of the addresses that hosts of the prefix may have. Errc::malformed.
  base::Result<Reached> of(std::string_view prefix) const;

 private:
  std::vector<Range> asked_;  // merged
};

}  // namespace censo::scanner
