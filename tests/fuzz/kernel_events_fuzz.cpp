#include "agent/kernel_events.h"

#include <cstddef>

// The first byte chooses who speaks.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo::agent;
  if (size == 0) return 0;
  if (bytes[0] % 2 == 0) {
    (void)is_device_news({reinterpret_cast<const char*>(bytes + 1), size - 1});
    return 0;
  }
  NetworkNews news;
  (void)news.is_news({bytes + 1, size - 1});
  if (news.is_news({bytes + 1, size - 1})) (void)news.is_news({bytes + 1, size / 2});
  return 0;
}
