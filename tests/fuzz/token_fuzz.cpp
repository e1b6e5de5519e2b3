// Tokens as a caller may send them: what is taken is written back the same.
#include "collector/access/secret.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace pass = censo::collector::access;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  // An id may be written in capitals, so the second reading is what must agree.
  if (const auto token = pass::parse_api_token(text)) {
    const auto again = pass::parse_api_token(to_text(*token));
    if (!again || again->id != token->id || again->secret != token->secret) std::abort();
  }
  if (const auto token = pass::parse_enrolment_token(text)) {
    const auto again = pass::parse_enrolment_token(to_text(*token));
    if (!again || again->id != token->id || again->secret != token->secret || again->pin != token->pin) std::abort();
  }
  return 0;
}
