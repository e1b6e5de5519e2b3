// syslog.yaml as somebody writes it: rules that are taken bear every message.
#include "collector/listen/syslog_rules.h"
#include "desk/event.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::array files{censo::base::EmbeddedFile{"syslog.yaml", text}};
  const auto rules = censo::collector::listen::SyslogRules::load(files);
  if (!rules) return rules.error().message.empty() ? std::abort(), 0 : 0;
  censo::collector::listen::SyslogMessage message;
  message.app = "app";
  message.text = "Interface Gi0/1, changed state to down";
  const auto event = rules->message_of(message, "192.0.2.1");
  if (event && event->item != "192.0.2.1") std::abort();
  return 0;
}
