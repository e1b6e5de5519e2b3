#include "agent/login_records.h"

#include <cstddef>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  (void)censo::agent::parse_utmp(text);
  (void)censo::agent::parse_logind_session(text);
  return 0;
}
