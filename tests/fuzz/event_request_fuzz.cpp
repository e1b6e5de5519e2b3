// An event as somebody sends it: it ends in a message within its bounds or in a fault; and the forms of its
// item's name.
#include "collector/event_request.h"
#include "desk/event_handling.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  censo::collector::Request request;
  request.body.assign(reinterpret_cast<const char*>(bytes), size);
  for (const auto& form : censo::desk::forms_of_item(request.body))
    if (form.empty() || form.size() > size) std::abort();
  const auto message = censo::collector::event_of(request);
  if (!message) return 0;
  if (message->condition.empty() || message->condition.size() > censo::desk::longest_condition) std::abort();
  if (message->item.empty() || message->item.size() > censo::desk::longest_item) std::abort();
  return 0;
}
