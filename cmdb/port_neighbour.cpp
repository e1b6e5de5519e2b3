#include "cmdb/port_neighbour.h"

#include "base/text.h"
#include "cmdb/identifier.h"

#include <algorithm>
#include <array>

namespace censo::cmdb {
namespace {

using inventory::Attributes;
using Passes = PortNeighbour::Passes;

std::string mac_in(const std::string& text) {
  return canonical_identifier(IdentifierKind::mac, text);
}

Passes passes_of(const std::string& capabilities) {
  if (capabilities.empty()) return Passes::untold;
  const auto has = [&](std::string_view word) { return capabilities.find(word) != capabilities.npos; };
  if (has("telephone")) return Passes::nothing;
  static constexpr std::array<std::string_view, 4> gear{"bridge", "router", "access_point", "repeater"};
  return std::ranges::any_of(gear, has) ? Passes::on : Passes::nothing;
}

void add_mac(NeighbourNames& names, const std::string& text) {
  if (auto mac = mac_in(text); !mac.empty()) names.macs.push_back(std::move(mac));
}

void add_name(NeighbourNames& names, const std::string& text) {
  if (!text.empty() && text != "?" && mac_in(text).empty()) names.names.push_back(text);
}

PortNeighbour of_lldp(const Attributes& row) {
  PortNeighbour neighbour;
  neighbour.protocol = "lldp";
  neighbour.local_port = row.text("local_port");
  const std::string chassis = row.text("chassis_id"), port = row.text("port_id");
  neighbour.remote_mac = mac_in(port);
  const std::string description = row.text("port_description");
  const bool described = !neighbour.remote_mac.empty() && !description.empty();
  neighbour.remote_port = described ? description : port;
  add_mac(neighbour.names, chassis);
  add_mac(neighbour.names, port);
  neighbour.names.address = row.text("management_address");
  if (neighbour.names.address.empty())
    neighbour.names.address = canonical_identifier(IdentifierKind::address, chassis);
  add_name(neighbour.names, row.text("system_name"));
  add_name(neighbour.names, chassis);
  neighbour.passes = passes_of(row.text("capabilities"));
  return neighbour;
}

// Cisco's telephones are "SEP" and their MAC address, its Nexus switches a name and the serial number in
// brackets.
void add_device(NeighbourNames& names, std::string device) {
  add_mac(names, device);
  if (device.starts_with("SEP")) add_mac(names, device.substr(3));
  const auto bracket = device.find('(');
  if (bracket != device.npos && device.ends_with(')')) {
    names.serials.push_back(device.substr(bracket + 1, device.size() - bracket - 2));
    device.resize(bracket);
  }
  add_name(names, device);
}

PortNeighbour of_maker(const Attributes& row) {
  PortNeighbour neighbour;
  neighbour.protocol = row.text("protocol");
  neighbour.local_port = row.text("local_port");
  neighbour.remote_port = row.text("port_id");
  neighbour.names.address = row.text("management_address");
  add_device(neighbour.names, row.text("device_id"));
  const bool telephone = base::to_lower(row.text("platform")).find("phone") != std::string::npos;
  neighbour.passes = telephone ? Passes::nothing : Passes::untold;
  return neighbour;
}

}  // namespace

std::optional<PortNeighbour> port_neighbour(const inventory::Item& item) {
  if (item.class_name == "lldp_neighbour") return of_lldp(item.attributes);
  if (item.class_name == "discovered_neighbour") return of_maker(item.attributes);
  return std::nullopt;
}

}  // namespace censo::cmdb
