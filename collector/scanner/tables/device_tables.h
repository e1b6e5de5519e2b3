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

// How the sections after the interfaces name a port.
struct PortNames {
  std::map<std::int64_t, std::string> by_index;  // ifIndex -> the name in the report, unique
  // ifName, ifDescr, ifAlias, MAC -> ifIndex; 0 when two ports share it.
  std::map<std::string, std::int64_t> by_word;
};

// SNMPv2-MIB, and what tells the device's class. Sets subject class and name.
void read_system(Reading& reading, inventory::Report& report, const ScanTarget& target);
void read_interfaces(Reading& reading, PortNames& names);
void read_addresses(Reading& reading, const PortNames& names);
void read_entities(Reading& reading);
void read_lldp(Reading& reading, const PortNames& names);

}  // namespace censo::scanner
