// Datagrams from the network, before libsnmp sees them.
#include "collector/scanner/snmp/datagram.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto head = censo::scanner::check_datagram({bytes, size});
  if (head ? head->varbinds > size : head.error().where.empty()) std::abort();
  return 0;
}
