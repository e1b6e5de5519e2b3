#include "agent/rpm_header.h"

#include <cstddef>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto header = censo::agent::RpmHeader::parse({bytes, size});
  if (!header) return 0;
  (void)censo::agent::read_rpm_package(*header);
  censo::agent::each_program_of(*header, [](const std::string& path) {
    if (path.size() > 4096) std::abort();
  });
  (void)censo::agent::owns_file(*header, "/usr/sbin/webd");
  return 0;
}
