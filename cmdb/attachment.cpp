#include "cmdb/attachment.h"

#include "base/text.h"
#include "cmdb/derived_section.h"
#include "cmdb/hardware_owner.h"
#include "cmdb/ingest_run.h"
#include "cmdb/other_place.h"
#include "cmdb/relationship_span.h"
#include "cmdb/relationship_store.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

namespace censo::cmdb {
namespace {

constexpr std::string_view forwarding = "forwarding";
constexpr std::array<std::int64_t, 4> steps{1, 4, 16, 64};

std::int64_t step_of(std::size_t addresses) {
  const auto step = std::ranges::find_if(
      steps, [&](std::int64_t most) { return addresses <= static_cast<std::size_t>(most); });
  return step == steps.end() ? 0 : *step;
}

// One cable to an item.
struct Claim {
  std::string protocol, local_port, remote_port, remote_mac;
  std::int64_t addresses = 0;  // at the port, in steps; 0: the other end says itself where it is
};

// The values in the order of the cables.
std::string listed(const std::vector<Claim>& claims, std::string Claim::*value) {
  std::vector<std::string> words;
  for (const Claim& claim : claims) words.push_back(claim.*value);
  return list_of_words(std::move(words));
}

inventory::Attributes evidence_of(std::vector<Claim> claims, std::set<std::string> protocols) {
  std::ranges::sort(claims, {},
                    [](const Claim& claim) { return std::tie(claim.local_port, claim.remote_mac); });
  std::int64_t addresses = 0;
  for (const Claim& claim : claims) {
    protocols.insert(claim.protocol);
    addresses = std::max(addresses, claim.addresses);
  }
  inventory::Attributes evidence;
  evidence.set("protocol", base::join({protocols.begin(), protocols.end()}, ", "));
  evidence.set("local_port", listed(claims, &Claim::local_port));
  evidence.set("remote_port", listed(claims, &Claim::remote_port));
  evidence.set("remote_mac", listed(claims, &Claim::remote_mac));
  if (addresses > 0) evidence.set("addresses_at_port", addresses);
  return evidence;
}

// An address at a port, and whose it is.
struct LearnedOwner {
  std::string mac;
  HardwareOwner owner;
};

}  // namespace

// One report's ports being looked at.
class Attaching {
 public:
  Attaching(IngestRun& run, const PortViews& views) : run_(run), views_(views) {}

  std::vector<Attachment> take() {
    note_other_ends();
    for (const std::string& word : views_.said_ports_) {
      const auto port = views_.words_.port_called(word);
      taken_.insert(port_of(port.empty() ? word : port));
    }
    for (const PortNeighbour& neighbour : views_.neighbours_) add_neighbour(neighbour);
    for (const PortViews::NextBridge& bridge : views_.next_bridges_) add_bridge(bridge);
    std::map<std::string, std::set<std::string>> learned;
    for (const auto& [port, macs] : views_.addresses_)
      learned[port_of(port)].insert(macs.begin(), macs.end());
    for (const auto& [port, macs] : learned) add_learned(port, macs);
    std::vector<Attachment> attachments;
    for (auto& [ci, claims] : claims_)
      attachments.push_back({ci, evidence_of(std::move(claims), std::move(protocols_[ci]))});
    return attachments;
  }

 private:
  const std::string& port_of(const std::string& port) const { return lifted(views_.aggregates_, port); }

  // Ports that other network gear says to be connected to: some only speak and do not listen.
  void note_other_ends() {
    for (const OtherEnd& end : other_ends_at(run_, run_.source.ci)) {
      for (const std::string& word : end.ports) {
        const auto port = views_.words_.port_called(word);
        if (!port.empty()) uplinks_.insert(port_of(port));
      }
    }
  }

  void add_neighbour(const PortNeighbour& neighbour) {
    using Passes = PortNeighbour::Passes;
    const auto owner = owner_by_names(run_, neighbour.names);
    const bool untold = neighbour.passes == Passes::untold;
    // A computer that bridges for its guests is still a computer.
    const bool leads_on = owner && !owner->passes_on ? false : untold || neighbour.passes == Passes::on;
    const std::string& port = port_of(neighbour.local_port);
    if (leads_on) uplinks_.insert(port);
    if (views_.said_ports_.contains(word_in_list(neighbour.local_port))) {
      if (owner) said_.emplace(port, owner->ci);
      return;
    }
    if (!owner) {
      run_.recheck = true;
      return;
    }
    auto& claims = claims_[owner->ci];
    // Another protocol may call the far port otherwise; the cable is the same.
    const auto same = std::ranges::find_if(claims, [&](const Claim& claim) {
      return claim.local_port == neighbour.local_port &&
             (claim.protocol != neighbour.protocol || claim.remote_port == neighbour.remote_port);
    });
    if (same == claims.end()) {
      claims.push_back(
          {neighbour.protocol, neighbour.local_port, neighbour.remote_port, neighbour.remote_mac, 0});
    } else {
      if (same->remote_mac.empty()) same->remote_mac = neighbour.remote_mac;
      protocols_[owner->ci].insert(neighbour.protocol);
    }
    taken_.insert(port);
  }

  // Where nobody says to be, the spanning tree tells that a bridge is there, and which.
  void add_bridge(const PortViews::NextBridge& bridge) {
    const std::string& port = port_of(bridge.local_port);
    uplinks_.insert(port);
    if (taken_.contains(port)) return;
    const auto owner = owner_of_mac(run_, bridge.mac);
    if (!owner || !owner->passes_on) {
      run_.recheck |= !owner;
      return;
    }
    claims_[owner->ci].push_back(
        {"stp", port, bridge.port_number > 0 ? bridge_port_word(bridge.port_number) : "", "", 0});
  }

