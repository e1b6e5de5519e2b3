#include "cmdb/flow_target.h"

#include "cmdb/ip_network.h"
#include "cmdb/merge.h"
#include "cmdb/stored_json.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

constexpr int same_host = 3, hosted_together = 2, same_network = 1;

bool share(store::Transaction& tx, std::string_view type, CiId one, CiId other) {
  return tx
      .query_one(
          "select 1 from relationship a join relationship b on b.to_ci = a.to_ci and b.type = a.type"
          " where a.from_ci = $1 and b.from_ci = $2 and a.type = $3 and a.ended_at is null and b.ended_at is "
          "null",
          one.value, other.value, type)
      .has_value();
}

bool is_hosted_on(store::Transaction& tx, CiId guest, CiId host) {
  return tx
      .query_one(
          "select 1 from relationship where from_ci = $1 and type = 'hosted_on' and to_ci = $2"
          " and ended_at is null",
          guest.value, host.value)
      .has_value();
}

}  // namespace

const std::vector<CiId>& FlowTargets::hosts_with(const std::string& address) {
  const auto [place, is_new] = hosts_.try_emplace(address);
  if (!is_new) return place->second;
  for (const store::Row& row :
       tx_.query("select distinct k.ci_id from ci_key k join ci c on c.id = k.ci_id where k.value = $1"
                 " and k.rule in ('ip_addresses', 'management_address') and c.stage <> 'retired'"
                 " order by k.ci_id",
                 address)) {
    const CiId root = root_of(tx_, CiId(row.integer(0)));
    if (std::ranges::find(place->second, root) == place->second.end()) place->second.push_back(root);
  }
  return place->second;
}

const std::vector<FlowTargets::Listener>& FlowTargets::listeners_of(CiId host) {
  const auto [place, is_new] = listeners_.try_emplace(host);
  if (!is_new) return place->second;
  for (const CiId member : members_of(tx_, host)) {
    for (const store::Row& row : tx_.query(
             "select l.from_ci, e.attributes from relationship r"
             " join relationship l on l.from_ci = r.from_ci and l.type = 'listens_on' and l.ended_at is null"
             " join ci e on e.id = l.to_ci"
             " where r.to_ci = $1 and r.type = 'runs_on' and r.ended_at is null order by l.id",
             member.value)) {
      const auto attributes = attributes_from_json(row.text(1));
      place->second.push_back({attributes.text("protocol"), attributes.text("address"),
                               attributes.integer("port"), CiId(row.integer(0))});
    }
  }
  return place->second;
}

// A socket on just this address comes before one on all.
std::optional<CiId> FlowTargets::listener_at(CiId host, const FlowEnd& end) {
  std::optional<CiId> found;
  for (const Listener& listener : listeners_of(host)) {
    if (listener.protocol != end.protocol || listener.port != end.port) continue;
    if (listener.address == end.address) return listener.service;
    if (listener.address == "*" && !found) found = listener.service;
  }
  return found;
}

int FlowTargets::closeness(CiId client, CiId host) {
  if (client == host) return same_host;
  const bool together = is_hosted_on(tx_, client, host) || is_hosted_on(tx_, host, client) ||
                        share(tx_, "hosted_on", client, host);
  if (together) return hosted_together;
  return share(tx_, "in_subnet", client, host) ? same_network : 0;
}

std::optional<FlowTarget> FlowTargets::find(CiId client, const FlowEnd& end) {
  const CiId self = root_of(tx_, client);
  const AddressScope scope = scope_of(end.address);
  if (scope == AddressScope::unknown) return std::nullopt;
  std::vector<CiId> hosts = scope == AddressScope::host ? std::vector{self} : hosts_with(end.address);
  if (std::ranges::find(hosts, self) != hosts.end()) hosts = {self};
  std::erase_if(hosts, [&](CiId host) { return !listener_at(host, end); });
  if (hosts.empty()) return std::nullopt;
  CiId nearest = hosts.front();
  int best = 0, with_best = 0;
  for (const CiId host : hosts) {
    const int near = hosts.size() == 1 && scope > AddressScope::link ? same_host : closeness(self, host);
    if (near < best) continue;
    with_best = near == best ? with_best + 1 : 1;
    best = near;
    nearest = host;
  }
  const int wanted = scope == AddressScope::link ? hosted_together : same_network;
  if (with_best != 1 || best < wanted) return std::nullopt;
  return FlowTarget{nearest, *listener_at(nearest, end)};
}

std::optional<CiId> FlowTargets::service_of(CiId host, const std::string& instance) {
  const auto key = std::pair(host, instance);
  if (const auto known = services_.find(key); known != services_.end()) {
    return known->second ? std::optional(known->second) : std::nullopt;
  }
  CiId& found = services_[key];
  for (const store::Row& row :
       tx_.query("select c.id, c.attributes from relationship r join ci c on c.id = r.from_ci"
                 " where r.to_ci = $1 and r.type = 'runs_on' and r.ended_at is null order by r.id",
                 host.value)) {
    if (attributes_from_json(row.text(1)).text("instance") == instance) found = CiId(row.integer(0));
  }
  return found ? std::optional(found) : std::nullopt;
}

}  // namespace censo::cmdb
