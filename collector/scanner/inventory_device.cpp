#include "collector/scanner/inventory_device.h"

#include "collector/scanner/tables/device_tables.h"

#include <array>

namespace censo::scanner {

base::Result<DeviceInventory> inventory_device(SnmpSession& session, const ScanTarget& target,
                                               base::TimeMs now) {
  // sysUpTime alone first: cheap to try with each credential, and present wherever the others are.
  static const std::array probe{oid_of({1, 3, 6, 1, 2, 1, 1, 3, 0}), oid_of({1, 3, 6, 1, 2, 1, 1, 2, 0})};
  if (const auto answer = session.get(probe); !answer) return answer.error();

  DeviceInventory inventory;
  inventory.report.origin.kind = inventory::OriginKind::scanner;
  inventory.report.taken_at = now;
  Reading reading(session, inventory);
  read_system(reading, inventory.report, target);
  if (!reading.section().complete) return to_error(session.last_failure());
  PortNames ports;
  read_interfaces(reading, ports);
  read_addresses(reading, ports);
  read_entities(reading);
  read_lldp(reading, ports);
  if (const auto cut = session.usage().cut_strings; cut > 0) {
    reading.note("limit_exceeded", std::to_string(cut) + " values longer than allowed were cut", "");
  }
  inventory::seal(inventory.report);
  return inventory;
}

}  // namespace censo::scanner
