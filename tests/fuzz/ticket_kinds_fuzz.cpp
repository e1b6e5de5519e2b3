// A kind of ticket as somebody writes it.
#include "desk/ticket_kind.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::array files{censo::base::EmbeddedFile{"tickets/incident.yaml", text}};
  (void)censo::desk::TicketKinds::load(files);
  return 0;
}
