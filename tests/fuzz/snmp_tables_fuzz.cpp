// A device's variables as a recording: whatever they say, the inventory ends, and its report can be written
// and read again.
#include "collector/scanner/inventory_device.h"
#include "collector/scanner/recorded_session.h"
#include "inventory/report_codec.h"
#include "tests/collector/scanner/built_in_devices.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo;
  auto variables = scanner::parse_snmprec({reinterpret_cast<const char*>(bytes), size}, 64 * 1024);
  if (!variables) return 0;
  scanner::RecordedSession session(std::move(*variables));
  auto inventory =
      scanner::inventory_device(session, scanner::built_in_devices(), {"192.0.2.1", 161}, 1'790'000'000'000);
  if (!inventory) std::abort();
  inventory->report.origin.id = "fuzz";
  inventory->report.sequence = 1;
  if (!inventory::parse_report(inventory::to_json(inventory->report))) std::abort();
  return 0;
}
