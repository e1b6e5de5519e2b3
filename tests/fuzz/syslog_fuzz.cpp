// Syslog from the network: a stream cut anywhere, its messages, and what the rules make of them.
#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "collector/listen/syslog_message.h"
#include "collector/listen/syslog_rules.h"
#include "collector/listen/syslog_stream.h"
#include "desk/event.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace censo::collector::listen;

void read(std::string_view text) {
  static const auto rules = SyslogRules::load(censo::cmdb::built_in_schemas()).value();
  const auto message = parse_syslog(text);
  if (!message) return;
  if (message->severity < 0 || message->severity > 7 || message->facility > 23) std::abort();
  if (censo::base::sanitize_utf8(message->text, message->text.size()) != message->text) std::abort();
  const auto event = rules.message_of(*message, "192.0.2.1");
  if (event && (event->condition.size() > censo::desk::longest_condition || event->item.empty()))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read(text);
  SyslogStream whole, halves;
  const auto at_once = whole.take(text);
  auto in_two = halves.take(text.substr(0, size / 2));
  for (auto& one : halves.take(text.substr(size / 2))) in_two.push_back(one);
  if (at_once != in_two) std::abort();
  for (const auto& one : at_once) read(one);
  return 0;
}
