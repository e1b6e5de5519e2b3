// Report JSON: whatever is accepted is written and read back as the same text.
#include "inventory/report_codec.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo::inventory;
  const auto report = parse_report({reinterpret_cast<const char*>(bytes), size});
  if (!report) {
    if (report.error().reason.empty() || report.error().where.empty()) std::abort();
    return 0;
  }
  const std::string json = to_json(*report);
  const auto again = parse_report(json);
  if (!again || to_json(*again) != json || content_digest(*again) != content_digest(*report)) std::abort();
  const auto pretty = parse_report(to_pretty_json(*report));
  if (!pretty || to_json(*pretty) != json) std::abort();
  return 0;
}
