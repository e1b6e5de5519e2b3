// history.yaml as somebody writes it, and a length of time as a request has it.
#include "cmdb/history_rules.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::array files{censo::base::EmbeddedFile{"history.yaml", text}};
  (void)censo::cmdb::load_history_rules(files);
  (void)censo::cmdb::parse_length(text);
  return 0;
}
