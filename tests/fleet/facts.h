// A report's identifiers, as the baselines take them.
#pragma once

#include "inventory/report.h"

#include <string>
#include <utility>
#include <vector>

namespace censo::fleet {

struct Facts {
  std::string subject_class, name, serial, uuid, chassis_serial, board_serial;
  std::vector<std::string> macs;
  std::vector<std::string> port_keys;     // "<mac>|<if_index>" of a device's ports
  std::vector<std::string> address_keys;  // "<address>|<port>"
  std::string source_key;                 // who reports, and its own name for the subject
  bool from_agent = false;
};

Facts facts_of(const inventory::Report& report);

}  // namespace censo::fleet
