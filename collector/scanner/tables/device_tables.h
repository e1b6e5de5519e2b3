// The standard MIBs, a section of the report each. Numeric OIDs only; each file says which RFC or IEEE
// standard it reads.
#pragma once

#include "base/clock.h"
#include "collector/scanner/device_catalog.h"
#include "collector/scanner/snmp_session.h"
#include "collector/scanner/tables/reading.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
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
  std::optional<std::int64_t> bgp_as() const;  // nothing: no BGP4-MIB; 0: not told
  bool prints() const;  // it has Printer-MIB
  bool routes_by_ospf() const;
  bool routes_by_ospfv3() const;

 private:
  std::map<Oid, VarBind> binds_;
};
Scalars read_scalars(Reading& reading);
DeviceSignature signature_of(const Scalars& scalars);
// Sets subject class and name; `type` is what the device's definition says, or "".
void read_system(Reading& reading, const Scalars& scalars, const ScanTarget& target, std::string_view type);
void read_interfaces(Reading& reading, PortNames& names);
// Of the ports just read: media, connector, duplex; and what they stand on. After read_interfaces().
void read_media(Reading& reading);
// Of the same: which VLANs each carries.
void read_port_vlans(Reading& reading, const DeviceSignature& device);
// Addresses that several routers stand in for, but that are not this device's own: they are none of its
// addresses, whoever has them now.
std::set<std::string> read_virtual_addresses(Reading& reading, const DeviceSignature& device,
                                             const PortNames& names);
void read_addresses(Reading& reading, const PortNames& names, const std::set<std::string>& of_several);
Table read_entities(Reading& reading);  // all rows, also those that are not reported
// The row that stands for the device: its chassis, or the one outermost part. nullptr: none.
const TableRow* chassis_of(const Table& entities);
void read_lldp(Reading& reading, const PortNames& names);
// By CDP, FDP and EDP.
void read_neighbours(Reading& reading, const PortNames& names);
// Power over Ethernet, by port and by what feeds it.
void read_power(Reading& reading, const DeviceSignature& device, const PortNames& names,
                const Table& entities);
// Of printers and UPSes. After read_system().
void read_supplies(Reading& reading, const Scalars& scalars);
void read_routing_peers(Reading& reading, const Scalars& scalars, const DeviceSignature& device,
                        const PortNames& names);
// Names the aggregate of each port that is a member of one, and what the interface of a VLAN or tunnel stands
// on.
void read_aggregates(Reading& reading, const PortNames& names);
// Which MAC addresses were seen at which port; not at ports that lead to a network.
void read_forwarding(Reading& reading, const DeviceSignature& device, const PortNames& names);
// Which bridge each port hears of.
void read_spanning_tree(Reading& reading, const Scalars& scalars, const PortNames& names);
// Which MAC address has which IP address, as a router or host found out.
void read_address_pairs(Reading& reading, const PortNames& names);

}  // namespace censo::scanner
