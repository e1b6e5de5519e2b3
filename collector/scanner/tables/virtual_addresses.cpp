// Addresses that several routers stand in for: VRRP-MIB (RFC 2787), VRRPV3-MIB (RFC 6527), CISCO-HSRP-MIB and
// CISCO-HSRP-EXT-MIB.
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/tables/ip_index.h"
#include "collector/scanner/tables/row_values.h"
#include "collector/scanner/varbind.h"

#include <array>
#include <string>
#include <utility>

namespace censo::scanner {
namespace {

// ifIndex, virtual router; the addresses have four arcs more.
const Oid vrrp_entry = oid_of({1, 3, 6, 1, 2, 1, 68, 1, 3, 1});
enum : std::uint32_t { vrrp_mac = 2, vrrp_state = 3, vrrp_priority = 5, vrrp_master = 7 };
const Oid vrrp_address_row = oid_of({1, 3, 6, 1, 2, 1, 68, 1, 4, 1, 2});
// ifIndex, virtual router, type of address; the addresses have their length and octets more.
const Oid vrrp3_entry = oid_of({1, 3, 6, 1, 2, 1, 207, 1, 1, 1, 1});
enum : std::uint32_t { vrrp3_master = 3, vrrp3_mac = 5, vrrp3_state = 6, vrrp3_priority = 7 };
const Oid vrrp3_address_row = oid_of({1, 3, 6, 1, 2, 1, 207, 1, 1, 2, 1, 2});
// ifIndex, group; the second addresses have four arcs more.
const Oid hsrp_entry = oid_of({1, 3, 6, 1, 4, 1, 9, 9, 106, 1, 2, 1, 1});
enum : std::uint32_t {
  hsrp_priority = 3,
  hsrp_address = 11,
  hsrp_active = 13,
  hsrp_standby = 14,
  hsrp_state = 15,
  hsrp_mac = 16
};
const Oid hsrp_second_row = oid_of({1, 3, 6, 1, 4, 1, 9, 9, 107, 1, 1, 2, 1, 2});
const Oid cisco = oid_of({1, 3, 6, 1, 4, 1, 9});

constexpr std::int64_t owners_priority = 255;  // RFC 5798, 6.1: whose own the address is
constexpr std::int64_t row_active = 1;

std::string_view vrrp_word(std::int64_t state) {
  constexpr std::array<std::string_view, 4> words{"", "initialize", "backup", "master"};
  return word_of(words, state);
}
std::string_view hsrp_word(std::int64_t state) {
  constexpr std::array<std::string_view, 7> words{"",      "initial", "learn", "listen",
                                                  "speak", "standby", "active"};
  return word_of(words, state);
}

class VirtualAddresses {
 public:
  VirtualAddresses(Reading& reading, const PortNames& names) : reading_(reading), names_(names) {}

  void read_vrrp() {
    const auto groups = reading_.rare_table(vrrp_entry, {vrrp_state, vrrp_mac, vrrp_priority, vrrp_master});
    if (groups.empty()) return;
    for (const auto& bind : reading_.column(vrrp_address_row)) {
      const auto index = index_of(bind, vrrp_address_row);
      if (index.size() != 6 || integer_of(bind) != row_active) continue;
      const auto group = groups.find({index[0], index[1]});
      if (group == groups.end()) continue;
      const auto& row = group->second;
      const bool is_owner = row.integer(vrrp_priority) == owners_priority;
      auto item = item_of("vrrp", index, octets_from(index, 2), is_owner);
      if (const auto* mac = row.find(vrrp_mac)) item.attributes.set("mac_address", mac_of(*mac));
      set_priority(item, row, vrrp_priority);
      item.attributes.set("state", vrrp_word(row.integer(vrrp_state)));
      item.attributes.set("active_router", address_in(row, vrrp_master));
      add(std::move(item));
    }
  }

