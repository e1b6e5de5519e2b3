// Object identifiers as text: what is taken comes back the same.
#include "collector/scanner/snmp_session.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo::scanner;
  const auto oid = parse_oid({reinterpret_cast<const char*>(bytes), size});
  if (!oid) return 0;
  const auto again = parse_oid(to_text(*oid));
  if (oid->arcs.size() > 128 || !again || *again != *oid) std::abort();
  return 0;
}
