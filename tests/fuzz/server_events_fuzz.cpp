// What a server, or somebody in its place, sends as a stream of events.
#include "collector/cli/event_reader.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace censo::cli;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  EventReader whole;
  const auto at_once = whole.take(text);
  if (!at_once) return 0;
  // However the network cuts it, the events are the same.
  EventReader reader;
  std::vector<ServerEvent> in_pieces;
  for (std::size_t at = 0, length = 1; at < size; at += length, length = length % 7 + 1) {
    const auto events = reader.take(text.substr(at, length));
    if (!events) std::abort();
    in_pieces.insert(in_pieces.end(), events->begin(), events->end());
  }
  if (in_pieces != *at_once) std::abort();
  for (const auto& event : *at_once)
    if (event.type.empty() || event.id.find('\n') != event.id.npos) std::abort();
  return 0;
}
