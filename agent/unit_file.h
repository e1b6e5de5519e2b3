// systemd's unit files (systemd.unit(5), systemd.service(5), systemd.timer(5)), as far as an inventory asks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

struct UnitFile {
  std::string description, exec_start, user, type;
  std::vector<std::string> schedule;  // of a timer: "OnCalendar=daily", "OnBootSec=15min"
  std::string activates;              // of a timer, where it is not the service of the same name
  bool installable = false;           // has an [Install] section
};

// Takes any text. A drop-in is read into the same unit after it: what it sets counts, an empty value takes a
// list back.
void read_unit_file(std::string_view text, UnitFile& unit);

}  // namespace censo::agent
