// Traps and informs from the network: the strict look, and then libsnmp with credentials of all versions.
#include "base/clock.h"
#include "collector/scanner/scan_job.h"
#include "collector/scanner/snmp/datagram.h"
#include "collector/scanner/trap.h"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

censo::scanner::TrapTrust trust() {
  using namespace censo::scanner;
  SnmpCredential v1, v2c, v3;
  v1.version = SnmpVersion::v1;
  v1.community = v2c.community = "watch";
  v3.version = SnmpVersion::v3;
  v3.user = "open";
  return {{v1, v2c, v3}, "fuzz", 1};
}

censo::scanner::Scanner& scanner() {
  static const censo::base::SystemClock clock;
  static censo::scanner::Scanner one(clock);
  static const bool trusted = (one.trust_traps(trust()), true);
  (void)trusted;
  return one;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto head = censo::scanner::check_notification({bytes, size});
  if (head ? head->varbinds > size : head.error().where.empty()) std::abort();
  const auto read = scanner().read_traps({std::string(reinterpret_cast<const char*>(bytes), size)});
  if (read.size() != 1) std::abort();
  if (read[0].fault == censo::scanner::TrapFault::none && read[0].trap.trap.arcs.empty()) std::abort();
  if (!head && read[0].fault != censo::scanner::TrapFault::malformed) std::abort();
  return 0;
}