  void add_learned(const std::string& port, const std::set<std::string>& macs) {
    const std::int64_t addresses = step_of(macs.size());
    if (addresses == 0 || uplinks_.contains(port)) return;
    std::vector<LearnedOwner> hosts, gear;
    for (const std::string& mac : macs) {
      auto owner = owner_of_mac(run_, mac);
      if (!owner) owner = owner_by_address_of_mac(run_, mac);
      run_.recheck |= !owner;
      if (owner) (owner->passes_on ? gear : hosts).push_back({mac, *owner});
    }
    if (gear.empty()) {
      for (const LearnedOwner& host : hosts) add_learned_owner(port, host, addresses);
    } else if (!taken_.contains(port)) {
      add_gear(port, gear, addresses);  // the others are behind it
    }
  }

  void add_learned_owner(const std::string& port, const LearnedOwner& learned, std::int64_t addresses) {
    if (said_.contains({port, learned.owner.ci})) return;
    auto& claims = claims_[learned.owner.ci];
    // It says itself to be there: then this is the address of that cable.
    const auto said = std::ranges::find_if(claims, [&](const Claim& claim) {
      return claim.addresses == 0 && port_of(claim.local_port) == port &&
             (claim.remote_mac.empty() || claim.remote_mac == learned.mac);
    });
    if (said != claims.end()) {
      said->remote_mac = learned.mac;
    } else if (!is_better_known(run_, learned.owner.ci, {learned.mac, addresses})) {
      claims.push_back({std::string(forwarding), port, "", learned.mac, addresses});
    }
    if (claims.empty()) claims_.erase(learned.owner.ci);
  }

  // The one that is next to the port; nothing is said where it cannot be told which.
  void add_gear(const std::string& port, std::vector<LearnedOwner> gear, std::int64_t addresses) {
    std::set<CiId> items;
    for (const LearnedOwner& one : gear) items.insert(one.owner.ci);
    std::erase_if(gear, [&](const LearnedOwner& one) {
      return std::ranges::any_of(items, [&](CiId other) { return is_between(other, one.owner.ci); });
    });
    items.clear();
    for (const LearnedOwner& one : gear) items.insert(one.owner.ci);
    if (items.size() != 1) {
      run_.recheck = true;
      return;
    }
    const CiId next = *items.begin();
    const std::string towards_us = port_towards(run_, next, run_.source.ci);
    if (towards_us.empty()) return add_learned_owner(port, gear.front(), addresses);
    if (has_link_at(run_, next, towards_us, run_.source.ci)) return;  // another one is between
    for (const LearnedOwner& one : gear)
      claims_[next].push_back({std::string(forwarding), port, "", one.mac, addresses});
  }

  // It sees us and the other at different ports.
  bool is_between(CiId candidate, CiId other) const {
    if (candidate == other) return false;
    const std::string to_other = port_towards(run_, candidate, other);
    const std::string to_us = port_towards(run_, candidate, run_.source.ci);
    return !to_other.empty() && !to_us.empty() && to_other != to_us;
  }

  IngestRun& run_;
  const PortViews& views_;
  std::set<std::string> uplinks_;                // that lead to other network gear; no hosts are there
  std::set<std::pair<std::string, CiId>> said_;  // who is where by the report's own relations
  std::set<std::string> taken_;                  // where the other end is known by its own word
  std::map<CiId, std::vector<Claim>> claims_;
  std::map<CiId, std::set<std::string>> protocols_;  // besides those of the claims
};

bool PortViews::note(const inventory::Item& item) {
  const auto& of = item.attributes;
  words_.note(item.class_name, of);
  if (item.class_name == "network_port") {
    if (const std::string aggregate = of.text("aggregate"); !aggregate.empty())
      aggregates_.emplace(of.text("name"), aggregate);
    return false;
  }
  if (item.class_name == "forwarding_entry") {
    addresses_[of.text("port")].insert(of.text("mac_address"));
    return true;
  }
  if (item.class_name == "spanning_tree_port") {
    const auto* designated = of.find("designated");
    if (designated && *designated == inventory::Value(false))
      next_bridges_.push_back({of.text("port"), of.text("designated_bridge"), of.integer("designated_port")});
    return true;
  }
  auto neighbour = port_neighbour(item);
  if (neighbour) neighbours_.push_back(std::move(*neighbour));
  return neighbour.has_value();
}

void PortViews::note(const inventory::Relationship& relationship) {
  if (relationship.type != "connects_to" || relationship.from != "self") return;
  for (std::string& port : words_of(relationship.attributes.text("local_port")))
    said_ports_.insert(std::move(port));
}

std::vector<Attachment> PortViews::attachments(IngestRun& run, const inventory::Report& report) const {
  keep_learned(run, report, aggregates_);
  return Attaching(run, *this).take();
}

void end_weaker_attachments(IngestRun& run, const FoundRelationship& found) {
  if (found.type != "connects_to" || is_network_gear(run, found.to)) return;
  const auto mine = words_of(found.evidence.text("remote_mac"));
  const std::int64_t addresses = found.evidence.integer("addresses_at_port");
  for (const OtherPlace& other : other_places(run, found.to)) {
    const bool all_here = !other.macs.empty() && std::ranges::all_of(other.macs, [&](const std::string& mac) {
      return std::ranges::find(mine, mac) != mine.end();
    });
    const bool stronger = other.addresses > addresses || !other.believed;
    if (!all_here || !stronger || other.locked) continue;
    end_relationship(run.tx, run.feed, other.relationship, run.now, run.now);
    const auto place = run.tx.query_one("select name from ci where id = $1", found.to.value);
    run.history.add(
        {other.device, "relationship_removed", "connects_to " + place->text(0), place->text(0), ""});
  }
}

}  // namespace censo::cmdb
