// Members of link aggregates: dot3adAggPortTable of IEEE8023-LAG-MIB (IEEE 802.3ad), else ifStackTable of
// IF-MIB (RFC 2863) below interfaces that are aggregates.
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/varbind.h"

#include <algorithm>
#include <map>

namespace censo::scanner {
namespace {

const Oid attached_aggregate = oid_of({1, 2, 840, 10006, 300, 43, 1, 2, 1, 1, 13});
const Oid stack_status = oid_of({1, 3, 6, 1, 2, 1, 31, 1, 2, 1, 3});

using Ports = std::vector<inventory::Item>;
using AggregateOf = std::map<std::int64_t, std::int64_t>;  // ifIndex of a member -> of its aggregate

std::int64_t if_index_of(const inventory::Item& port) {
  return port.attributes.integer("if_index");
}

AggregateOf attached(Reading& reading) {
  AggregateOf found;
  for (const auto& bind : reading.column(attached_aggregate)) {
    const auto index = index_of(bind, attached_aggregate);
    const auto aggregate = integer_of(bind).value_or(0);
    if (index.size() == 1 && aggregate > 0 && aggregate != index[0]) found.emplace(index[0], aggregate);
  }
  return found;
}

// Also what stands on an aggregate (a VLAN's interface) is in the table: only ports below one are members.
AggregateOf stacked(Reading& reading, const std::map<std::int64_t, std::string>& types) {
  const auto type_of = [&](std::int64_t index) {
    const auto type = types.find(index);
    return type == types.end() ? std::string() : type->second;
  };
  AggregateOf found;
  for (const auto& bind : reading.column(stack_status)) {
    const auto index = index_of(bind, stack_status);
    if (index.size() == 2 && type_of(index[0]) == "aggregate" && type_of(index[1]) == "ethernet")
      found.emplace(index[1], index[0]);
  }
  return found;
}

constexpr std::size_t most_stacked = 2'000;  // concentrators have a stack for each subscriber

bool stands_on_another(const std::string& type) {
  return type == "vlan" || type == "routed_vlan" || type == "tunnel" || type == "virtual";
}

// "Gi0/1.100" stands on "Gi0/1": where there is exactly one below.
void name_what_is_below(Reading& reading, const PortNames& names) {
  Ports& ports = reading.section().items;
  const bool has_any = std::any_of(ports.begin(), ports.end(), [](const auto& port) {
    return stands_on_another(port.attributes.text("type"));
  });
  if (!has_any || ports.size() > most_stacked) return;
  std::map<std::int64_t, std::vector<std::int64_t>> lower;
  for (const auto& bind : reading.column(stack_status)) {
    const auto index = index_of(bind, stack_status);
    if (index.size() == 2 && index[0] > 0 && index[1] > 0) lower[index[0]].push_back(index[1]);
  }
  for (auto& port : ports) {
    const auto found = lower.find(if_index_of(port));
    if (found == lower.end() || found->second.size() != 1) continue;
    const auto name = names.by_index.find(found->second.front());
    if (stands_on_another(port.attributes.text("type")) && name != names.by_index.end())
      port.attributes.set("below", name->second);
  }
}

}  // namespace

void read_aggregates(Reading& reading, const PortNames& names) {
  Ports& ports = reading.section().items;
  std::map<std::int64_t, std::string> types;
  for (const auto& port : ports) types.emplace(if_index_of(port), port.attributes.text("type"));
  auto aggregate_of = attached(reading);
  const bool has_any =
      std::any_of(types.begin(), types.end(), [](const auto& type) { return type.second == "aggregate"; });
  if (aggregate_of.empty() && has_any) aggregate_of = stacked(reading, types);
  for (auto& port : ports) {
    const auto aggregate = aggregate_of.find(if_index_of(port));
    if (aggregate == aggregate_of.end()) continue;
    const auto name = names.by_index.find(aggregate->second);
    if (name != names.by_index.end()) port.attributes.set("aggregate", name->second);
  }
  name_what_is_below(reading, names);
}

}  // namespace censo::scanner
