// Names of Arm processors from the numbers of their main id register (MIDR_EL1), which is all that
// /proc/cpuinfo shows.
#pragma once

#include <cstdint>
#include <string_view>

namespace censo::agent {

// "ARM", "Qualcomm"; "" when not known.
std::string_view arm_implementer(std::uint64_t implementer);
// "Cortex-A53"; "" when not known.
std::string_view arm_part(std::uint64_t implementer, std::uint64_t part);

}  // namespace censo::agent
