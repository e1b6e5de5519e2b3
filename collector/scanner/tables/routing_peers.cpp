// Whom the device exchanges routes with: bgpPeerTable of BGP4-MIB (RFC 4273); with IPv6 cbgpPeer2Table of
// CISCO-BGP4-MIB, jnxBgpM2PeerTable of BGP4-V2-MIB-JUNIPER and aristaBgp4V2PeerTable of ARISTA-BGP4V2-MIB;
// ospfNbrTable of OSPF-MIB (RFC 4750) and ospfv3NbrTable of OSPFV3-MIB (RFC 5643).
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/tables/ip_index.h"
#include "collector/scanner/tables/row_values.h"
#include "collector/scanner/varbind.h"

#include <array>
#include <set>
#include <string>
#include <utility>

namespace censo::scanner {
namespace {

constexpr std::size_t most_peers = 2000;

// What the tables of all have, by column; 0: not this one.
struct BgpTable {
  Oid maker, entry;
  std::uint32_t state, enabled, local_address, remote_as, identifier, local_as, remote_address;
  std::size_t instances;  // arcs of the index before the neighbour's address, its type and length
};
const BgpTable bgp_table{{}, oid_of({1, 3, 6, 1, 2, 1, 15, 3, 1}), 2, 3, 5, 9, 1, 0, 0, 0};
const BgpTable makers_tables[] = {
    {oid_of({1, 3, 6, 1, 4, 1, 9}), oid_of({1, 3, 6, 1, 4, 1, 9, 9, 187, 1, 2, 5, 1}), 3, 4, 6, 11, 12, 0, 0,
     0},
    {oid_of({1, 3, 6, 1, 4, 1, 2636}), oid_of({1, 3, 6, 1, 4, 1, 2636, 5, 1, 1, 2, 1, 1, 1}), 2, 3, 7, 13, 1,
     9, 11, 0},
    {oid_of({1, 3, 6, 1, 4, 1, 30065}), oid_of({1, 3, 6, 1, 4, 1, 30065, 4, 1, 1, 2, 1}), 13, 12, 3, 10, 11,
     7, 0, 1},
};
// The neighbour's address, and the ifIndex where there is no own address.
const Oid ospf_entry = oid_of({1, 3, 6, 1, 2, 1, 14, 10, 1});
enum : std::uint32_t { ospf_router_id = 3, ospf_state = 6 };
// ifIndex, instance, router id.
const Oid ospfv3_entry = oid_of({1, 3, 6, 1, 2, 1, 191, 1, 9, 1});
enum : std::uint32_t { ospfv3_address = 5, ospfv3_state = 8 };

std::string_view bgp_word(std::int64_t state) {
  constexpr std::array<std::string_view, 7> words{"",          "idle",         "connect",    "active",
                                                  "open_sent", "open_confirm", "established"};
  return word_of(words, state);
}
std::string_view ospf_word(std::int64_t state) {
  constexpr std::array<std::string_view, 9> words{
      "", "down", "attempt", "init", "two_way", "exchange_start", "exchange", "loading", "full"};
  return word_of(words, state);
}

class RoutingPeers {
 public:
  RoutingPeers(Reading& reading, const PortNames& names) : reading_(reading), names_(names) {}

  void read_bgp(const BgpTable& table, std::int64_t local_as) {
    constexpr std::int64_t start = 2;
    for (const auto& [index, row] :
         reading_.rare_table(table.entry, {table.state, table.enabled, table.local_address, table.remote_as,
                                           table.identifier, table.local_as, table.remote_address})) {
      auto item = item_of("bgp", bgp_address(table, index, row));
      item.attributes.set("local_address", address_in(row, table.local_address));
      item.attributes.set("router_id", address_in(row, table.identifier));
      const auto own_as = row.integer(table.local_as) > 0 ? row.integer(table.local_as) : local_as;
      if (own_as > 0) item.attributes.set("local_as", own_as);
      if (row.integer(table.remote_as) > 0) item.attributes.set("remote_as", row.integer(table.remote_as));
      if (row.integer(table.enabled) > 0) item.attributes.set("enabled", row.integer(table.enabled) == start);
      item.attributes.set("state", bgp_word(row.integer(table.state)));
      add(std::move(item));
    }
  }

