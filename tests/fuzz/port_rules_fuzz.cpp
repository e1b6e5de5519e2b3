// A table of ports and rules, and what it makes of a host.
#include "collector/scanner/ports/port_rules.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace censo::scanner;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto rules = PortRules::parse("x.yaml", {reinterpret_cast<const char*>(bytes), size});
  if (!rules) {
    if (rules.error().message.empty()) std::abort();
    return 0;
  }
  if (rules->ports().empty()) std::abort();
  std::vector<PortFinding> findings;
  for (const auto& port : rules->ports())
    findings.push_back({port, {{"ssh", "SSH-2.0-OpenSSH_9.2 Debian"}, {"title", "HP LaserJet"}}});
  const auto guess = rules->guess(findings);
  if (guess && (guess->class_name.empty() || guess->why.empty())) std::abort();
  return 0;
}
