#include "collector/scanner/inventory_device.h"

#include "base/text.h"
#include "collector/scanner/devices/device_identity.h"
#include "collector/scanner/devices/device_type.h"
#include "collector/scanner/devices/vendor_names.h"
#include "collector/scanner/tables/device_tables.h"

#include <array>

namespace censo::scanner {
namespace {

// What the definition finds beyond the standard sections.
void read_definition(Reading& reading, DeviceIdentity& identity, const DeviceParts& parts) {
  const bool is_computer = reading.report().subject_class == "server";
  const auto kernel = inventory::subject_text(reading.report(), "kernel_release");
  reading.begin("device");
  auto& attributes = reading.section().attributes;
  for (const auto attribute : device_attributes) {
    // The class of a computer says its type, and only computers have an architecture.
    if (attribute == (is_computer ? "device_type" : "architecture")) continue;
    auto value = identity.find(attribute, parts);
    if (attribute == "os_version" && value == kernel) continue;  // of the system itself nothing is known
    attributes.set(attribute, std::move(value));
  }
  attributes.set("model", without_maker(attributes.text("model"), attributes.text("manufacturer")));
  if (!is_computer) attributes.set("definition", identity.match().definition);
}

void read_vlans(Reading& reading, DeviceIdentity& identity) {
  reading.begin("vlans");
  for (const auto& [number, name] : identity.vlans()) {
    inventory::Item item{.class_name = "device_vlan", .ref = {}, .owner = {}, .attributes = {}};
    item.attributes.set("number", number);
    item.attributes.set("name", name);
    reading.section().items.push_back(std::move(item));
  }
  reading.rows().vlans = reading.section().items.size();
}

// The scanned address is of several routers: one of the device's own at the same port is where it is managed.
void manage_by_own_address(inventory::Report& report, const std::string& scanned) {
  const auto is_ipv6 = [](const std::string& address) { return address.find(':') != address.npos; };
  std::string port, own;
  for (const auto& section : report.sections) {
    for (const auto& item : section.items) {
      const auto address = item.attributes.text("address");
      if (item.class_name == "virtual_address" && address == scanned) port = item.attributes.text("port");
      const bool fits = item.class_name == "ip_interface" && item.attributes.text("port") == port &&
                        is_ipv6(address) == is_ipv6(scanned);
      if (fits && own.empty()) own = address;
    }
  }
  for (auto& section : report.sections)
    if (section.name == "system" && report.subject_class != "server")
      section.attributes.set("management_address", own);
}

std::string first_mac(const inventory::Report& report) {
  for (const auto& section : report.sections) {
    if (auto mac = section.attributes.text("base_mac"); !mac.empty()) return mac;
    const auto* all = section.attributes.find("mac_addresses");
    const auto* list = all ? std::get_if<inventory::TextList>(all) : nullptr;
    if (list && !list->empty()) return list->front();
  }
  return {};
}

}  // namespace

base::Result<DeviceInventory> inventory_device(SnmpSession& session, const DeviceCatalog& catalog,
                                               const ScanTarget& target, base::TimeMs now) {
  // sysUpTime alone first: cheap to try with each credential, and present wherever the others are.
  static const std::array probe{oid_of({1, 3, 6, 1, 2, 1, 1, 3, 0}), oid_of({1, 3, 6, 1, 2, 1, 1, 2, 0})};
  if (const auto answer = session.get(probe); !answer) return answer.error();

  DeviceInventory inventory;
  auto& report = inventory.report;
  report.origin.kind = inventory::OriginKind::scanner;
  report.taken_at = now;
  Reading reading(session, inventory);
  reading.begin("system");
  const Scalars scalars = read_scalars(reading);
  if (!reading.section().complete) return to_error(session.last_failure());
  const auto signature = signature_of(scalars);
  DeviceIdentity identity(reading, catalog, signature);
  read_system(reading, scalars, target, identity.find("device_type", {}));
  PortNames ports;
  read_interfaces(reading, ports);
  read_aggregates(reading, ports);
  read_media(reading);
  read_port_vlans(reading, signature);
  const auto of_several = read_virtual_addresses(reading, signature, ports);
  read_addresses(reading, ports, of_several);
  if (of_several.contains(target.address)) manage_by_own_address(report, target.address);
  DeviceParts parts;
  parts.entities = read_entities(reading);
  if (parts.entities.empty()) {
    reading.section().items = identity.parts();
    reading.rows().entities = reading.section().items.size();
  }
  read_power(reading, signature, ports, parts.entities);
  read_supplies(reading, scalars);
  read_lldp(reading, ports);
  read_neighbours(reading, ports);
  read_vlans(reading, identity);
  read_spanning_tree(reading, scalars, ports);
  read_forwarding(reading, signature, ports);
  read_routing_peers(reading, scalars, signature, ports);
  parts.mac = first_mac(report);
  read_definition(reading, identity, parts);
  read_address_pairs(reading, ports);  // last: a router may have more than the device's limits allow
  inventory.match = identity.match();
  if (const auto cut = session.usage().cut_strings; cut > 0) {
    reading.note("limit_exceeded", std::to_string(cut) + " values longer than allowed were cut", "");
  }
  inventory::seal(report);
  return inventory;
}

}  // namespace censo::scanner
