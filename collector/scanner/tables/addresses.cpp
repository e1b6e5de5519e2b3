// IP-MIB (RFC 4293): ipAddressTable, and for devices without it the older ipAddrTable.
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/tables/ip_index.h"
#include "collector/scanner/varbind.h"

#include <bit>
#include <set>

namespace censo::scanner {
namespace {

const Oid address_entry = oid_of({1, 3, 6, 1, 2, 1, 4, 34, 1});
enum : std::uint32_t { address_port = 3, address_type = 4, address_prefix = 5 };
const Oid old_entry = oid_of({1, 3, 6, 1, 2, 1, 4, 20, 1});
enum : std::uint32_t { old_port = 2, old_mask = 3 };

struct IpAddress {
  std::string octets;
  std::int64_t port = 0;
  std::int64_t prefix_length = -1;  // not known
};

// A pointer to the row of ipAddressPrefixTable, whose last index is the length.
std::int64_t prefix_length_of(const TableRow& row) {
  static const auto prefix_entry = oid_of({1, 3, 6, 1, 2, 1, 4, 32, 1});
  const auto* bind = row.find(address_prefix);
  const auto* oid = bind ? std::get_if<Oid>(&bind->value) : nullptr;
  if (!oid || !oid->starts_with(prefix_entry) || oid->arcs.back() > 128) return -1;
  return oid->arcs.back();
}

std::vector<IpAddress> present_addresses(Reading& reading) {
  std::vector<IpAddress> found;
  constexpr std::int64_t unicast = 1;
  for (const auto& [index, row] :
       reading.table(address_entry, {address_port, address_type, address_prefix})) {
    const auto type = row.integer(address_type);
    if (type != 0 && type != unicast) continue;
    found.push_back({octets_of_ip_index(index), row.integer(address_port), prefix_length_of(row)});
  }
  return found;
}

std::vector<IpAddress> old_addresses(Reading& reading) {
  std::vector<IpAddress> found;
  for (const auto& [index, row] : reading.table(old_entry, {old_port, old_mask})) {
    IpAddress address{index.size() == 4 ? octets_from(index, 0) : std::string(), row.integer(old_port), -1};
    const auto* mask = row.find(old_mask);
    const auto octets = mask ? octets_of(*mask) : std::string();
    if (octets.size() == 4) {
      address.prefix_length = 0;
      for (const char octet : octets)
        address.prefix_length += std::popcount(static_cast<unsigned char>(octet));
    }
    found.push_back(std::move(address));
  }
  return found;
}

}  // namespace

void read_addresses(Reading& reading, const PortNames& names, const std::set<std::string>& of_several) {
  reading.begin("addresses");
  auto addresses = present_addresses(reading);
  if (addresses.empty()) addresses = old_addresses(reading);
  std::set<std::string> seen, reachable;
  for (const auto& address : addresses) {
    const auto text = address_of_octets(address.octets);
    if (text.empty() || is_loopback_or_none(address.octets) || of_several.contains(text)) continue;
    if (!seen.insert(text).second) continue;
    inventory::Item item{.class_name = "ip_interface", .ref = {}, .owner = {}, .attributes = {}};
    item.attributes.set("address", text);
    if (address.prefix_length >= 0) item.attributes.set("prefix_length", address.prefix_length);
    const auto port = names.by_index.find(address.port);
    if (port != names.by_index.end()) item.attributes.set("port", port->second);
    reading.section().items.push_back(std::move(item));
    if (!is_link_local(address.octets)) reachable.insert(text);
  }
  reading.section().attributes.set("ip_addresses", inventory::TextList(reachable.begin(), reachable.end()));
}

}  // namespace censo::scanner
