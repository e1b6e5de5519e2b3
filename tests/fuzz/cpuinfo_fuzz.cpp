// /proc/cpuinfo, and the same bytes as the kernel's list and masks of CPUs.
#include "tests/fuzz/memory_host.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const std::string first_line = text.substr(0, text.find('\n'));
  const std::string folder = "/sys/devices/system/cpu/";
  censo::agent::run_source("cpu", {{"/proc/cpuinfo", text},
                                   {"/proc/meminfo", text},
                                   {folder + "present", first_line},
                                   {folder + "cpu0/topology/thread_siblings", first_line}});
  censo::agent::run_source("virtualization", {{"/proc/cpuinfo", text}, {"/proc/sysinfo", text}});
  return 0;
}
