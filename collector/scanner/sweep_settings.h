// How a sweep (sweep.h) asks, and what it counted.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace censo::scanner {

struct SweepSettings {
  std::uint32_t rate = 20'000;                // probes a second in all; 0: as many as the system takes
  std::uint32_t subnet_rate = 500;            // of these to one /24 or /64; 0: no limit of its own
  std::chrono::milliseconds patience{1'000};  // between the probes of one address, and after the last
  int retries = 1;                            // of each probe; at most 4
  bool ping = true;                           // with the last probe of each address, where the process may
};

struct SweepCounts {
  std::size_t swept = 0;       // addresses whose presence is known
  std::size_t responding = 0;  // of these, those that answered
  std::size_t present = 0;     // of these, those that answered a ping only
  std::uint64_t sent = 0;      // probes
  std::uint64_t pings = 0;     // 0: none was needed, or the process may not
  std::uint64_t duplicates = 0;
  std::uint64_t unmatched = 0;  // from an address that was asked: another id or community than asked with
  std::uint64_t malformed = 0;  // from an address that was asked: no SNMP message
  std::uint64_t foreign = 0;    // from an address or port that was not asked
};

}  // namespace censo::scanner
