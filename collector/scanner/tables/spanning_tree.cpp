// dot1dStpPortTable of BRIDGE-MIB (RFC 4188): which bridge each port takes for the nearest to the root on its
// segment. Where that is another one, a switch is at the other end, whether it speaks LLDP or not.
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/varbind.h"

#include <string>
#include <utility>

namespace censo::scanner {
namespace {

const Oid base_port_entry = oid_of({1, 3, 6, 1, 2, 1, 17, 1, 4, 1});
enum : std::uint32_t { base_port_if_index = 2 };
const Oid port_entry = oid_of({1, 3, 6, 1, 2, 1, 17, 2, 15, 1});
enum : std::uint32_t { port_state = 3, designated_bridge = 8, designated_port = 9 };

// Disabled or broken ports hear nobody.
bool hears(std::int64_t state) {
  constexpr std::int64_t blocking = 2, forwarding = 5;
  return state >= blocking && state <= forwarding;
}

// BridgeId: two octets of priority, then the address.
std::string address_of(const TableRow& row) {
  const auto* bind = row.find(designated_bridge);
  const auto octets = bind ? octets_of(*bind) : std::string();
  return octets.size() == 8 ? mac_of_octets(octets.substr(2)) : std::string();
}

// Twelve bits behind four of priority (IEEE 802.1D-2004, 9.2.7); 0: none.
std::int64_t number_of(const TableRow& row) {
  const auto* bind = row.find(designated_port);
  const auto octets = bind ? octets_of(*bind) : std::string();
  if (octets.size() != 2) return 0;
  return (static_cast<unsigned char>(octets[0]) & 0x0f) << 8 | static_cast<unsigned char>(octets[1]);
}

}  // namespace

void read_spanning_tree(Reading& reading, const Scalars& scalars, const PortNames& names) {
  reading.begin("spanning_tree");
  const auto own = scalars.bridge_address();
  if (own.empty()) return;  // it does not bridge
  const auto rows = reading.table(port_entry, {port_state, designated_bridge, designated_port});
  if (rows.empty()) return;
  const auto bridge_ports = reading.table(base_port_entry, {base_port_if_index});
  for (const auto& [index, row] : rows) {
    const auto bridge = bridge_ports.find(index);
    if (bridge == bridge_ports.end() || !hears(row.integer(port_state))) continue;
    const auto port = names.by_index.find(bridge->second.integer(base_port_if_index));
    auto address = address_of(row);
    if (port == names.by_index.end() || address.empty()) continue;
    inventory::Item item{.class_name = "spanning_tree_port", .ref = {}, .owner = {}, .attributes = {}};
    item.attributes.set("port", port->second);
    item.attributes.set("number", std::int64_t{index[0]});
    item.attributes.set("designated", address == own);
    item.attributes.set("designated_bridge", std::move(address));
    if (const auto number = number_of(row); number > 0) item.attributes.set("designated_port", number);
    reading.section().items.push_back(std::move(item));
  }
}

}  // namespace censo::scanner
