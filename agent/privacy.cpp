#include "agent/privacy.h"

#include <array>
#include <string_view>

namespace censo::agent {
namespace {

struct Rule {
  bool Privacy::*wanted;
  std::string_view class_name, attribute;
};
constexpr std::array<Rule, 6> rules{{{&Privacy::command_lines, "process", "command_line"},
                                     {&Privacy::command_lines, "system_unit", "command"},
                                     {&Privacy::personal, "local_user", "full_name"},
                                     {&Privacy::personal, "local_user", "home"},
                                     {&Privacy::personal, "local_user", "last_sign_in"},
                                     {&Privacy::personal, "network_interface", "wireless_network"}}};

}  // namespace

void apply_privacy(const Privacy& privacy, inventory::Section& section) {
  for (auto& item : section.items) {
    for (const auto& rule : rules) {
      if (!(privacy.*rule.wanted) && item.class_name == rule.class_name)
        item.attributes.set(rule.attribute, "");
    }
  }
}

}  // namespace censo::agent
