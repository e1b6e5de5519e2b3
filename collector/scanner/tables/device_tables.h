// The standard MIBs, a section of the report each. Numeric OIDs only; each file says which RFC or IEEE
// standard it reads.
#pragma once

#include "base/clock.h"
#include "collector/scanner/snmp_session.h"
#include "collector/scanner/tables/reading.h"

#include <cstdint>
#include <map>
#include <string>

namespace censo::scanner {

// What the sections after the first need to know of the device.
struct DeviceFacts {
  bool is_server = false;  // described by computer_system.yaml, not network_device.yaml
  std::map<std::int64_t, std::string> port_names;  // ifIndex -> the name in the report, unique
  std::map<std::string, std::int64_t>
      port_words;  // ifName, ifDescr, ifAlias, MAC -> ifIndex; 0 when two ports share it
};

// SNMPv2-MIB, and what tells the device's class. Sets subject class and name.
DeviceFacts read_system(Reading& reading, inventory::Report& report, const ScanTarget& target);
void read_interfaces(Reading& reading, DeviceFacts& facts);
void read_addresses(Reading& reading, const DeviceFacts& facts);
void read_entities(Reading& reading);
void read_lldp(Reading& reading, const DeviceFacts& facts);

}  // namespace censo::scanner
