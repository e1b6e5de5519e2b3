// The compressed form of a report: bounded output, and what comes out can be compressed again.
#include "inventory/report_codec.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo::inventory;
  ReportLimits limits;
  limits.max_bytes = 256 * 1024;
  const auto text = decompress({reinterpret_cast<const char*>(bytes), size}, limits);
  if (!text) return 0;
  if (text->size() > limits.max_bytes) std::abort();
  limits.max_ratio = limits.max_bytes;
  const auto again = decompress(compress(*text), limits);
  if (!again || *again != *text) std::abort();
  return 0;
}
