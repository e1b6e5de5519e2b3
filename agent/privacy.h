// What an inventory tells of people, by category; each can be switched.
#pragma once

#include "inventory/report.h"

namespace censo::agent {

struct Privacy {
  bool command_lines = true;  // of processes and units; always without secrets
  bool personal =
      false;  // full names, home folders and last sign-ins of accounts, names of wireless networks
};

// Takes away what is not wanted.
void apply_privacy(const Privacy& privacy, inventory::Section& section);

}  // namespace censo::agent