  void read_ospf() {
    for (const auto& [index, row] : reading_.rare_table(ospf_entry, {ospf_state, ospf_router_id})) {
      if (index.size() != 5) continue;
      auto item = item_of("ospf", address_of_octets(octets_from({index.begin(), index.begin() + 4}, 0)));
      if (index[4] > 0) set_port(item, index[4]);
      item.attributes.set("router_id", address_in(row, ospf_router_id));
      item.attributes.set("state", ospf_word(row.integer(ospf_state)));
      add(std::move(item));
    }
  }

  void read_ospfv3() {
    for (const auto& [index, row] : reading_.rare_table(ospfv3_entry, {ospfv3_state, ospfv3_address})) {
      if (index.size() != 3) continue;
      auto item = item_of("ospfv3", address_in(row, ospfv3_address));
      set_port(item, index[0]);
      std::string id;
      for (int shift = 24; shift >= 0; shift -= 8) id += static_cast<char>(index[2] >> shift & 0xff);
      item.attributes.set("router_id", address_of_octets(id));
      item.attributes.set("state", ospf_word(row.integer(ospfv3_state)));
      add(std::move(item));
    }
  }

 private:
  static std::string bgp_address(const BgpTable& table, const TableIndex& index, const TableRow& row) {
    if (table.remote_address != 0) return address_in(row, table.remote_address);
    if (index.size() < table.instances) return {};
    const TableIndex address(index.begin() + static_cast<std::ptrdiff_t>(table.instances), index.end());
    const bool is_plain = table.maker.arcs.empty();
    const auto octets = !is_plain             ? octets_of_ip_index(address)
                        : address.size() == 4 ? octets_from(address, 0)
                                              : std::string();
    return is_loopback_or_none(octets) ? std::string() : address_of_octets(octets);
  }

  static inventory::Item item_of(std::string_view protocol, std::string address) {
    inventory::Item item{.class_name = "routing_peer", .ref = {}, .owner = {}, .attributes = {}};
    item.attributes.set("protocol", protocol);
    item.attributes.set("address", std::move(address));
    return item;
  }

  void set_port(inventory::Item& item, std::int64_t if_index) const {
    const auto port = names_.by_index.find(if_index);
    if (port != names_.by_index.end()) item.attributes.set("port", port->second);
  }

  void add(inventory::Item item) {
    const auto& of = item.attributes;
    if (of.text("address").empty()) return;
    const bool is_new =
        seen_.insert(of.text("protocol") + " " + of.text("address") + " " + of.text("port")).second;
    if (!is_new) return;
    if (seen_.size() <= most_peers) return reading_.section().items.push_back(std::move(item));
    if (seen_.size() > most_peers + 1) return;
    reading_.section().complete = false;
    reading_.note("limit_exceeded",
                  "it has more than " + std::to_string(most_peers) + " peers, of which these were read", "");
  }

  Reading& reading_;
  const PortNames& names_;
  std::set<std::string> seen_;
};

}  // namespace

void read_routing_peers(Reading& reading, const Scalars& scalars, const DeviceSignature& device,
                        const PortNames& names) {
  reading.begin("routing_peers");
  RoutingPeers peers(reading, names);
  if (const auto local_as = scalars.bgp_as()) {
    for (const auto& table : makers_tables)
      if (device.object_id.starts_with(table.maker)) peers.read_bgp(table, *local_as);
    peers.read_bgp(bgp_table, *local_as);
  }
  if (scalars.routes_by_ospf()) peers.read_ospf();
  if (scalars.routes_by_ospfv3()) peers.read_ospfv3();
}

}  // namespace censo::scanner
