// traps.yaml as somebody writes it: rules that are taken have an answer for every trap.
#include "collector/listen/trap_rules.h"
#include "desk/event.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::array files{censo::base::EmbeddedFile{"traps.yaml", text}};
  const auto rules = censo::collector::listen::TrapRules::load(files);
  if (!rules) return rules.error().message.empty() ? std::abort(), 0 : 0;
  censo::scanner::Trap trap;
  trap.trap = censo::scanner::parse_oid("1.3.6.1.6.3.1.1.5.3").value();
  const auto event = rules->message_of(trap, "192.0.2.1");
  if (event && event->item != "192.0.2.1") std::abort();
  return 0;
}
