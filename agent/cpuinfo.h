// /proc/cpuinfo of any architecture, and the CPU lists and masks of /sys/devices/system/cpu.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace censo::agent {

inline constexpr std::size_t max_cpuinfo_bytes = 16 * 1024 * 1024;

// Names in lower case, values trimmed.
using CpuinfoFields = std::map<std::string, std::string, std::less<>>;

struct Cpuinfo {
  std::map<std::uint32_t, CpuinfoFields> processors;  // by number
  CpuinfoFields common;                               // of blocks that belong to no processor
  // Of the processor, or common; "" when neither has it.
  std::string_view text(std::uint32_t processor, std::string_view name) const;
};

// Takes any text: lines without a colon say nothing.
Cpuinfo parse_cpuinfo(std::string_view text);

// How many CPUs a list such as "0-3,8" has. Errc::malformed.
base::Result<std::uint32_t> count_of_cpu_list(std::string_view list);
// How many CPUs a mask such as "00000000,0000000f" has. Errc::malformed.
base::Result<std::uint32_t> count_of_cpu_mask(std::string_view mask);

}  // namespace censo::agent
