// ipNetToPhysicalTable of IP-MIB (RFC 4293), and for devices without it ipNetToMediaTable (RFC 1213): what
// ARP and neighbour discovery found out.
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/tables/ip_index.h"
#include "collector/scanner/varbind.h"

#include <set>
#include <string>
#include <utility>

namespace censo::scanner {
namespace {

// Both have the MAC address and the type in these columns.
const Oid pair_entry = oid_of({1, 3, 6, 1, 2, 1, 4, 35, 1});
enum : std::uint32_t { pair_mac = 4, pair_type = 6 };
const Oid old_entry = oid_of({1, 3, 6, 1, 2, 1, 4, 22, 1});
enum : std::uint32_t { old_mac = 2, old_type = 4 };

struct Pair {
  std::int64_t port = 0;
  std::string octets;  // of the IP address
  std::string mac;
};

std::string mac_in(const TableRow& row, std::uint32_t column) {
  const auto* bind = row.find(column);
  return bind ? mac_of(*bind) : std::string();
}

// Neither what is no longer valid nor the device's own.
bool is_of_another(std::int64_t type) {
  constexpr std::int64_t invalid = 2, local = 5;
  return type != invalid && type != local;
}

std::vector<Pair> pairs_of(Reading& reading) {
  std::vector<Pair> found;
  for (const auto& [index, row] : reading.table(pair_entry, {pair_mac, pair_type})) {
    if (index.empty() || !is_of_another(row.integer(pair_type))) continue;
    found.push_back({index[0], octets_of_ip_index({index.begin() + 1, index.end()}), mac_in(row, pair_mac)});
  }
  if (!found.empty()) return found;
  for (const auto& [index, row] : reading.table(old_entry, {old_mac, old_type})) {
    if (index.size() != 5 || !is_of_another(row.integer(old_type))) continue;
    found.push_back({index[0], octets_from(index, 1), mac_in(row, old_mac)});
  }
  return found;
}

// A group's address (IEEE 802, the first bit) is nobody's.
bool is_group(const std::string& mac) {
  constexpr std::string_view odd = "13579bdf";
  return odd.find(mac[1]) != odd.npos;
}

}  // namespace

void read_address_pairs(Reading& reading, const PortNames& names) {
  reading.begin("address_pairs");
  std::set<std::string> seen;
  for (const auto& [number, octets, mac] : pairs_of(reading)) {
    const auto address = address_of_octets(octets);
    if (address.empty() || mac.empty() || is_group(mac) || is_loopback_or_none(octets) ||
        is_link_local(octets))
      continue;
    if (!seen.insert(address).second) continue;
    inventory::Item item{.class_name = "address_pair", .ref = {}, .owner = {}, .attributes = {}};
    item.attributes.set("address", address);
    item.attributes.set("mac_address", mac);
    const auto port = names.by_index.find(number);
    if (port != names.by_index.end()) item.attributes.set("port", port->second);
    reading.section().items.push_back(std::move(item));
  }
}

}  // namespace censo::scanner
