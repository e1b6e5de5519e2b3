// A recurrence rule as somebody writes it: what is taken has an answer for every day, and never comes before
// its first day or after its last.
#include "desk/repeat.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto repeat = censo::desk::parse_repeat(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!repeat) return 0;
  constexpr std::int64_t first = 20'788;
  for (std::int64_t day = first - 40; day < first + 800; ++day) {
    const bool comes = censo::desk::comes_on(*repeat, first, day);
    if (comes && (day < first || (repeat->until != 0 && day > repeat->until))) std::abort();
  }
  return 0;
}
