// What the agent, the scanner and the imports make of an asset: reports with the sections, classes and
// attributes that the real ones send (agent/sources, collector/scanner/tables), as far as identity goes.
#pragma once

#include "base/clock.h"
#include "inventory/report.h"
#include "tests/fleet/world.h"

#include <string>

namespace censo::fleet {

// What a report depends on besides its subject.
struct Circumstances {
  base::TimeMs at = 0;
  bool partial = false;         // firmware tables not readable; a device that stopped answering
  std::string dock_mac;         // of the dock that the machine stands in; "" = in none
  const Asset* host = nullptr;  // of a container: whose firmware and disks it sees
};

inventory::Report agent_report(const Asset& asset, const Circumstances& circumstances);
// At its first address or its second.
inventory::Report scan_report(const Asset& asset, const std::string& address,
                              const Circumstances& circumstances);
inventory::Report register_report(const Asset& asset, const Circumstances& circumstances);
// The hypervisor's row of a virtual machine.
inventory::Report guest_report(const Asset& asset, const Circumstances& circumstances);

}  // namespace censo::fleet
