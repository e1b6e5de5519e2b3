// One device, read over a session into a Report: SYSTEM, IF, IP, ENTITY and LLDP MIBs by numeric OIDs.
#pragma once

#include "base/clock.h"
#include "collector/scanner/snmp_session.h"
#include "inventory/report.h"

namespace censo::scanner {

struct DeviceInventory {
  inventory::Report
      report;  // sealed; its problems name every part that could not be read, incomplete sections marked
  Verdict verdict = Verdict::ok;
  std::string detail;
};

// Errors only when not even the system group could be read.
base::Result<DeviceInventory> inventory_device(SnmpSession& session, const ScanTarget& target,
                                               base::TimeMs now);

}  // namespace censo::scanner
