// Where a switch has seen which MAC address: dot1qTpFdbTable of Q-BRIDGE-MIB (RFC 4363), else dot1dTpFdbTable
// of BRIDGE-MIB (RFC 4188). Ports are those of dot1dBasePortTable. Cisco's switches without Q-BRIDGE-MIB have
// both once a VLAN (CISCO-VTP-MIB tells which there are).
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
const Oid cisco = oid_of({1, 3, 6, 1, 4, 1, 9});
const Oid vtp_vlan_entry = oid_of({1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 3, 1, 1});
enum : std::uint32_t { vtp_vlan_state = 2, vtp_vlan_type = 3 };
constexpr std::int64_t status_learned = 3;  // others are the switch's own, or set by people
constexpr std::size_t mac_octets = 6;

// Behind a port with more there is a network, not a host: it would be most of the rows of every scan.
constexpr std::size_t most_of_a_port = 64;
constexpr std::size_t most_vlans = 256;  // that are asked one by one

struct Learned {
  std::string mac;
  std::int64_t vlan = 0;  // 0: not told
};

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

// One bridge's ports and what it learned, as names and addresses. Cisco's switches have a bridge for each
// VLAN.
class Learning {
 public:
  explicit Learning(const PortNames& names) : names_(names) {}

  // `vlan`: of rows whose index does not tell; 0: not known.
  void add(const Table& rows, const Table& bridge_ports, std::int64_t vlan) {
    for (const auto& [index, row] : rows) {
      if (index.size() < mac_octets || row.integer(learned_status) != status_learned) continue;
      const auto mac = mac_of_index(index);
      const auto port = port_of(bridge_ports, row.integer(learned_port));
      const auto its_vlan = vlan > 0 ? vlan : vlan_of_index(index);
      if (!mac.empty() && !port.empty() && seen_.emplace(mac, its_vlan).second)
        by_port_[port].push_back({mac, its_vlan});
    }
  }

  std::vector<inventory::Item> items() const {
    std::vector<inventory::Item> items;
    for (const auto& [port, addresses] : by_port_) {
      if (addresses.size() > most_of_a_port) continue;
      for (const auto& [mac, vlan] : addresses) {
        inventory::Item item{.class_name = "forwarding_entry", .ref = {}, .owner = {}, .attributes = {}};
        item.attributes.set("mac_address", mac);
        item.attributes.set("port", port);
        if (vlan > 0) item.attributes.set("vlan", vlan);
        items.push_back(std::move(item));
      }
    }
    return items;
  }

 private:
  std::string port_of(const Table& bridge_ports, std::int64_t number) const {
    const auto bridge = bridge_ports.find({static_cast<std::uint32_t>(number)});
    const auto index = bridge == bridge_ports.end() ? number : bridge->second.integer(base_port_if_index);
    const auto name = names_.by_index.find(index);
    return name == names_.by_index.end() ? std::string() : name->second;
  }

  const PortNames& names_;
  std::map<std::string, std::vector<Learned>> by_port_;
  std::set<std::pair<std::string, std::int64_t>> seen_;
};

// Ethernet VLANs that are in use, but not those that every switch has for token ring and FDDI (1002 to 1005).
std::vector<std::uint16_t> vlans_in_use(Reading& reading) {
  constexpr std::int64_t operational = 1, ethernet = 1;
  std::set<std::uint16_t> vlans;
  for (const auto& [index, row] : reading.table(vtp_vlan_entry, {vtp_vlan_state, vtp_vlan_type})) {
    if (index.size() != 2 || index[1] < 1 || index[1] > 4094 || (index[1] >= 1002 && index[1] <= 1005))
      continue;
    const auto type = row.integer(vtp_vlan_type);
    if (row.integer(vtp_vlan_state) == operational && (type == ethernet || type == 0))
      vlans.insert(static_cast<std::uint16_t>(index[1]));
  }
  return {vlans.begin(), vlans.end()};
}

// Each costs some requests. A VLAN that nobody answers for costs the patience of one, so two are enough.
// False: none was read.
bool learn_by_vlan(Reading& reading, Learning& learning) {
  auto vlans = vlans_in_use(reading);
  bool whole = vlans.size() <= most_vlans;
  if (!whole) {
    reading.note("limit_exceeded",
                 std::to_string(vlans.size()) + " VLANs have forwarding tables, of which " +
                     std::to_string(most_vlans) + " were read",
                 "");
    vlans.resize(most_vlans);
  }
  int answered = 0, silent = 0;
  for (const auto vlan : vlans) {
    if (silent == 2) break;
    if (!reading.enter_vlan(vlan)) {
      ++silent;
      continue;
    }
    ++answered;
    const auto rows = reading.table(bridge_entry, {learned_port, learned_status});
    if (!rows.empty()) learning.add(rows, reading.table(base_port_entry, {base_port_if_index}), vlan);
    reading.leave_vlan();
  }
  if (!whole || (silent > 0 && answered > 0)) reading.section().complete = false;
  return answered > 0;
}

}  // namespace

void read_forwarding(Reading& reading, const DeviceSignature& device, const PortNames& names) {
  reading.begin("forwarding");
  Learning learning(names);
  const auto bridge_ports = reading.table(base_port_entry, {base_port_if_index});
  const auto by_database =
      bridge_ports.empty() ? Table{} : reading.table(vlan_entry, {learned_port, learned_status});
  if (!by_database.empty()) {
    learning.add(by_database, bridge_ports, 0);
  } else if (!device.object_id.starts_with(cisco) || !learn_by_vlan(reading, learning)) {
    if (!bridge_ports.empty())
      learning.add(reading.table(bridge_entry, {learned_port, learned_status}), bridge_ports, 0);
  }
  reading.section().items = learning.items();
}

}  // namespace censo::scanner
