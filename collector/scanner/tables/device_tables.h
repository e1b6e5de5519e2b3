// The standard MIBs, a section of the report each. Numeric OIDs only; each file says which RFC or IEEE
// standard it reads.
#pragma once

#include "base/clock.h"
#include "collector/scanner/device_catalog.h"
#include "collector/scanner/snmp_session.h"
#include "collector/scanner/tables/reading.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace censo::scanner {

// How the sections after the interfaces name a port.
struct PortNames {
  std::map<std::int64_t, std::string> by_index;  // ifIndex -> the name in the report, unique
  // ifName, ifDescr, ifAlias, MAC -> ifIndex; 0 when two ports share it.
  std::map<std::string, std::int64_t> by_word;
};

// SNMPv2-MIB, and one or two scalars each of other MIBs that tell the device's class.
class Scalars {
 public:
  explicit Scalars(std::map<Oid, VarBind> binds) : binds_(std::move(binds)) {}
  const VarBind* find(const Oid& oid) const;  // nullptr when absent
  bool has(const Oid& oid) const { return find(oid) != nullptr; }
  std::string text(const Oid& oid) const;      // "" when absent
  std::int64_t integer(const Oid& oid) const;  // 0 when absent
  std::string octets(const Oid& oid) const;    // "" when absent
  std::string bridge_address() const;          // dot1dBaseBridgeAddress as a MAC; "" when absent

 private:
  std::map<Oid, VarBind> binds_;
};
Scalars read_scalars(Reading& reading);
DeviceSignature signature_of(const Scalars& scalars);
// Sets subject class and name; `type` is what the device's definition says, or "".
void read_system(Reading& reading, const Scalars& scalars, const ScanTarget& target, std::string_view type);
void read_interfaces(Reading& reading, PortNames& names);
void read_addresses(Reading& reading, const PortNames& names);
Table read_entities(Reading& reading);  // all rows, also those that are not reported
// The row that stands for the device: its chassis, or the one outermost part. nullptr: none.
const TableRow* chassis_of(const Table& entities);
void read_lldp(Reading& reading, const PortNames& names);
// By CDP, FDP and EDP.
void read_neighbours(Reading& reading, const PortNames& names);
// Names the aggregate of each port that is a member of one.
void read_aggregates(Reading& reading, const PortNames& names);
// Which MAC addresses were seen at which port; not at ports that lead to a network.
void read_forwarding(Reading& reading, const DeviceSignature& device, const PortNames& names);
// Which bridge each port hears of.
void read_spanning_tree(Reading& reading, const Scalars& scalars, const PortNames& names);
// Which MAC address has which IP address, as a router or host found out.
void read_address_pairs(Reading& reading, const PortNames& names);

}  // namespace censo::scanner
