#include "agent/rpm_header.h"

#include <cstddef>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto header = censo::agent::RpmHeader::parse({bytes, size});
  if (!header) return 0;
  (void)censo::agent::read_rpm_package(*header);
  (void)censo::agent::owns_file(*header, "/usr/sbin/webd");
  return 0;
}
