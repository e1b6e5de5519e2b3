// Network interfaces from /sys/class/net (sysfs-class-net), their addresses and what only rtnetlink tells.
#include "agent/attributes.h"
#include "agent/netlink_messages.h"
#include "agent/proc_net.h"
#include "agent/source.h"
#include "agent/sysfs_folder.h"
#include "base/text.h"

#include <linux/netlink.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

namespace censo::agent::sources {
namespace {

constexpr std::string_view net_folder = "/sys/class/net/";
constexpr std::size_t max_interfaces = 5000;
constexpr std::int64_t loopback_type = 772;  // ARPHRD_LOOPBACK of linux/if_arp.h
constexpr std::array<std::int64_t, 6> tunnel_types{512, 768, 769,
                                                   776, 778, 823};  // PPP, IPIP, IP6, SIT, GRE, IP6GRE
constexpr std::array<std::string_view, 12> tunnel_kinds{"vxlan",     "gre",    "gretap", "ip6gre",
                                                        "ip6gretap", "erspan", "ipip",   "sit",
                                                        "ip6tnl",    "geneve", "gtp",    "l2tp"};
// Encrypted by themselves, or by the program that made them.
constexpr std::array<std::string_view, 5> vpn_kinds{"wireguard", "xfrm", "vti", "vti6", "ovpn"};
constexpr std::array<std::string_view, 5> assign_types{"permanent", "random", "stolen", "set", ""};

struct Interface {
  std::string name, kind, mac, mac_assignment, permanent_mac, link_kind, wireless_network;
  int index = 0;
  std::uint16_t vlan_id = 0;
  std::vector<std::string> files;  // of its folder
  std::string folder;              // with a slash behind
  std::vector<AddressRow> addresses;
};

std::string read_word(const Host& host, const std::string& path) {
  const auto text = host.read_file(path, 4096);
  return text ? base::sanitize_utf8(base::trim(*text), 256) : std::string{};
}

std::optional<std::int64_t> read_number(const Host& host, const std::string& path) {
  return base::parse_integer(read_word(host, path));
}

template <class List, class Wanted>
bool contains(const List& list, const Wanted& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

// "DEVTYPE=vlan" of the uevent file; devices and plain interfaces have none.
std::string device_type(const Host& host, const std::string& folder) {
  const auto text = host.read_file(folder + "uevent", 4096);
  for (const std::string_view line : base::split(text ? std::string_view(*text) : std::string_view{}, '\n')) {
    if (line.starts_with("DEVTYPE=")) return std::string(line.substr(8));
  }
  return {};
}

// A tap in a bridge is a virtual machine's; a tun is a VPN program's.
std::string kind_of_tun(const Host& host, const Interface& interface) {
  constexpr std::int64_t tun = 1, tap = 2;
  const auto text = read_word(host, interface.folder + "tun_flags");
  const auto flags = base::parse_unsigned(text.starts_with("0x") ? text.substr(2) : text, 16).value_or(tap);
  if ((flags & tun) != 0) return "vpn";
  return contains(interface.files, "master") || contains(interface.files, "brport") ? "virtual" : "tunnel";
}

std::string kind_of(const Host& host, const Interface& interface) {
  const std::int64_t type = read_number(host, interface.folder + "type").value_or(0);
  if (type == loopback_type) return "loopback";
  const std::string device = device_type(host, interface.folder);
  const auto& files = interface.files;
  if (device == "wlan" || contains(files, "wireless") || contains(files, "phy80211")) return "wireless";
  if (device == "bluetooth" || interface.name.starts_with("bnep")) return "bluetooth";
  for (const std::string_view kind : {"bridge", "bond", "vlan"}) {
    if (device == kind || interface.link_kind == kind) return std::string(kind);
  }
  if (contains(files, "bonding")) return "bond";
  if (contains(files, "bridge")) return "bridge";
  if (contains(vpn_kinds, device) || contains(vpn_kinds, interface.link_kind)) return "vpn";
  if (contains(files, "tun_flags")) return kind_of_tun(host, interface);
  const bool tunnel = contains(tunnel_types, type) || contains(tunnel_kinds, device) ||
                      contains(tunnel_kinds, interface.link_kind);
  if (tunnel) return "tunnel";
  return contains(files, "device") ? "physical" : "virtual";
}

// Where the driver cannot tell, a bond knows what its members had: /proc/net/bonding/<bond>.
std::map<std::string, std::string> permanent_macs_of_bonds(const Host& host) {
  std::map<std::string, std::string> macs;
  const auto bonds = host.list_folder("/proc/net/bonding");
  if (!bonds) return macs;
  for (const std::string& bond : *bonds) {
    const auto text = host.read_file("/proc/net/bonding/" + bond);
    std::string member;
    for (const std::string_view line :
         base::split(text ? std::string_view(*text) : std::string_view{}, '\n')) {
      constexpr std::string_view interface = "Slave Interface: ", address = "Permanent HW addr: ";
      if (line.starts_with(interface)) member = base::trim(line.substr(interface.size()));
      if (!line.starts_with(address)) continue;
      if (const auto mac = base::canonical_mac(base::trim(line.substr(address.size())))) macs[member] = *mac;
    }
  }
  return macs;
}

std::string mac_at(const Host& host, const std::string& path) {
  const auto mac = base::canonical_mac(read_word(host, path));
  return mac && *mac != "00:00:00:00:00:00" ? *mac : std::string{};
}

base::Result<std::vector<AddressRow>> read_addresses(const Host& host) {
  if (const auto dump = host.netlink_dump(NETLINK_ROUTE, address_dump_request(), "route-addresses")) {
    return parse_addresses(*dump);
  }
  std::vector<AddressRow> rows;
  const auto routes = host.read_file("/proc/net/route", 8 * 1024 * 1024);
  const auto trie = host.read_file("/proc/net/fib_trie", 8 * 1024 * 1024);
  if (routes && trie) rows = parse_fib_trie(*trie, parse_ipv4_routes(*routes));
  if (const auto ipv6 = host.read_file("/proc/net/if_inet6")) {
    const auto more = parse_if_inet6(*ipv6);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

std::vector<LinkRow> read_links(const Host& host) {
  const auto dump = host.netlink_dump(NETLINK_ROUTE, link_dump_request(), "route-links");
  if (!dump) return {};
  auto links = parse_links(*dump);
  return links ? std::move(*links) : std::vector<LinkRow>{};
}

// Which network each wireless interface is in; only asked where there is one.
void take_wireless_networks(const Host& host, std::vector<Interface>& interfaces) {
  const bool any = std::any_of(interfaces.begin(), interfaces.end(),
                               [](const Interface& interface) { return interface.kind == "wireless"; });
  if (!any) return;
  const auto families = host.netlink_dump(NETLINK_GENERIC, family_dump_request(), "generic-families");
  const auto family = families ? parse_family(*families, "nl80211") : base::Result<std::uint16_t>(0);
  if (!family || *family == 0) return;
  const auto dump = host.netlink_dump(NETLINK_GENERIC, wireless_dump_request(*family), "wireless-interfaces");
  const auto rows =
      dump ? parse_wireless(*dump, *family) : base::Result<std::vector<WirelessRow>>(dump.error());
  for (const auto& row : rows ? *rows : std::vector<WirelessRow>()) {
    for (auto& interface : interfaces) {
      if (interface.index == row.index) interface.wireless_network = row.network;
    }
  }
}

std::vector<Interface> read_interfaces(const Host& host, const std::vector<std::string>& names) {
  const auto links = read_links(host);
  const auto bonded = permanent_macs_of_bonds(host);
  std::vector<Interface> interfaces;
  for (const std::string& name : names) {
    const SysfsFolder place(host, std::string(net_folder) + name);
    const std::string folder = place.path() + "/";
    const auto index = read_number(host, folder + "ifindex");
    if (!index) continue;  // a file such as bonding_masters
    Interface& interface = interfaces.emplace_back();
    interface.name = name;
    interface.index = static_cast<int>(*index);
    interface.folder = folder;
    interface.files = place.names();
    const auto link =
        std::find_if(links.begin(), links.end(), [&](const LinkRow& row) { return row.name == name; });
    if (link != links.end()) {
      interface.permanent_mac = link->permanent_mac;
      interface.link_kind = link->kind;
      interface.vlan_id = link->vlan_id;
    }
    if (const auto mac = bonded.find(name); interface.permanent_mac.empty() && mac != bonded.end()) {
      interface.permanent_mac = mac->second;
    }
    interface.kind = kind_of(host, interface);
    interface.mac = mac_at(host, folder + "address");
    const auto assignment = read_number(host, folder + "addr_assign_type").value_or(4);
    interface.mac_assignment =
        assign_types[assignment >= 0 && assignment < 4 ? static_cast<std::size_t>(assignment) : 4];
  }
  return interfaces;
}

void give_addresses(const std::vector<AddressRow>& rows, std::vector<Interface>& interfaces) {
  for (const AddressRow& row : rows) {
    const auto owner = std::find_if(interfaces.begin(), interfaces.end(), [&](const Interface& interface) {
      return row.interface_index != 0 ? interface.index == row.interface_index
                                      : interface.name == row.interface_name;
    });
    if (owner != interfaces.end()) owner->addresses.push_back(row);
  }
}

bool has_device(const Interface& interface) {
  return interface.kind == "physical" || interface.kind == "wireless";
}

// A bridge without a way out (Docker's, libvirt's) has the same address on every host.
bool leads_out(const Host& host, const Interface& interface, const std::vector<Interface>& interfaces) {
  if (interface.kind != "bridge") return interface.kind != "loopback";
  const auto ports = host.list_folder(interface.folder + "brif");
  return ports && std::any_of(interfaces.begin(), interfaces.end(), [&](const Interface& port) {
           return (has_device(port) || port.kind == "bond" || port.kind == "vlan") &&
                  contains(*ports, port.name);
         });
}

// The host's end of a container's link comes and goes with the container, under another name each time.
bool is_end_of_container_link(const Interface& interface) {
  return interface.link_kind == "veth" &&
         std::all_of(interface.addresses.begin(), interface.addresses.end(),
                     [](const AddressRow& row) { return is_link_local(row.address); });
}

bool identifies(const AddressRow& row) {
  const IpAddress& address = row.address;
  return !row.temporary && !is_loopback(address) && !is_link_local(address) && !is_unspecified(address);
}

void set_addresses(const Interface& interface, inventory::Attributes& attributes) {
  inventory::TextList lasting, temporary;
  for (const AddressRow& row : interface.addresses) {
    (row.temporary ? temporary : lasting).push_back(to_text(row.address) + "/" + std::to_string(row.prefix));
  }
  std::sort(lasting.begin(), lasting.end());
  std::sort(temporary.begin(), temporary.end());
  attributes.set("addresses", std::move(lasting));
  attributes.set("temporary_addresses", std::move(temporary));
}

// What it is made of: ports of a bridge, members of a bond, the interface below a VLAN.
void set_members(const Host& host, const Interface& interface, inventory::Attributes& attributes) {
  inventory::TextList members;
  for (const std::string& file : interface.files) {
    if (file.starts_with("lower_")) members.push_back(file.substr(6));
  }
  attributes.set("members", std::move(members));
  if (interface.kind == "vlan") set_count(attributes, "vlan_id", interface.vlan_id);
  if (interface.kind != "bond") return;
  const auto mode = read_word(host, interface.folder + "bonding/mode");  // "802.3ad 4"
  set_text(attributes, "bond_mode", mode.substr(0, mode.find(' ')));
}

// Where the adapter sits: adapters in docks and on cables are on USB, whichever machine they are at.
void set_place(const Host& host, const Interface& interface, inventory::Attributes& attributes) {
  if (!contains(interface.files, "device")) return;
  const SysfsFolder device(host, interface.folder + "device");
  const auto& path = device.path();
  const auto has = [&](std::string_view part) { return path.find(part) != std::string::npos; };
  const char* bus = has("/usb")                       ? "usb"
                    : has("/virtio")                  ? "virtio"
                    : has("/mmc_host")                ? "sdio"
                    : has("/VMBUS:") || has("/vmbus") ? "vmbus"
                    : has("/vif-")                    ? "xen"
                    : has("/pci")                     ? "pci"
                                                      : "";
  set_text(attributes, "attachment", bus);
  if (std::string_view(bus) == "pci") set_text(attributes, "slot", device.name());
}

void add_interface(const Host& host, const Interface& interface, SourceOutput& out) {
  const std::string& folder = interface.folder;
  auto& attributes = out.add("network_interface").attributes;
  set_text(attributes, "name", interface.name);
  set_text(attributes, "kind", interface.kind);
  set_text(attributes, "mac", interface.mac);
  if (!interface.mac.empty()) set_text(attributes, "mac_assignment", interface.mac_assignment);
  set_text(attributes, "permanent_mac", interface.permanent_mac);
  set_count(attributes, "mtu", read_number(host, folder + "mtu"));
  set_text(attributes, "state", read_word(host, folder + "operstate"));
  if (const auto driver = host.read_link(folder + "device/driver")) {
    set_text(attributes, "driver", std::string_view(*driver).substr(driver->rfind('/') + 1));
  }
  set_addresses(interface, attributes);
  set_text(attributes, "wireless_network", interface.wireless_network);
  set_members(host, interface, attributes);
  set_place(host, interface, attributes);
  // Virtual links and tunnels tell a made-up speed, and unknown is -1 or the same without a sign.
  constexpr std::int64_t unknown_speed = 0xffffffff;
  const auto speed_mbps = read_number(host, folder + "speed");
  if ((has_device(interface) || interface.kind == "bond") && speed_mbps && *speed_mbps < unknown_speed) {
    set_count(attributes, "speed_mbps", speed_mbps);
  }
  const std::string duplex = read_word(host, folder + "duplex");
  if (duplex != "unknown") set_text(attributes, "duplex", duplex);
}

void set_identifiers(const Host& host, const std::vector<Interface>& interfaces,
                     inventory::Attributes& subject) {
  std::set<std::string> ip_addresses, macs;
  for (const Interface& interface : interfaces) {
    const bool own_mac = interface.mac_assignment != "random";
    if (has_device(interface) && !interface.permanent_mac.empty()) macs.insert(interface.permanent_mac);
    if (has_device(interface) && interface.permanent_mac.empty() && own_mac) macs.insert(interface.mac);
    if (!leads_out(host, interface, interfaces)) continue;
    for (const AddressRow& row : interface.addresses) {
      if (identifies(row)) ip_addresses.insert(to_text(row.address));
    }
  }
  macs.erase("");
  subject.set("ip_addresses", inventory::TextList(ip_addresses.begin(), ip_addresses.end()));
  subject.set("mac_addresses", inventory::TextList(macs.begin(), macs.end()));
}

}  // namespace

base::Result<void> network_interfaces(const Host& host, SourceOutput& out) {
  auto names = host.list_folder(net_folder);
  if (!names) return names.error();
  if (names->size() > max_interfaces) {
    out.partial(base::fail(base::Errc::limit_exceeded,
                           "expected at most " + std::to_string(max_interfaces) + " interfaces, found " +
                               std::to_string(names->size()),
                           std::string(net_folder)));
    names->resize(max_interfaces);
  }
  auto interfaces = read_interfaces(host, *names);
  take_wireless_networks(host, interfaces);
  const auto addresses = read_addresses(host);
  if (addresses) {
    give_addresses(*addresses, interfaces);
  } else {
    out.partial(addresses.error());
  }
  std::erase_if(interfaces, is_end_of_container_link);
  for (const Interface& interface : interfaces) add_interface(host, interface, out);
  set_identifiers(host, interfaces, out.section.attributes);
  return {};
}

}  // namespace censo::agent::sources
