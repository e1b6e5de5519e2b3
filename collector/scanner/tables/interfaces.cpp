// IF-MIB (RFC 2863): ifTable and ifXTable.
#include "base/text.h"
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/varbind.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace censo::scanner {
namespace {

const Oid if_entry = oid_of({1, 3, 6, 1, 2, 1, 2, 2, 1});
enum : std::uint32_t {
  if_descr = 2,
  if_type = 3,
  if_mtu = 4,
  if_speed = 5,
  if_mac = 6,
  if_admin = 7,
  if_oper = 8
};
const Oid ifx_entry = oid_of({1, 3, 6, 1, 2, 1, 31, 1, 1, 1});
enum : std::uint32_t { ifx_name = 1, ifx_high_speed = 15, ifx_alias = 18 };

std::string_view status_word(std::int64_t status) {
  constexpr std::string_view words[] = {"",        "up",      "down",        "testing",
                                        "unknown", "dormant", "not_present", "lower_layer_down"};
  return status >= 1 && status <= 7 ? words[status] : words[0];
}

// IANAifType-MIB: the types that people meet, the others as their number.
std::string type_word(std::int64_t type) {
  switch (type) {
    case 6: return "ethernet";
    case 23: return "ppp";
    case 24: return "loopback";
    case 53: return "virtual";
    case 71: return "wireless";
    case 131: return "tunnel";
    case 135: return "vlan";
    case 136: return "routed_vlan";
    case 161: return "aggregate";
    case 209: return "bridge";
    default: return type > 0 ? "type_" + std::to_string(type) : std::string();
  }
}

std::int64_t speed_of(const TableRow& row, const TableRow& extra) {
  constexpr std::int64_t saturated = 4'294'967'295;  // then only ifHighSpeed tells
  const auto speed = row.integer(if_speed);
  if (speed > 0 && speed < saturated) return speed;
  constexpr std::int64_t mega = 1'000'000;
  const auto high = extra.integer(ifx_high_speed);
  return high > 0 && high <= saturated ? high * mega : 0;
}

void set_known(inventory::Attributes& attributes, std::string_view name, std::int64_t value) {
  if (value > 0) attributes.set(name, value);
}

inventory::Item port_of(const TableRow& row, const TableRow& extra, std::int64_t index) {
  inventory::Item item{.class_name = "network_port", .ref = {}, .owner = {}, .attributes = {}};
  item.attributes.set("if_index", index);
  item.attributes.set("description", row.text(if_descr));
  item.attributes.set("alias", extra.text(ifx_alias));
  item.attributes.set("type", type_word(row.integer(if_type)));
  set_known(item.attributes, "mtu", row.integer(if_mtu));
  set_known(item.attributes, "speed_bps", speed_of(row, extra));
  if (const auto* mac = row.find(if_mac)) item.attributes.set("mac_address", mac_of(*mac));
  item.attributes.set("admin_status", status_word(row.integer(if_admin)));
  item.attributes.set("oper_status", status_word(row.integer(if_oper)));
  return item;
}

// Ports that carry packets: neither telephone and TDM channels, nor what a system keeps for itself, nor
// places without a module.
bool carries_packets(const inventory::Attributes& port, std::int64_t type, const std::string& name) {
  constexpr std::int64_t channels[] = {18,  30,  39,  49,  50,  63,  75,  76,  77,  80,  81,  82, 83,
                                       100, 101, 102, 103, 104, 134, 152, 153, 154, 155, 166, 171};
  constexpr std::string_view inner[] = {"unrouted",    "eobc",     "span rp",          "span sp",
                                        "bluetooth",   "isatap",   "virtual-template", "virtual interface",
                                        "virtual dsl", "miniport", "voip-null"};
  if (port.text("oper_status") == "not_present" || (name.empty() && port.text("description").empty()))
    return false;
  if (std::find(std::begin(channels), std::end(channels), type) != std::end(channels)) return false;
  const auto text = base::to_lower(port.text("description") + "\n" + name);
  return std::none_of(std::begin(inner), std::end(inner),
                      [&](std::string_view word) { return text.find(word) != text.npos; });
}

// A word that two ports share tells neither.
void add_word(PortNames& names, const std::string& word, std::int64_t index) {
  if (word.empty()) return;
  const auto [entry, added] = names.by_word.emplace(word, index);
  if (!added && entry->second != index) entry->second = 0;
}

}  // namespace

void read_interfaces(Reading& reading, PortNames& names) {
  reading.begin("interfaces");
  const auto table =
      reading.table(if_entry, {if_descr, if_type, if_mtu, if_speed, if_mac, if_admin, if_oper});
  auto extras = reading.table(ifx_entry, {ifx_name, ifx_high_speed, ifx_alias});
  std::set<std::string> taken, macs;
  for (const auto& [index, row] : table) {
    if (index.size() != 1) continue;
    const std::int64_t number = index[0];
    const auto& extra = extras[index];
    auto item = port_of(row, extra, number);
    const auto mac = item.attributes.text("mac_address");
    auto name = extra.text(ifx_name, 200);
    if (carries_packets(item.attributes, row.integer(if_type), name)) ++reading.rows().ports;
    if (name.empty()) name = row.text(if_descr, 200);
    if (name.empty()) name = "port";
    // Names are the key; some devices call several ports the same.
    if (!taken.insert(name).second) name += " #" + std::to_string(number);
    taken.insert(name);
    item.attributes.set("name", name);
    names.by_index.emplace(number, name);
    for (const auto& word : {extra.text(ifx_name), row.text(if_descr), extra.text(ifx_alias), mac}) {
      add_word(names, word, number);
    }
    if (!mac.empty()) macs.insert(mac);
    reading.section().items.push_back(std::move(item));
  }
  reading.section().attributes.set("mac_addresses", inventory::TextList(macs.begin(), macs.end()));
}

}  // namespace censo::scanner
