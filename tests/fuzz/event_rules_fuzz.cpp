// events.yaml as somebody writes it: rules that are taken have an answer for every word.
#include "desk/event_rules.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::array files{censo::base::EmbeddedFile{"events.yaml", text}};
  const auto rules = censo::desk::EventRules::load(files);
  if (rules && (rules->rules.empty() || rules->severity_of("purple").name.empty())) std::abort();
  return 0;
}
