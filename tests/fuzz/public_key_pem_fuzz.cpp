// Public keys as an agent may send them: whatever is taken is P-256.
#include "collector/access/x509.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace pass = censo::collector::access;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto key = pass::parse_public_key({reinterpret_cast<const char*>(bytes), size});
  if (key && !pass::is_p256(key->get())) std::abort();
  return 0;
}
