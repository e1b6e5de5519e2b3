// Which VLANs a port carries: dot1qPortVlanTable and dot1qVlanStaticTable of Q-BRIDGE-MIB (RFC 4363), of
// Cisco's switches CISCO-VLAN-MEMBERSHIP-MIB and vlanTrunkPortTable of CISCO-VTP-MIB. What is set up, not
// what is up.
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/varbind.h"

#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
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

struct PortVlans {
  std::int64_t untagged = 0;  // 0: none
  std::set<std::int64_t> tagged;
};
using ByIfIndex = std::map<std::int64_t, PortVlans>;

bool is_vlan(std::int64_t number) {
  return number >= 1 && number <= last_vlan;
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

ByIfIndex by_q_bridge(Reading& reading) {
  ByIfIndex found;
  std::map<std::int64_t, std::int64_t> if_index;  // by bridge port
  for (const auto& bind : reading.column(base_port_if_index)) {
    const auto index = index_of(bind, base_port_if_index);
    if (index.size() == 1) if_index.emplace(index[0], integer_of(bind).value_or(0));
  }
  if (if_index.empty()) return found;  // it does not bridge
  const auto vlans = reading.rare_table(static_entry, {egress_ports, untagged_ports});
  if (vlans.empty()) return found;
  for (const auto& [index, row] : vlans) {
    if (index.size() != 1 || !is_vlan(index[0])) continue;
    const auto untagged = bits_of(row, untagged_ports, 1);
    const std::set<std::int64_t> plain(untagged.begin(), untagged.end());
    for (const auto number : bits_of(row, egress_ports, 1)) {
      const auto port = if_index.find(number);
      if (port == if_index.end()) continue;
      auto& vlans_of_port = found[port->second];
      if (!plain.contains(number))
        vlans_of_port.tagged.insert(index[0]);
      else if (vlans_of_port.untagged == 0)
        vlans_of_port.untagged = index[0];
    }
  }
  // Of several untagged ones, and of none, this is what comes in without a tag.
  for (const auto& bind : reading.column(port_vlan)) {
    const auto index = index_of(bind, port_vlan);
    const auto port = index.size() == 1 ? if_index.find(index[0]) : if_index.end();
    const auto number = integer_of(bind).value_or(0);
    if (port == if_index.end() || !is_vlan(number)) continue;
    const auto known = found.find(port->second);
    if (known != found.end() && !known->second.tagged.contains(number)) known->second.untagged = number;
  }
  return found;
}

// A port that negotiates is what it came to.
bool is_trunk(const TableRow& row) {
  constexpr std::int64_t on = 1, off = 2, on_without_negotiation = 5, trunking = 1;
  const auto state = row.integer(trunk_state);
  if (state == on || state == on_without_negotiation) return true;
  return state != off && row.integer(trunk_status) == trunking;
}

ByIfIndex by_cisco(Reading& reading) {
  ByIfIndex found;
  for (const auto& bind : reading.column(access_vlan)) {
    const auto index = index_of(bind, access_vlan);
    const auto number = integer_of(bind).value_or(0);
    if (index.size() == 1 && is_vlan(number)) found[index[0]].untagged = number;
  }
  for (const auto& [index, row] :
       reading.rare_table(trunk_entry, {trunk_state, trunk_status, trunk_native, trunk_vlans, trunk_vlans_2k,
                                        trunk_vlans_3k, trunk_vlans_4k})) {
    if (index.size() != 1 || !is_trunk(row)) continue;
    PortVlans trunk;
    if (is_vlan(row.integer(trunk_native))) trunk.untagged = row.integer(trunk_native);
    std::int64_t first = 0;
    for (const auto column : {trunk_vlans, trunk_vlans_2k, trunk_vlans_3k, trunk_vlans_4k}) {
      for (const auto number : bits_of(row, column, first))
        if (is_vlan(number) && number != trunk.untagged) trunk.tagged.insert(number);
      first += 1024;
    }
    found[index[0]] = std::move(trunk);
  }
  return found;
}

// "1, 10-19, 30"
std::string in_words(const std::set<std::int64_t>& numbers) {
  std::string words;
  for (auto first = numbers.begin(); first != numbers.end();) {
    auto last = first;
    for (auto next = std::next(last); next != numbers.end() && *next == *last + 1; ++next) last = next;
    words += (words.empty() ? "" : ", ") + std::to_string(*first);
    if (last != first) words += "-" + std::to_string(*last);
    first = std::next(last);
  }
  return words;
}

}  // namespace

void read_port_vlans(Reading& reading, const DeviceSignature& device) {
  auto vlans = by_q_bridge(reading);
  if (vlans.empty() && device.object_id.starts_with(cisco)) vlans = by_cisco(reading);
  if (vlans.empty()) return;
  for (auto& port : reading.section().items) {
    const auto found = vlans.find(port.attributes.integer("if_index"));
    if (found == vlans.end()) continue;
    const auto& [untagged, tagged] = found->second;
    if (untagged == 0 && tagged.empty()) continue;
    port.attributes.set("vlan_mode", tagged.empty() ? "access" : "trunk");
    if (untagged > 0) port.attributes.set("vlan", untagged);
    port.attributes.set("tagged_vlans", in_words(tagged));
  }
}

}  // namespace censo::scanner
