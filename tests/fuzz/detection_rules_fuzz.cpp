// detection.yaml as somebody writes it, and the subject of a difference as reports have it.
#include "desk/detection_rules.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::array files{censo::base::EmbeddedFile{"detection.yaml", text}};
  (void)censo::desk::DetectionRules::load(files);
  for (const auto* what : {"attribute", "component_added", "relationship_added"})
    (void)censo::desk::subject_of(what, text);
  (void)censo::desk::same_but_spelling(text, text.substr(size / 2));
  return 0;
}
