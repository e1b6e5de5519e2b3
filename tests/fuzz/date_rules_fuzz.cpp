// dates.yaml as somebody writes it: a rule that is taken has a class, a group and a length.
#include "desk/date_rules.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::array files{censo::base::EmbeddedFile{"dates.yaml", text}};
  const auto rules = censo::desk::DateRules::load(files);
  if (!rules) return 0;
  for (const auto& rule : rules->rules)
    if (rule.classes.empty() || rule.group.empty() || rule.kind.empty() || rule.before_ms < 0) std::abort();
  return 0;
}
