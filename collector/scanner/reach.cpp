#include "collector/scanner/reach.h"

#include <algorithm>

namespace censo::scanner {

base::Result<void> Reach::add(const std::vector<std::string>& ranges,
                              const std::vector<std::string>& exclusions) {
  const auto asked = parse_ranges(ranges, false);
  if (!asked) return asked.error();
  auto barred = parse_ranges(exclusions, true);
  if (!barred) return barred.error();
  const auto barred_once = merged(std::move(*barred));
  for (const auto& range : *asked) {
    const auto left = without(range, barred_once);
    asked_.insert(asked_.end(), left.begin(), left.end());
  }
  asked_ = merged(std::move(asked_));
  return {};
}

base::Result<Reached> Reach::of(std::string_view prefix) const {
  const auto network = parse_ranges({std::string(prefix)}, false);
  if (!network) return network.error();
  const auto& whole = network->front();
  // Only what may overlap: there may be many.
  const auto begin =
      std::lower_bound(asked_.begin(), asked_.end(), whole.first,
                       [](const Range& range, const Address& first) { return range.last < first; });
  const auto end =
      std::upper_bound(begin, asked_.end(), whole.last,
                       [](const Address& last, const Range& range) { return last < range.first; });
  if (begin == end) return Reached::none;
  return without(whole, {begin, end}).empty() ? Reached::all : Reached::some;
}

}  // namespace censo::scanner
