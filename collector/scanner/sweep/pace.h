// How fast the sweep may send.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace censo::scanner {

// One sender's budget: `rate` a second in all, in bursts of at most five milliseconds' worth, and evenly
// `subnet_rate` a second to each subnet. A rate of 0 is no limit.
class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Pace(std::uint32_t rate, std::uint32_t subnet_rate, std::size_t subnets, Time now);

  // When the next probe to this subnet may leave; not after `now`: it may.
  Time ready_at(std::uint32_t subnet, Time now);
  void spend(std::uint32_t subnet, Time now);

 private:
  using Nanoseconds = std::chrono::nanoseconds;

  Nanoseconds interval_, subnet_interval_;  // 0: no limit
  Time next_;                               // the next one's own time, had all been sent evenly
  std::vector<Time> subnet_next_;
};

}  // namespace censo::scanner
