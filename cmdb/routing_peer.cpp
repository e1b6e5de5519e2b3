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

std::optional<HardwareOwner> owner_of(const IngestRun& run, const std::string& address) {
  NeighbourNames names;
  names.address = canonical_identifier(IdentifierKind::address, address);
  return owner_by_names(run, names);
}

// Within one OSPF domain a router's id is its own, and as a rule an address of it.
std::optional<HardwareOwner> owner_of_peer(const IngestRun& run, const inventory::Attributes& peer) {
  const std::string address = peer.text("address");
  if (scope_of(address) != AddressScope::link) {
    if (auto owner = owner_of(run, address)) return owner;
  }
  return peer.text("protocol").starts_with("ospf") ? owner_of(run, peer.text("router_id")) : std::nullopt;
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
  std::map<CiId, Sessions> sessions;
  for (const auto& peer : peers_) {
    if (is_off(peer)) continue;
    const auto owner = owner_of_peer(run, peer);
    if (!owner) {
      run.recheck = true;
      continue;
    }
    Sessions& with = sessions[owner->ci];
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
  for (const Relationship& known : relationships_of(tx, ci)) {
    if (known.type != relation || known.from != ci) continue;
    const auto words = list_of(known.evidence, "addresses");
    for (RoutingPeer& peer : peers) {
      if (std::ranges::find(words, session_word(peer.said)) == words.end()) continue;
      peer.ci = known.to;
      peer.ci_name = known.to_name;
      peer.ci_class = known.to_class;
      peer.first_seen = known.first_seen;
      peer.last_seen = known.last_seen;
    }
  }
  std::ranges::sort(peers, {}, [](const RoutingPeer& peer) {
    return std::tuple(peer.said.text("protocol"), session_word(peer.said));
  });
  return peers;
}

}  // namespace censo::cmdb
