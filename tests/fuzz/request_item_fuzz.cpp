// An item of the catalogue of requests as somebody writes it.
#include "desk/request_item.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::array files{censo::base::EmbeddedFile{"tickets/catalogue/access.yaml", text}};
  (void)censo::desk::RequestItems::load(files);
  return 0;
}
