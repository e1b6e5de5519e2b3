// How the ports of an address are tried that does not answer SNMP.
#pragma once

#include <chrono>
#include <cstdint>

namespace censo::scanner {

struct PortSettings {
  std::uint32_t rate = 50;                   // connections a second in all; of one address one at a time
  std::chrono::milliseconds connect{1'000};  // how long a port may be silent
  std::chrono::milliseconds answer{3'000};   // and take to say what it is
};

}  // namespace censo::scanner
