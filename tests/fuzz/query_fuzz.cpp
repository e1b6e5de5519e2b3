// The language of searches: what is taken gives the same tree again from its own text; faults name their place.
#include "cmdb/query.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo::cmdb;
  const auto query = parse_query({reinterpret_cast<const char*>(bytes), size});
  if (!query) {
    if (query.error().message.empty() || !query.error().where.starts_with("q")) std::abort();
    return 0;
  }
  const auto again = parse_query(to_text(*query), {100'000, 100, 40});
  if (!again || *again != *query) std::abort();
  return 0;
}
