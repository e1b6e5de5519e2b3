// Certificates in PEM.
#include "agent/certificate_facts.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  (void)censo::agent::read_certificate_facts(text);
  return 0;
}
