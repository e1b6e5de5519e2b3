#include "cmdb/routing_peer.h"

#include "base/text.h"
#include "cmdb/hardware_owner.h"
#include "cmdb/identifier.h"
#include "cmdb/ingest_run.h"
#include "cmdb/ip_network.h"

#include <algorithm>
#include <tuple>

namespace censo::cmdb {
namespace {

constexpr std::string_view relation = "peers_with";

// How the evidence names a session; the same link-local address is at many ports.
std::string session_word(const inventory::Attributes& peer) {
  const std::string port = peer.text("port");
  return peer.text("address") + (port.empty() ? "" : "%" + port);
}

bool is_off(const inventory::Attributes& peer) {
  const auto* enabled = peer.find("enabled");
  return enabled && *enabled == inventory::Value(false);
}

// By which addresses it may be known, best first. Within one OSPF domain a router's id is its own, and as a
// rule an address of it.
std::vector<std::string> addresses_of(const inventory::Attributes& peer) {
  std::vector<std::string> addresses;
  const std::string address = peer.text("address");
  if (scope_of(address) != AddressScope::link) addresses.push_back(address);
  if (peer.text("protocol").starts_with("ospf")) addresses.push_back(peer.text("router_id"));
  return addresses;
}

using OwnerByAddress = std::map<std::string, HardwareOwner>;
std::optional<CiId> owner_of(const OwnerByAddress& owners, const inventory::Attributes& peer) {
  for (const auto& address : addresses_of(peer)) {
    const auto owner = owners.find(address);
    if (owner != owners.end()) return owner->second.ci;
  }
  return std::nullopt;
}

struct Sessions {
  std::set<std::string> protocols, words, systems;
};

inventory::TextList list_of(const inventory::Attributes& attributes, std::string_view name) {
  const auto* value = attributes.find(name);
  const auto* list = value ? std::get_if<inventory::TextList>(value) : nullptr;
  return list ? *list : inventory::TextList();
}

}  // namespace

bool RoutingPeers::note(const inventory::Item& item) {
  if (item.class_name != "routing_peer") return false;
  peers_.push_back(item.attributes);
  return true;
}

std::vector<RoutingPeers::Adjacency> RoutingPeers::adjacencies(IngestRun& run) const {
  std::set<std::string> addresses;
  for (const auto& peer : peers_) {
    if (is_off(peer)) continue;
    for (auto& address : addresses_of(peer)) addresses.insert(std::move(address));
  }
  const auto owners = owners_of_addresses(run, addresses);
  std::map<CiId, Sessions> sessions;
  for (const auto& peer : peers_) {
    if (is_off(peer)) continue;
    const auto owner = owner_of(owners, peer);
    if (!owner) {
      run.recheck = true;
      continue;
    }
    Sessions& with = sessions[*owner];
    with.protocols.insert(peer.text("protocol"));
    with.words.insert(session_word(peer));
    if (peer.integer("remote_as") > 0) with.systems.insert(std::to_string(peer.integer("remote_as")));
  }
  std::vector<Adjacency> found;
  for (const auto& [ci, with] : sessions) {
    Adjacency adjacency{ci, {}};
    adjacency.evidence.set("protocol", base::join({with.protocols.begin(), with.protocols.end()}, ", "));
    adjacency.evidence.set("addresses", inventory::TextList(with.words.begin(), with.words.end()));
    adjacency.evidence.set("remote_as", base::join({with.systems.begin(), with.systems.end()}, ", "));
    found.push_back(std::move(adjacency));
  }
  return found;
}

std::vector<RoutingPeer> routing_peers_of(store::Transaction& tx, CiId ci) {
  std::vector<RoutingPeer> peers;
  for (auto& component : components_of(tx, ci, "routing_peer")) {
    peers.emplace_back();
    peers.back().said = std::move(component.attributes);
  }
  if (peers.empty()) return peers;
  std::multimap<std::string, RoutingPeer*> by_word;
  for (RoutingPeer& peer : peers) by_word.emplace(session_word(peer.said), &peer);
  for (const Relationship& known : relationships_of(tx, ci)) {
    if (known.type != relation || known.from != ci) continue;
    for (const auto& word : list_of(known.evidence, "addresses")) {
      const auto [first, last] = by_word.equal_range(word);
      for (auto one = first; one != last; ++one) {
        RoutingPeer& peer = *one->second;
        peer.ci = known.to;
        peer.ci_name = known.to_name;
        peer.ci_class = known.to_class;
        peer.first_seen = known.first_seen;
        peer.last_seen = known.last_seen;
      }
    }
  }
  std::ranges::sort(peers, {}, [](const RoutingPeer& peer) {
    return std::tuple(peer.said.text("protocol"), session_word(peer.said));
  });
  return peers;
}

}  // namespace censo::cmdb
