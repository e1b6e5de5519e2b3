// LLDP-MIB (IEEE 802.1AB-2005): who is at the other end of each port. dot1dBasePortTable of BRIDGE-MIB (RFC
// 4188) helps to find the port.
#include "base/text.h"
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/tables/lldp_values.h"
#include "collector/scanner/varbind.h"

#include <algorithm>
#include <initializer_list>
#include <tuple>

namespace censo::scanner {
namespace {

const Oid local_port_entry = oid_of({1, 0, 8802, 1, 1, 2, 1, 3, 7, 1});
enum : std::uint32_t { local_id_subtype = 2, local_id = 3, local_descr = 4 };
const Oid remote_entry = oid_of({1, 0, 8802, 1, 1, 2, 1, 4, 1, 1});
// The same rows as other tables have them: their columns follow `shift` later, and an index of four parts has
// the ifIndex of the local port second.
struct OtherTable {
  Oid entry;
  std::uint32_t shift;
};
const OtherTable other_tables[] = {
    {oid_of({1, 3, 111, 2, 802, 1, 1, 13, 1, 4, 1, 1}), 1},       // LLDP-V2-MIB (IEEE 802.1AB-2009)
    {oid_of({1, 3, 6, 1, 4, 1, 6527, 3, 1, 2, 59, 4, 1, 1}), 0},  // TIMETRA-LLDP-MIB (Nokia SR OS)
};
enum : std::uint32_t {
  chassis_subtype = 4,
  chassis_id = 5,
  port_subtype = 6,
  port_id = 7,
  port_descr = 8,
  system_name = 9,
  system_descr = 10,
  capabilities_enabled = 12
};
const Oid management_entry = oid_of({1, 0, 8802, 1, 1, 2, 1, 4, 2, 1});
enum : std::uint32_t { management_port_subtype = 3 };
const Oid base_port_entry = oid_of({1, 3, 6, 1, 2, 1, 17, 1, 4, 1});
enum : std::uint32_t { base_port_if_index = 2 };

struct LocalPorts {
  Table lldp, bridge;
};

std::string port_by_word(const PortNames& names, const std::string& word) {
  const auto found = names.by_word.find(word);
  return found == names.by_word.end() || found->second == 0 ? std::string()
                                                            : names.by_index.at(found->second);
}

std::string port_by_index(const PortNames& names, std::int64_t index) {
  const auto found = names.by_index.find(index);
  return found == names.by_index.end() ? std::string() : found->second;
}

// The port's number in LLDP is anything: on recorded devices the order name, description, bridge port,
// ifIndex finds the right interface for 99.5 % of the rows.
std::string local_port(const PortNames& names, const LocalPorts& ports, std::uint32_t number) {
  std::string own_name;
  if (const auto row = ports.lldp.find({number}); row != ports.lldp.end()) {
    const auto* id = row->second.find(local_id);
    own_name = id ? lldp_port_text(row->second.integer(local_id_subtype), octets_of(*id)) : std::string();
    for (const auto& word : {own_name, row->second.text(local_descr)}) {
      if (const auto port = port_by_word(names, word); !port.empty()) return port;
    }
  }
  if (const auto row = ports.bridge.find({number}); row != ports.bridge.end()) {
    if (const auto port = port_by_index(names, row->second.integer(base_port_if_index)); !port.empty())
      return port;
  }
  if (const auto port = port_by_index(names, number); !port.empty()) return port;
  return own_name.empty() ? "LLDP port " + std::to_string(number) : own_name;
}

// One row of lldpRemTable.
struct Neighbour {
  std::string local_port, chassis, mac, port, port_description, name, description, address;
  LldpCapabilities capabilities;
};

// Management addresses by the first three indices (time mark, local port, remote index); IPv4 before IPv6.
std::map<TableIndex, std::string> management_addresses(Reading& reading) {
  std::map<TableIndex, std::string> found;
  for (const auto& [index, row] : reading.table(management_entry, {management_port_subtype})) {
    if (index.size() < 5) continue;
    std::string octets;
    for (auto i = index.begin() + 5; i != index.end(); ++i) octets += static_cast<char>(*i & 0xff);
    const auto text = address_of_octets(octets);
    if (text.empty()) continue;
    auto& kept = found[{index.begin(), index.begin() + 3}];
    if (kept.empty() || (octets.size() == 4 && kept.find(':') != kept.npos)) kept = text;
  }
  return found;
}

// Rows under the columns of LLDP-MIB, whatever table they are of.
Table remote_rows(Reading& reading) {
  const std::initializer_list<std::uint32_t> columns{chassis_subtype, chassis_id,          port_subtype,
                                                     port_id,         port_descr,          system_name,
                                                     system_descr,    capabilities_enabled};
  auto rows = reading.table(remote_entry, columns);
  for (const auto& [entry, shift] : other_tables) {
    // One question shows whether the device has the table at all.
    if (!rows.empty() || reading.column(below(entry, {chassis_id + shift})).empty()) continue;
    for (const auto column : columns) {
      for (auto& [index, row] : reading.table(entry, {column + shift}))
        for (auto& [number, bind] : row.columns) rows[index].columns.emplace(number - shift, std::move(bind));
    }
  }
  return rows;
}

Neighbour neighbour_of(const TableRow& row) {
  Neighbour neighbour;
  const auto subtype = row.integer(chassis_subtype);
  if (const auto* id = row.find(chassis_id)) neighbour.chassis = lldp_chassis_text(subtype, octets_of(*id));
  if (subtype == lldp_chassis_is_mac) neighbour.mac = neighbour.chassis;
  if (const auto* id = row.find(port_id)) {
    neighbour.port = lldp_port_text(row.integer(port_subtype), octets_of(*id));
  }
  neighbour.port_description = row.text(port_descr);
  neighbour.name = row.text(system_name);
  neighbour.description = row.text(system_descr);
  const auto* enabled = row.find(capabilities_enabled);
  neighbour.capabilities = lldp_capabilities(enabled ? octets_of(*enabled) : std::string());
  return neighbour;
}

std::vector<Neighbour> neighbours(Reading& reading, const PortNames& names) {
  const auto rows = remote_rows(reading);
  std::vector<Neighbour> found;
  if (rows.empty()) return found;
  const auto addresses = management_addresses(reading);
  const LocalPorts ports{reading.table(local_port_entry, {local_id_subtype, local_id, local_descr}),
                         reading.table(base_port_entry, {base_port_if_index})};
  for (const auto& [index, row] : rows) {
    if (index.size() < 3) continue;
    auto neighbour = neighbour_of(row);
    if (neighbour.chassis.empty() && neighbour.name.empty() && neighbour.description.empty()) continue;
    neighbour.local_port =
        index.size() == 3 ? local_port(names, ports, index[1]) : port_by_index(names, index[1]);
    if (neighbour.local_port.empty()) neighbour.local_port = "LLDP port " + std::to_string(index[1]);
    if (const auto address = addresses.find({index.begin(), index.begin() + 3}); address != addresses.end())
      neighbour.address = address->second;
    found.push_back(std::move(neighbour));
  }
  const auto key = [](const Neighbour& n) { return std::tie(n.local_port, n.chassis, n.port); };
  std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  const auto same = [&](const auto& a, const auto& b) { return key(a) == key(b); };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return found;
}

inventory::Item row_of(const Neighbour& neighbour) {
  inventory::Item item{.class_name = "lldp_neighbour", .ref = {}, .owner = {}, .attributes = {}};
  item.attributes.set("local_port", neighbour.local_port);
  item.attributes.set("chassis_id", neighbour.chassis.empty() ? "?" : neighbour.chassis);
  item.attributes.set("port_id", neighbour.port.empty() ? "?" : neighbour.port);
  item.attributes.set("port_description", neighbour.port_description);
  item.attributes.set("system_name", neighbour.name);
  item.attributes.set("system_description", neighbour.description);
  item.attributes.set("capabilities", to_text(neighbour.capabilities));
  item.attributes.set("management_address", neighbour.address);
  return item;
}

std::string_view class_of(const LldpCapabilities& capabilities) {
  if (capabilities.access_point) return "access_point";
  if (capabilities.bridge) return "switch";
  return capabilities.router ? "router" : "network_device";
}

// A configuration item of its own needs an identity (the MAC) and must be network gear: a host or a telephone
// is known better from its own report, and would be a second item here.
bool is_network_device(const Neighbour& neighbour) {
  const auto& can = neighbour.capabilities;
  return !neighbour.mac.empty() && (!can.any || can.bridge || can.router || can.access_point || can.repeater);
}

// A comma within a value would be one cable more.
void append(inventory::Attributes& attributes, std::string_view name, std::string value) {
  std::ranges::replace(value, ',', ' ');
  const auto before = attributes.text(name);
  attributes.set(name, before.empty() ? value : before + ", " + value);
}

}  // namespace

void read_lldp(Reading& reading, const PortNames& names) {
  reading.begin("lldp");
  std::map<std::string, inventory::Item> devices;  // by MAC
  std::map<std::string, inventory::Relationship> links;
  for (const auto& neighbour : neighbours(reading, names)) {
    if (!neighbour.name.empty() || !neighbour.description.empty()) ++reading.rows().neighbours;
    reading.section().items.push_back(row_of(neighbour));
    if (!is_network_device(neighbour)) continue;
    auto& device = devices[neighbour.mac];
    device.ref = "lldp " + neighbour.mac;
    device.class_name = class_of(neighbour.capabilities);
    device.attributes.set("base_mac", neighbour.mac);
    device.attributes.set("sys_name", neighbour.name);
    device.attributes.set("sys_description", neighbour.description);
    device.attributes.set("management_address", neighbour.address);
    // Several cables to one neighbour are one relationship, with the ports of both ends in the same order.
    auto& link = links[neighbour.mac];
    link.type = "connects_to";
    link.from = "self";
    link.to = device.ref;
    link.attributes.set("protocol", "lldp");
    append(link.attributes, "local_port", neighbour.local_port);
    append(link.attributes, "remote_port", neighbour.port.empty() ? "?" : neighbour.port);
  }
  auto& section = reading.section();
  for (auto& [mac, device] : devices) section.items.push_back(std::move(device));
  for (auto& [mac, link] : links) section.relationships.push_back(std::move(link));
}

}  // namespace censo::scanner
