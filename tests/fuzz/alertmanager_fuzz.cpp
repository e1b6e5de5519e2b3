// Webhooks of Alertmanager: whatever the bytes are, each message has its bounds and is UTF-8.
#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "collector/event_request.h"
#include "desk/event_rules.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace censo;

void check(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes || !base::is_valid_utf8(text)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const auto rules = desk::EventRules::load(cmdb::built_in_schemas()).value();
  const auto group = collector::alerts_of({reinterpret_cast<const char*>(bytes), size}, rules);
  if (!group) return 0;
  for (const auto& message : group->events) {
    if (message.condition.empty()) std::abort();
    check(message.condition, desk::longest_condition);
    check(message.item, desk::longest_item);
    check(message.source, desk::longest_source);
    check(message.severity, desk::longest_severity);
    check(message.summary, desk::longest_summary);
    check(message.details, desk::longest_details);
    check(message.key, desk::longest_key);
  }
  return 0;
}
