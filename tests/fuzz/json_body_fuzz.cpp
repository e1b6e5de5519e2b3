// Bodies of API requests: whatever the bytes are, reading ends with values in their bounds or with a fault.
#include "collector/json_body.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  censo::collector::Request request;
  request.body.assign(reinterpret_cast<const char*>(bytes), size);
  censo::collector::JsonBody body(request, {"title", "port", "affected"});
  const auto title = body.text("title", 200);
  const auto port = body.integer_or("port", 1, 65535, 161);
  const auto affected = body.text_list("affected", 10, 50);
  if (body.fault() && body.fault()->message.empty()) std::abort();
  if (body.fault()) return 0;

  if (title.empty() || title.size() > 200 || port < 1 || port > 65535 || affected.size() > 10) std::abort();
  return 0;
}