  void read_vrrp3() {
    const auto groups =
        reading_.rare_table(vrrp3_entry, {vrrp3_state, vrrp3_mac, vrrp3_priority, vrrp3_master});
    if (groups.empty()) return;
    for (const auto& bind : reading_.column(vrrp3_address_row)) {
      const auto index = index_of(bind, vrrp3_address_row);
      if (index.size() < 4 || integer_of(bind) != row_active) continue;
      const auto group = groups.find({index[0], index[1], index[2]});
      if (group == groups.end()) continue;
      const auto& row = group->second;
      const bool is_owner = row.integer(vrrp3_priority) == owners_priority;
      auto item = item_of("vrrp", index, octets_of_ip_index({index.begin() + 2, index.end()}), is_owner);
      if (const auto* mac = row.find(vrrp3_mac)) item.attributes.set("mac_address", mac_of(*mac));
      set_priority(item, row, vrrp3_priority);
      item.attributes.set("state", vrrp_word(row.integer(vrrp3_state)));
      item.attributes.set("active_router", address_in(row, vrrp3_master));
      add(std::move(item));
    }
  }

  void read_hsrp() {
    const auto groups = reading_.rare_table(
        hsrp_entry, {hsrp_state, hsrp_address, hsrp_priority, hsrp_active, hsrp_standby, hsrp_mac});
    if (groups.empty()) return;
    for (const auto& [index, row] : groups) {
      const auto* bind = row.find(hsrp_address);
      if (bind && index.size() == 2) add_hsrp(index, row, octets_of(*bind));
    }
    for (const auto& bind : reading_.column(hsrp_second_row)) {
      const auto index = index_of(bind, hsrp_second_row);
      if (index.size() != 6 || integer_of(bind) != row_active) continue;
      const auto group = groups.find({index[0], index[1]});
      if (group != groups.end()) add_hsrp(index, group->second, octets_from(index, 2));
    }
  }

  std::set<std::string> take() {
    reading_.section().attributes.set("virtual_addresses", inventory::TextList(found_.begin(), found_.end()));
    return std::move(found_);
  }

 private:
  // Without an address where `octets` are none.
  inventory::Item item_of(std::string_view protocol, const TableIndex& index, const std::string& octets,
                          bool is_owner) {
    inventory::Item item{.class_name = "virtual_address", .ref = {}, .owner = {}, .attributes = {}};
    item.attributes.set("protocol", protocol);
    const auto port = names_.by_index.find(index[0]);
    item.attributes.set("port",
                        port == names_.by_index.end() ? "port " + std::to_string(index[0]) : port->second);
    item.attributes.set("group", std::int64_t{index[1]});
    if (!is_loopback_or_none(octets)) item.attributes.set("address", address_of_octets(octets));
    item.attributes.set("owner", is_owner);
    return item;
  }

  static void set_priority(inventory::Item& item, const TableRow& row, std::uint32_t column) {
    if (row.find(column)) item.attributes.set("priority", row.integer(column));
  }

  void add_hsrp(const TableIndex& index, const TableRow& row, const std::string& octets) {
    auto item = item_of("hsrp", index, octets, false);
    if (const auto* mac = row.find(hsrp_mac)) item.attributes.set("mac_address", mac_of(*mac));
    set_priority(item, row, hsrp_priority);
    item.attributes.set("state", hsrp_word(row.integer(hsrp_state)));
    item.attributes.set("active_router", address_in(row, hsrp_active));
    item.attributes.set("standby_router", address_in(row, hsrp_standby));
    add(std::move(item));
  }

  void add(inventory::Item item) {
    const auto address = item.attributes.text("address");
    if (address.empty()) return;
    const auto* owner = item.attributes.find("owner");
    if (owner && *owner == inventory::Value(false)) found_.insert(address);
    reading_.section().items.push_back(std::move(item));
  }

  Reading& reading_;
  const PortNames& names_;
  std::set<std::string> found_;
};

}  // namespace

std::set<std::string> read_virtual_addresses(Reading& reading, const DeviceSignature& device,
                                             const PortNames& names) {
  reading.begin("virtual_addresses");
  VirtualAddresses addresses(reading, names);
  addresses.read_vrrp();
  addresses.read_vrrp3();
  if (device.object_id.starts_with(cisco)) addresses.read_hsrp();
  return addresses.take();
}

}  // namespace censo::scanner
