// An estate of the simulated fleet in which things go wrong: changes that nobody had agreed to, planned
// changes that fail, devices that break and fall silent; after a while somebody complains of a service above.
// Beside all that goes on what is always going on: other changes, other incidents. Deterministic by seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace censo::desk {

struct CauseSettings {
  std::uint64_t seed = 1;
  std::size_t causes = 200;  // that are injected, some six hours apart
  std::size_t sites = 3;     // of some 60 items each
};

struct CauseFigures {
  struct Rank {
    std::size_t tickets = 0, first = 0, first_three = 0;
  };
  std::map<std::string, Rank> by_kind;  // of the cause: unauthorised, planned, failed, silent
  Rank all;
  std::size_t differences = 0, matched_right = 0;    // of all that was detected
  std::map<std::string, std::size_t> matched_wrong;  // "planned became unauthorised"
};

CauseFigures simulate_causes(const CauseSettings& settings);

}  // namespace censo::desk
