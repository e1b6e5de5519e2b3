// Neighbours by protocols of makers: CISCO-CDP-MIB, FOUNDRY-SN-SWITCH-GROUP-MIB (FDP, and CDP as Foundry's
// switches hear it) and EXTREME-EDP-MIB.
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/varbind.h"

namespace censo::scanner {
namespace {

struct Columns {
  std::uint32_t address, version, device, port, platform;  // 0: the table has none
};
struct Protocol {
  std::string_view name;
  Oid entry;
  Columns columns;
};
const Protocol protocols[] = {
    {"cdp", oid_of({1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1}), {4, 5, 6, 7, 8}},
    {"fdp", oid_of({1, 3, 6, 1, 4, 1, 1991, 1, 1, 3, 20, 1, 2, 1, 1}), {5, 6, 3, 7, 8}},
    {"edp", oid_of({1, 3, 6, 1, 4, 1, 1916, 1, 13, 2, 1}), {0, 0, 3, 6, 0}},
};

std::string address_of(const TableRow& row, std::uint32_t column) {
  const auto* bind = row.find(column);
  return bind ? address_of_octets(octets_of(*bind)) : std::string();
}

// A device may be named by a MAC address instead of a text.
std::string device_of(const TableRow& row, std::uint32_t column) {
  const auto* bind = row.find(column);
  const auto mac = bind ? mac_of(*bind) : std::string();
  const auto text = row.text(column, 255);
  return text.size() >= 6 || mac.empty() ? text : mac;
}

inventory::Item item_of(const Protocol& protocol, const TableRow& row, std::string local_port) {
  const auto& columns = protocol.columns;
  inventory::Item item{.class_name = "discovered_neighbour", .ref = {}, .owner = {}, .attributes = {}};
  item.attributes.set("protocol", protocol.name);
  item.attributes.set("local_port", std::move(local_port));
  item.attributes.set("device_id", device_of(row, columns.device));
  const auto port = row.text(columns.port, 255);
  item.attributes.set("port_id", port.empty() ? "?" : port);
  item.attributes.set("platform", row.text(columns.platform, 255));
  item.attributes.set("software", row.text(columns.version, 255));
  item.attributes.set("management_address", address_of(row, columns.address));
  return item;
}

}  // namespace

void read_neighbours(Reading& reading, const PortNames& names) {
  reading.begin("neighbours");
  for (const auto& protocol : protocols) {
    const auto& columns = protocol.columns;
    // One question shows whether the device has the table at all.
    if (reading.column(below(protocol.entry, {columns.device})).empty()) continue;
    const auto table = reading.table(
        protocol.entry, {columns.device, columns.port, columns.address, columns.version, columns.platform});
    for (const auto& [index, row] : table) {
      if (index.empty() || row.text(columns.device).empty()) continue;
      const auto port = names.by_index.find(index[0]);
      auto name = port == names.by_index.end() ? "port " + std::to_string(index[0]) : port->second;
      reading.section().items.push_back(item_of(protocol, row, std::move(name)));
      ++reading.rows().neighbours;
    }
  }
}

}  // namespace censo::scanner
