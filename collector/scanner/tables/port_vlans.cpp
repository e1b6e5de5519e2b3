// Which VLANs a port carries: dot1qPortVlanTable and dot1qVlanStaticTable of Q-BRIDGE-MIB (RFC 4363), of
// Cisco's switches CISCO-VLAN-MEMBERSHIP-MIB and vlanTrunkPortTable of CISCO-VTP-MIB. What is set up, not
// what is up.
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/varbind.h"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace censo::scanner {
namespace {

const Oid base_port_if_index = oid_of({1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2});
const Oid port_vlan = oid_of({1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 5, 1, 1});
const Oid static_entry = oid_of({1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 3, 1});
enum : std::uint32_t { egress_ports = 2, untagged_ports = 4 };
const Oid cisco = oid_of({1, 3, 6, 1, 4, 1, 9});
const Oid access_vlan = oid_of({1, 3, 6, 1, 4, 1, 9, 9, 68, 1, 2, 2, 1, 2});
const Oid trunk_entry = oid_of({1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 6, 1, 1});
enum : std::uint32_t {
  trunk_vlans = 4,
  trunk_native = 5,
  trunk_state = 13,
  trunk_status = 14,
  trunk_vlans_2k = 17,
  trunk_vlans_3k = 18,
  trunk_vlans_4k = 19
};
constexpr std::int64_t last_vlan = 4094;

constexpr std::size_t most_words = 1000;  // characters of a list of VLANs

using VlanSet = std::bitset<last_vlan + 1>;
struct PortVlans {
  std::int64_t untagged = 0;  // 0: none
  VlanSet tagged;
};
// Of the ports of the report alone, however many the device names here.
using ByIfIndex = std::map<std::int64_t, PortVlans>;
ByIfIndex ports_of(const inventory::Section& section) {
  ByIfIndex ports;
  for (const auto& port : section.items) {
    const auto if_index = port.attributes.integer("if_index");
    if (if_index > 0) ports[if_index];
  }
  return ports;
}

bool is_member(const PortVlans& port) {
  return port.untagged > 0 || port.tagged.any();
}

bool is_vlan(std::int64_t number) {
  return number >= 1 && number <= last_vlan;
}

VlanSet::reference bit_of(VlanSet& vlans, std::int64_t number) {
  return vlans[static_cast<std::size_t>(number)];
}

// The numbers of the bits that are set, the first bit of the first octet being `first`.
std::vector<std::int64_t> bits_of(const TableRow& row, std::uint32_t column, std::int64_t first) {
  std::vector<std::int64_t> numbers;
  const auto* bind = row.find(column);
  for (const char octet : bind ? octets_of(*bind) : std::string()) {
    for (int bit = 0; bit < 8; ++bit, ++first)
      if (octet & 0x80 >> bit) numbers.push_back(first);
  }
  return numbers;
}

// True: some port is in a VLAN by it.
bool read_q_bridge(Reading& reading, ByIfIndex& ports) {
  std::map<std::int64_t, PortVlans*> by_number;  // of the bridge's ports
  for (const auto& bind : reading.column(base_port_if_index)) {
    const auto index = index_of(bind, base_port_if_index);
    const auto port = ports.find(integer_of(bind).value_or(0));
    if (index.size() == 1 && port != ports.end()) by_number.emplace(index[0], &port->second);
  }
  if (by_number.empty()) return false;  // it does not bridge
  const auto vlans = reading.rare_table(static_entry, {egress_ports, untagged_ports});
  if (vlans.empty()) return false;
  for (const auto& [index, row] : vlans) {
    if (index.size() != 1 || !is_vlan(index[0])) continue;
    const auto untagged = bits_of(row, untagged_ports, 1);
    for (const auto number : bits_of(row, egress_ports, 1)) {
      const auto port = by_number.find(number);
      if (port == by_number.end()) continue;
      auto& of_port = *port->second;
      if (!std::binary_search(untagged.begin(), untagged.end(), number))
        bit_of(of_port.tagged, index[0]) = true;
      else if (of_port.untagged == 0)
        of_port.untagged = index[0];
    }
  }
  // Of several untagged ones, and of none, this is what comes in without a tag.
  for (const auto& bind : reading.column(port_vlan)) {
    const auto index = index_of(bind, port_vlan);
    const auto port = index.size() == 1 ? by_number.find(index[0]) : by_number.end();
    const auto number = integer_of(bind).value_or(0);
    if (port == by_number.end() || !is_vlan(number)) continue;
    auto& [untagged, tagged] = *port->second;
    if (is_member(*port->second) && !bit_of(tagged, number)) untagged = number;
  }
  return std::any_of(ports.begin(), ports.end(), [](const auto& port) { return is_member(port.second); });
}

// A port that negotiates is what it came to.
bool is_trunk(const TableRow& row) {
  constexpr std::int64_t on = 1, off = 2, on_without_negotiation = 5, trunking = 1;
  const auto state = row.integer(trunk_state);
  if (state == on || state == on_without_negotiation) return true;
  return state != off && row.integer(trunk_status) == trunking;
}

void read_cisco(Reading& reading, ByIfIndex& ports) {
  for (const auto& bind : reading.column(access_vlan)) {
    const auto index = index_of(bind, access_vlan);
    const auto number = integer_of(bind).value_or(0);
    const auto port = index.size() == 1 ? ports.find(index[0]) : ports.end();
    if (port != ports.end() && is_vlan(number)) port->second.untagged = number;
  }
  for (const auto& [index, row] :
       reading.rare_table(trunk_entry, {trunk_state, trunk_status, trunk_native, trunk_vlans, trunk_vlans_2k,
                                        trunk_vlans_3k, trunk_vlans_4k})) {
    const auto port = index.size() == 1 ? ports.find(index[0]) : ports.end();
    if (port == ports.end() || !is_trunk(row)) continue;
    PortVlans trunk;
    if (is_vlan(row.integer(trunk_native))) trunk.untagged = row.integer(trunk_native);
    std::int64_t first = 0;
    for (const auto column : {trunk_vlans, trunk_vlans_2k, trunk_vlans_3k, trunk_vlans_4k}) {
      for (const auto number : bits_of(row, column, first))
        if (is_vlan(number) && number != trunk.untagged) bit_of(trunk.tagged, number) = true;
      first += 1024;
    }
    port->second = trunk;
  }
}

// "1, 10-19, 30"; "1, 10-19, ..." where it would be too long.
std::string in_words(const VlanSet& vlans) {
  std::string words;
  for (std::size_t first = 0; first < vlans.size(); ++first) {
    if (!vlans[first]) continue;
    auto last = first;
    while (last + 1 < vlans.size() && vlans[last + 1]) ++last;
    if (words.size() >= most_words) return words + ", ...";
    words += (words.empty() ? "" : ", ") + std::to_string(first);
    if (last != first) words += "-" + std::to_string(last);
    first = last;
  }
  return words;
}

}  // namespace

void read_port_vlans(Reading& reading, const DeviceSignature& device) {
  auto vlans = ports_of(reading.section());
  if (!read_q_bridge(reading, vlans) && device.object_id.starts_with(cisco)) read_cisco(reading, vlans);
  for (auto& port : reading.section().items) {
    const auto found = vlans.find(port.attributes.integer("if_index"));
    if (found == vlans.end()) continue;
    const auto& [untagged, tagged] = found->second;
    if (!is_member(found->second)) continue;
    port.attributes.set("vlan_mode", tagged.none() ? "access" : "trunk");
    if (untagged > 0) port.attributes.set("vlan", untagged);
    port.attributes.set("tagged_vlans", in_words(tagged));
  }
}

}  // namespace censo::scanner
