// One device, read over a session into a Report: the standard MIBs by numeric OIDs, and what the device's
// definition (device_catalog.h) finds beyond them.
#pragma once

#include "base/clock.h"
#include "collector/scanner/snmp_session.h"
#include "inventory/report.h"

#include <cstddef>
#include <string>
#include <vector>

namespace censo::scanner {

class DeviceCatalog;  // device_catalog.h

// How the device's definition was found, and which of its lines gave which value.
struct DeviceMatch {
  struct Evidence {
    std::string attribute, value, file;
    int line = 0;  // 0: a pattern of sys_descr, or the table of models
  };
  std::string definition, file;
  int line = 0;                         // of the rule
  std::vector<std::string> candidates;  // all whose fixed conditions fit, best first
  std::vector<Evidence> evidence;
};

// What the device has, before the report leaves anything out: ports that carry packets, rows of ENTITY-MIB,
// neighbours that say who they are, VLANs.
struct RowCounts {
  std::size_t ports = 0, entities = 0, neighbours = 0, vlans = 0;
};

struct DeviceInventory {
  inventory::Report
      report;  // sealed; its problems name every part that could not be read, incomplete sections marked
  Verdict verdict = Verdict::ok;
  std::string detail;
  DeviceMatch match;
  RowCounts rows;
};

// Errors only when not even the system group could be read.
base::Result<DeviceInventory> inventory_device(SnmpSession& session, const DeviceCatalog& catalog,
                                               const ScanTarget& target, base::TimeMs now);

}  // namespace censo::scanner
