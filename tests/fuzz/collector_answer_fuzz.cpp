// A collector's answer: two bytes of status, then the body. Only a receipt with our sequence and digest is
// accepted.
#include "agent/collector_answer.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  const std::string digest(64, 'd');
  const censo::agent::HttpsAnswer answer{static_cast<unsigned>(bytes[0] << 8U | bytes[1]) % 600,
                                         std::string(reinterpret_cast<const char*>(bytes) + 2, size - 2),
                                         std::nullopt};
  const auto outcome = censo::agent::judge_answer(answer, 7, digest);
  const bool accepted = outcome.verdict == censo::agent::Verdict::accepted;
  if (accepted && answer.body.find(digest) == std::string::npos &&
      answer.body.find('\\') == std::string::npos) {
    std::abort();
  }
  const auto issued = censo::agent::parse_issued_certificate(answer);
  if (issued && (issued->agent_id.empty() || issued->report_url.empty())) std::abort();
  const auto wanted = censo::agent::parse_wanted(answer, 7);
  if (wanted && (accepted || answer.status < 200 || answer.status >= 300)) std::abort();
  if (censo::agent::wants_all_sections(answer) && outcome.verdict == censo::agent::Verdict::accepted)
    std::abort();
  return 0;
}
