// Stretches of addresses, as jobs and exclusions name them.
#pragma once

#include "base/result.h"
#include "collector/scanner/address.h"

#include <cstdint>
#include <string>
#include <vector>

namespace censo::scanner {

struct Range {
  Address first{}, last{};  // both included
};

// The next address; the one after the last wraps to zero.
void advance(Address& address);

// "10.0.0.0/24", "10.0.0.5-10.0.0.20", "10.0.0.7", "2001:db8::5". `with_edges` keeps a prefix's network and
// broadcast address, which no host has. Errc::malformed naming the range.
base::Result<std::vector<Range>> parse_ranges(const std::vector<std::string>& texts, bool with_edges);

// Sorted, and none overlaps another: then whole stretches are skipped in one step instead of address by
// address.
std::vector<Range> merged(std::vector<Range> ranges);

// What is left of `range` beside the exclusions, which are merged().
std::vector<Range> without(Range range, const std::vector<Range>& exclusions);

// How many addresses, or 2^64 - 1 when there are more.
std::uint64_t size_of(const Range& range);

}  // namespace censo::scanner
