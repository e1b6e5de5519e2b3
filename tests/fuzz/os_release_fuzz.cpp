// os-release, the older release files, and the records of udev.
#include "agent/udev_database.h"
#include "tests/fuzz/memory_host.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  censo::agent::run_source("os_release", {{"/etc/os-release", text}, {"/etc/debian_version", text}});
  censo::agent::run_source("os_release", {{"/etc/redhat-release", text}});
  censo::agent::run_source("platform_ids", {{"/etc/hosts", text},
                                            {"/etc/machine-id", text},
                                            {"/proc/stat", text},
                                            {"/etc/hostname", text.substr(0, text.find('\n'))},
                                            {"/bin/sh", text}});
  for (const auto& [name, value] : censo::agent::parse_udev_record(text)) censo::agent::udev_unescaped(value);
  return 0;
}
