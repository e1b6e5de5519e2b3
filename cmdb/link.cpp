#include "cmdb/link.h"

#include "cmdb/port_words.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace censo::cmdb {
namespace {

PortWords port_words(store::Transaction& tx, CiId ci) {
  PortWords words;
  for (const char* class_name : {"network_port", "network_interface", "spanning_tree_port"})
    for (const Component& port : components_of(tx, ci, class_name)) words.note(class_name, port.attributes);
  return words;
}

class Links {
 public:
  Links(store::Transaction& tx, CiId ci) : tx_(tx), ci_(ci) {}

  void add(const Relationship& relationship) {
    const auto& evidence = relationship.evidence;
    auto ours = places_in(evidence.text("local_port"));
    auto theirs = places_in(evidence.text("remote_port"));
    const auto macs = places_in(evidence.text("remote_mac"));
    const std::size_t cables = std::max<std::size_t>({ours.size(), theirs.size(), 1});
    ours.resize(cables);
    theirs.resize(cables);
    for (std::size_t i = 0; i < cables; ++i) {
      if (theirs[i].empty() && i < macs.size()) theirs[i] = macs[i];
      add_cable(relationship, ours[i], theirs[i]);
    }
  }

  std::vector<Link> take() {
    // Behind a neighbour that says itself to be there are as many as there are.
    for (Link& link : links_) {
      const bool learned = std::ranges::all_of(
          link.evidence, [](const LinkEvidence& one) { return one.protocol == "forwarding"; });
      if (!learned) link.addresses_at_port = 0;
    }
    std::ranges::sort(links_, {}, [](const Link& link) {
      return std::tie(link.local_port, link.other_name, link.remote_port, link.other.value);
    });
    return std::move(links_);
  }

 private:
  // As it was told, where it names no port or several.
  std::string port_name(CiId ci, const std::string& word) {
    auto known = words_.find(ci);
    if (known == words_.end()) known = words_.emplace(ci, port_words(tx_, ci)).first;
    const auto name = known->second.port_called(word);
    return name.empty() ? word : name;
  }

  void add_cable(const Relationship& relationship, const std::string& from_port, const std::string& to_port) {
    const bool own = relationship.from == ci_;
    const CiId other = own ? relationship.to : relationship.from;
    const std::string local = port_name(ci_, own ? from_port : to_port);
    const std::string remote = port_name(other, own ? to_port : from_port);
    Link& link = cable(other, local, remote);
    if (link.local_port.empty()) link.local_port = local;
    if (link.remote_port.empty()) link.remote_port = remote;
    link.other_name = own ? relationship.to_name : relationship.from_name;
    link.other_class = own ? relationship.to_class : relationship.from_class;
    if (const auto addresses = relationship.evidence.integer("addresses_at_port"); addresses > 1)
      link.addresses_at_port = std::max(link.addresses_at_port, addresses);
    add_evidence(link, {relationship.from, relationship.from_name, relationship.evidence.text("protocol"),
                        relationship.origin, relationship.first_seen, relationship.last_seen});
  }

  // Several scan jobs may see the same.
  void add_evidence(Link& link, LinkEvidence said) const {
    const auto same = std::ranges::find_if(link.evidence, [&](const LinkEvidence& one) {
      return one.seen_by == said.seen_by && one.protocol == said.protocol && one.origin == said.origin;
    });
    if (same != link.evidence.end()) {
      same->first_seen = std::min(same->first_seen, said.first_seen);
      same->last_seen = std::max(same->last_seen, said.last_seen);
    } else {
      link.evidence.insert(said.seen_by == ci_ ? link.evidence.begin() : link.evidence.end(),
                           std::move(said));
    }
  }

  // The one that both ends mean: a port that one of them does not know may be any.
  Link& cable(CiId other, const std::string& local, const std::string& remote) {
    const auto fits = [](const std::string& a, const std::string& b) {
      return a.empty() || b.empty() || a == b;
    };
    for (Link& link : links_) {
      const bool tells = (link.local_port == local && !local.empty()) ||
                         (link.remote_port == remote && !remote.empty()) || (local.empty() && remote.empty());
      if (link.other == other && tells && fits(link.local_port, local) && fits(link.remote_port, remote))
        return link;
    }
    links_.emplace_back().other = other;
    return links_.back();
  }

  store::Transaction& tx_;
  CiId ci_;
  std::map<CiId, PortWords> words_;
  std::vector<Link> links_;
};

}  // namespace

std::vector<Link> links_of(store::Transaction& tx, CiId ci) {
  Links links(tx, ci);
  for (const Relationship& relationship : relationships_of(tx, ci))
    if (relationship.type == "connects_to") links.add(relationship);
  return links.take();
}

}  // namespace censo::cmdb
