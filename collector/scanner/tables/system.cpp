// SNMPv2-MIB (RFC 3418), SNMP-FRAMEWORK-MIB (RFC 3411), and one or two scalars each of IP-MIB (4293),
// BRIDGE-MIB (4188), LLDP-MIB (IEEE 802.1AB), HOST-RESOURCES-MIB (2790), Printer-MIB (3805) and UPS-MIB
// (1628) that tell the device's class, BGP4-MIB (4273), OSPF-MIB (4750) and OSPFV3-MIB (5643) that are there.
#include "base/digest.h"
#include "base/text.h"
#include "collector/scanner/devices/device_type.h"
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/tables/lldp_values.h"
#include "collector/scanner/varbind.h"

#include <algorithm>
#include <array>
#include <vector>

namespace censo::scanner {
namespace {

const Oid sys_descr = oid_of({1, 3, 6, 1, 2, 1, 1, 1, 0});
const Oid sys_object_id = oid_of({1, 3, 6, 1, 2, 1, 1, 2, 0});
const Oid sys_up_time = oid_of({1, 3, 6, 1, 2, 1, 1, 3, 0});
const Oid sys_contact = oid_of({1, 3, 6, 1, 2, 1, 1, 4, 0});
const Oid sys_name = oid_of({1, 3, 6, 1, 2, 1, 1, 5, 0});
const Oid sys_location = oid_of({1, 3, 6, 1, 2, 1, 1, 6, 0});
const Oid sys_services = oid_of({1, 3, 6, 1, 2, 1, 1, 7, 0});
const Oid engine_id = oid_of({1, 3, 6, 1, 6, 3, 10, 2, 1, 1, 0});
const Oid ip_forwarding = oid_of({1, 3, 6, 1, 2, 1, 4, 1, 0});
const Oid bridge_address = oid_of({1, 3, 6, 1, 2, 1, 17, 1, 1, 0});
const Oid bridge_ports = oid_of({1, 3, 6, 1, 2, 1, 17, 1, 2, 0});
const Oid lldp_chassis_subtype = oid_of({1, 0, 8802, 1, 1, 2, 1, 3, 1, 0});
const Oid lldp_chassis = oid_of({1, 0, 8802, 1, 1, 2, 1, 3, 2, 0});
const Oid lldp_enabled = oid_of({1, 0, 8802, 1, 1, 2, 1, 3, 6, 0});
const Oid bgp_local_as = oid_of({1, 3, 6, 1, 2, 1, 15, 2, 0});
const Oid ospf_router_id = oid_of({1, 3, 6, 1, 2, 1, 14, 1, 1, 0});
const Oid ospfv3_router_id = oid_of({1, 3, 6, 1, 2, 1, 191, 1, 1, 1, 0});
const Oid host_up_time = oid_of({1, 3, 6, 1, 2, 1, 25, 1, 1, 0});
const Oid printer_changes = oid_of({1, 3, 6, 1, 2, 1, 43, 5, 1, 1, 1, 1});
const Oid ups_manufacturer = oid_of({1, 3, 6, 1, 2, 1, 33, 1, 1, 1, 0});
const Oid ups_model = oid_of({1, 3, 6, 1, 2, 1, 33, 1, 1, 2, 0});

// sysObjectIDs that name an operating system for any hardware, not a device: Net-SNMP (both of its trees) and
// Windows.
bool is_general_purpose(const Scalars& scalars) {
  static const std::array systems{oid_of({1, 3, 6, 1, 4, 1, 8072, 3, 2}),
                                  oid_of({1, 3, 6, 1, 4, 1, 2021, 250}),
                                  oid_of({1, 3, 6, 1, 4, 1, 311, 1, 1, 3})};
  const auto* bind = scalars.find(sys_object_id);
  const auto* oid = bind ? std::get_if<Oid>(&bind->value) : nullptr;
  return oid &&
         std::any_of(systems.begin(), systems.end(), [&](const Oid& s) { return oid->starts_with(s); });
}

// What a device does in the network by the standard MIBs; the first rule that fits.
std::string_view network_class(const Scalars& scalars, bool bridges) {
  const auto capabilities = lldp_capabilities(scalars.octets(lldp_enabled));
  constexpr std::int64_t network_layer = 4;  // bit of sysServices
  if (capabilities.access_point) return "access_point";
  if (bridges) return "switch";
  const bool routes = capabilities.router || (scalars.integer(sys_services) & network_layer);
  if (scalars.integer(ip_forwarding) == 1 && routes) return "router";
  return "network_device";
}

// The definition's word wins, but "server" of an operating system for any hardware says less than what the
// device does.
std::string_view class_of(const Scalars& scalars, std::string_view type) {
  const auto by_type = class_of_type(type);
  const bool is_system = is_general_purpose(scalars);
  if (!by_type.empty() && !(by_type == "server" && is_system)) return by_type;
  const bool bridges =
      lldp_capabilities(scalars.octets(lldp_enabled)).bridge || scalars.integer(bridge_ports) > 0;
  if (scalars.has(printer_changes)) return "printer";
  if (scalars.has(ups_manufacturer) || scalars.has(ups_model)) return "power_device";
  const bool is_host = by_type == "server" || (scalars.has(host_up_time) && type != "network");
  return is_system && is_host && !bridges ? "server" : network_class(scalars, bridges);
}

// To ten minutes, so that the same start is the same text although clocks drift and answers take their time.
std::string start_time(base::TimeMs now, const VarBind& up_time) {
  constexpr base::TimeMs step = 10 * 60 * 1000;
  const auto ticks = integer_of(up_time).value_or(0);
  const auto start = now - ticks * 10;
  return base::to_iso8601(start - start % step);
}

std::string engine_id_of(const Scalars& scalars) {
  const auto octets = scalars.octets(engine_id);
  if (octets.size() < 5 || octets.size() > 32) return {};  // SnmpEngineID of RFC 3411, 5
  return base::to_hex(std::vector<std::uint8_t>(octets.begin(), octets.end()));
}

// The address that neighbours see in LLDP comes first: by it both ends of a link name the same device.
std::string base_mac_of(const Scalars& scalars) {
  constexpr std::int64_t mac_subtype = 4;
  if (scalars.integer(lldp_chassis_subtype) == mac_subtype) {
    const auto mac = mac_of_octets(scalars.octets(lldp_chassis));
    if (!mac.empty()) return mac;
  }
  return scalars.bridge_address();
}

// Net-SNMP's sysDescr is what uname(1) says: "Linux name release version machine".
void describe_server(const Scalars& scalars, inventory::Attributes& attributes) {
  const auto name = scalars.text(sys_name);
  attributes.set("host_name", std::string(name.substr(0, name.find('.'))));
  if (name.find('.') != name.npos) attributes.set("fqdn", name);
  const auto description = scalars.text(sys_descr);
  const auto words = base::split_words(description);
  if (words.size() >= 4 && base::equal_ignoring_case(words[1], name)) {
    attributes.set("os_name", words[0]);
    attributes.set("kernel_release", words[2]);
  }
}

void describe_network_device(const Scalars& scalars, const ScanTarget& target,
                             inventory::Attributes& attributes) {
  attributes.set("sys_name", scalars.text(sys_name));
  attributes.set("sys_description", scalars.text(sys_descr));
  attributes.set("sys_object_id", scalars.text(sys_object_id));
  attributes.set("sys_contact", scalars.text(sys_contact));
  attributes.set("sys_location", scalars.text(sys_location));
  attributes.set("base_mac", base_mac_of(scalars));
  attributes.set("management_address", target.address);
}

}  // namespace

const VarBind* Scalars::find(const Oid& oid) const {
  const auto found = binds_.find(oid);
  return found == binds_.end() ? nullptr : &found->second;
}
std::string Scalars::text(const Oid& oid) const {
  const auto* bind = find(oid);
  return bind ? text_of(*bind) : std::string();
}
std::int64_t Scalars::integer(const Oid& oid) const {
  const auto* bind = find(oid);
  return bind ? integer_of(*bind).value_or(0) : 0;
}
std::string Scalars::octets(const Oid& oid) const {
  const auto* bind = find(oid);
  return bind ? octets_of(*bind) : std::string();
}

std::string Scalars::bridge_address() const {
  return mac_of_octets(octets(scanner::bridge_address));
}

std::optional<std::int64_t> Scalars::bgp_as() const {
  if (!has(bgp_local_as)) return std::nullopt;
  return integer(bgp_local_as);
}
bool Scalars::prints() const {
  return has(printer_changes);
}
bool Scalars::routes_by_ospf() const {
  return has(ospf_router_id);
}
bool Scalars::routes_by_ospfv3() const {
  return has(ospfv3_router_id);
}

Scalars read_scalars(Reading& reading) {
  return Scalars(reading.values(
      {sys_descr,    sys_object_id,  sys_up_time,     sys_contact,     sys_name,         sys_location,
       sys_services, engine_id,      ip_forwarding,   bridge_address,  bridge_ports,     lldp_chassis_subtype,
       lldp_chassis, lldp_enabled,   host_up_time,    printer_changes, ups_manufacturer, ups_model,
       bgp_local_as, ospf_router_id, ospfv3_router_id}));
}

// Some agents write the identifier as text.
Oid object_id_of(const Scalars& scalars) {
  const auto* bind = scalars.find(sys_object_id);
  if (!bind) return {};
  if (const auto* oid = std::get_if<Oid>(&bind->value)) return *oid;
  const auto written = parse_oid(text_of(*bind));
  return written && written->arcs.size() > 1 ? *written : Oid{};
}

DeviceSignature signature_of(const Scalars& scalars) {
  return {object_id_of(scalars), scalars.text(sys_descr), scalars.text(sys_name)};
}

void read_system(Reading& reading, const Scalars& scalars, const ScanTarget& target, std::string_view type) {
  auto& report = reading.report();
  report.subject_class = class_of(scalars, type);
  report.subject_name = scalars.text(sys_name).empty() ? target.address : scalars.text(sys_name);

  const bool is_server = report.subject_class == "server";
  auto& attributes = reading.section().attributes;
  if (is_server) {
    describe_server(scalars, attributes);
  } else {
    describe_network_device(scalars, target, attributes);
  }
  attributes.set("snmp_engine_id", engine_id_of(scalars));
  // A host's agent may have been started long after the host.
  const auto* up_time = scalars.find(is_server && scalars.has(host_up_time) ? host_up_time : sys_up_time);
  if (up_time) attributes.set("last_boot", start_time(report.taken_at, *up_time));
}

}  // namespace censo::scanner
