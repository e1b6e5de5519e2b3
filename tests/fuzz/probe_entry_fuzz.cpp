// What a probe sends and what it is answered: the first byte says which of them. What was read is written and
// read again.
#include "collector/jobs/probe_entry.h"

#include <cstdlib>

namespace {

using namespace censo::collector::jobs;

void try_entries(std::string_view text) {
  const auto entries = parse_entries(text);
  if (!entries) return;
  for (const auto& entry : *entries) {
    if (const auto about = parse_devices_about(entry.about); about && !parse_devices_about(to_json(*about)))
      std::abort();
    if (const auto run = parse_progress(entry.about); run && !parse_progress(progress_json(*run)))
      std::abort();
    (void)parse_report_about(entry.about);
    (void)parse_refused_about(entry.about);
  }
  const auto again = parse_entries(to_json(*entries));
  if (!again && again.error().code != censo::base::Errc::limit_exceeded) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  if (bytes[0] % 3 == 0) try_entries(text);
  if (bytes[0] % 3 == 1) {
    if (const auto call = parse_call(text); call && !parse_call(to_json(*call))) std::abort();
  }
  if (bytes[0] % 3 == 2) {
    if (const auto answer = parse_answer(text); answer && !parse_answer(to_json(*answer))) std::abort();
  }
  return 0;
}
