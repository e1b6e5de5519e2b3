// Where a switch has seen which MAC address: dot1qTpFdbTable of Q-BRIDGE-MIB (RFC 4363), else dot1dTpFdbTable
// of BRIDGE-MIB (RFC 4188). Ports are those of dot1dBasePortTable.
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/varbind.h"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace censo::scanner {
namespace {

const Oid base_port_entry = oid_of({1, 3, 6, 1, 2, 1, 17, 1, 4, 1});
enum : std::uint32_t { base_port_if_index = 2 };
// Both have these columns; the index ends with the six octets of the address, behind the filtering database.
const Oid bridge_entry = oid_of({1, 3, 6, 1, 2, 1, 17, 4, 3, 1});
const Oid vlan_entry = oid_of({1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1});
enum : std::uint32_t { learned_port = 2, learned_status = 3 };
constexpr std::int64_t status_learned = 3;  // others are the switch's own, or set by people
constexpr std::size_t mac_octets = 6;

// Behind a port with more there is a network, not a host: it would be most of the rows of every scan.
constexpr std::size_t most_of_a_port = 64;

struct Learned {
  std::string mac;
  std::int64_t vlan = 0;  // 0: not told
};
using ByPort = std::map<std::string, std::vector<Learned>>;

std::string mac_of_index(const TableIndex& index) {
  std::string octets;
  for (auto arc = index.end() - mac_octets; arc != index.end(); ++arc) {
    if (*arc > 0xff) return {};
    octets += static_cast<char>(*arc);
  }
  return mac_of_octets(octets);
}

// Most number their filtering databases as the VLANs.
std::int64_t vlan_of_index(const TableIndex& index) {
  constexpr std::uint32_t last_vlan = 4094;
  const bool has_one = index.size() == mac_octets + 1 && index[0] >= 1 && index[0] <= last_vlan;
  return has_one ? index[0] : 0;
}

std::string port_of(const PortNames& names, const Table& bridge_ports, std::int64_t number) {
  const auto bridge = bridge_ports.find({static_cast<std::uint32_t>(number)});
  const auto index = bridge == bridge_ports.end() ? number : bridge->second.integer(base_port_if_index);
  const auto name = names.by_index.find(index);
  return name == names.by_index.end() ? std::string() : name->second;
}

Table learned_addresses(Reading& reading) {
  auto rows = reading.table(vlan_entry, {learned_port, learned_status});
  return rows.empty() ? reading.table(bridge_entry, {learned_port, learned_status}) : rows;
}

}  // namespace

void read_forwarding(Reading& reading, const PortNames& names) {
  reading.begin("forwarding");
  const auto bridge_ports = reading.table(base_port_entry, {base_port_if_index});
  if (bridge_ports.empty()) return;  // it does not bridge
  ByPort learned;
  std::set<std::pair<std::string, std::int64_t>> seen;
  for (const auto& [index, row] : learned_addresses(reading)) {
    if (index.size() < mac_octets || row.integer(learned_status) != status_learned) continue;
    const auto mac = mac_of_index(index);
    const auto port = port_of(names, bridge_ports, row.integer(learned_port));
    const auto vlan = vlan_of_index(index);
    if (!mac.empty() && !port.empty() && seen.emplace(mac, vlan).second) learned[port].push_back({mac, vlan});
  }
  for (auto& [port, addresses] : learned) {
    if (addresses.size() > most_of_a_port) continue;
    for (auto& [mac, vlan] : addresses) {
      inventory::Item item{.class_name = "forwarding_entry", .ref = {}, .owner = {}, .attributes = {}};
      item.attributes.set("mac_address", std::move(mac));
      item.attributes.set("port", port);
      if (vlan > 0) item.attributes.set("vlan", vlan);
      reading.section().items.push_back(std::move(item));
    }
  }
}

}  // namespace censo::scanner
