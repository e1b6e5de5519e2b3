// A file of Berkeley DB as RPM's packages and as its index of file names.
#include "agent/rpm_berkeley.h"
#include "tests/fuzz/memory_host.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo::agent;
  const std::string file(reinterpret_cast<const char*>(bytes), size);
  std::map<std::string, std::string, std::less<>> files;
  files["/var/lib/rpm/Packages"] = files["/var/lib/rpm/Basenames"] = file;
  const MemoryHost host(std::move(files));
  const auto database = RpmBerkeley::open(host);
  if (!database) return 0;
  const auto take = [](const censo::base::Result<RpmHeader>& header) {
    if (header) static_cast<void>(read_rpm_package(*header));
  };
  static_cast<void>(database->each_package(take));
  static_cast<void>(database->each_package_with("webd", take));
  return 0;
}
