#include "agent/central_settings.h"

#include <cstdint>
#include <cstdlib>

// What is taken reads back as it was written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo::agent;
  const auto settings = parse_central_settings({reinterpret_cast<const char*>(bytes), size});
  if (!settings) return 0;
  const auto again = parse_central_settings(to_json(*settings));
  if (!again || again->tags != settings->tags || again->exclude != settings->exclude) std::abort();
  return 0;
}
