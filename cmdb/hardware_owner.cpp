#include "cmdb/hardware_owner.h"

#include "base/text.h"
#include "cmdb/identifier.h"
#include "cmdb/ingest_run.h"
#include "cmdb/learned_address.h"

#include <algorithm>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::cmdb {
namespace {

// Those that are no hardware too: an address that a service has as well names nobody.
using Owners = std::map<CiId, std::string>;  // class by item
using OwnersByAddress = std::map<std::string, Owners>;

constexpr std::string_view mac_rules[] = {"mac_addresses", "base_mac", "mac"};
constexpr std::string_view address_rules[] = {"ip_addresses", "management_address", ""};
constexpr std::string_view name_rules[] = {"sys_name", "host_name", "fqdn"};

Owners owners_of(const IngestRun& run, std::span<const std::string_view, 3> rules, const std::string& value) {
  Owners owners;
  if (value.empty()) return owners;
  for (const store::Row& row : run.tx.query(
           "select distinct c.id, c.class from ci_key k join ci c on c.id = k.ci_id where k.value = $1"
           " and k.rule in ($2, $3, $4) and c.merged_into is null and c.stage <> 'retired'",
           value, rules[0], rules[1], rules[2]))
    owners.emplace(CiId(row.integer(0)), row.text(1));
  return owners;
}

std::optional<HardwareOwner> only_one(const IngestRun& run, const Owners& owners) {
  if (owners.size() != 1) return std::nullopt;
  const auto& [ci, class_name] = *owners.begin();
  if (!run.catalog.is_a(class_name, "hardware") || ci == run.source.ci) return std::nullopt;
  const bool gear = run.catalog.is_a(class_name, "network_device");
  return HardwareOwner{ci, gear && !run.catalog.is_a(class_name, "ip_phone")};
}

bool has_mac(const IngestRun& run, CiId ci) {
  return run.tx
      .query_one(
          "select 1 from ci_key where ci_id = $1 and rule in ('mac_addresses', 'base_mac', 'mac')"
          " limit 1",
          ci.value)
      .has_value();
}

Owners owners_of_serial(const IngestRun& run, const std::string& serial) {
  static constexpr std::string_view rules[] = {"serial_number", "serial", "member_serial"};
  return owners_of(run, rules, identity_value(IdentifierKind::serial, serial, &run.allowed));
}

// "core-1.example.net" is also who calls itself core-1, and the other way round: then the name without domain
// must be one item's.
Owners owners_of_name(const IngestRun& run, const std::string& name) {
  const auto canonical = canonical_identifier(IdentifierKind::name, name);
  auto owners = owners_of(run, name_rules, canonical);
  const auto dot = canonical.find('.');
  if (owners.empty() && dot != canonical.npos && dot > 0)
    owners = owners_of(run, name_rules, canonical.substr(0, dot));
  return owners;
}

}  // namespace

std::optional<HardwareOwner> owner_of_mac(const IngestRun& run, const std::string& mac) {
  return only_one(run, owners_of(run, mac_rules, mac));
}

std::optional<HardwareOwner> owner_by_address_of_mac(const IngestRun& run, const std::string& mac) {
  if (!owners_of(run, mac_rules, mac).empty()) return std::nullopt;
  std::optional<HardwareOwner> found;
  for (const std::string& address : addresses_of_mac(run, mac)) {
    const auto owners = owners_of(run, address_rules, address);
    if (owners.empty()) continue;
    const auto owner = only_one(run, owners);
    if (!owner || (found && found->ci != owner->ci)) return std::nullopt;
    found = owner;
  }
  return found && !has_mac(run, found->ci) ? found : std::nullopt;
}

std::optional<HardwareOwner> owner_by_names(const IngestRun& run, const NeighbourNames& names) {
  for (const std::string& mac : names.macs)
    if (auto owner = owner_of_mac(run, mac)) return owner;
  for (const std::string& serial : names.serials)
    if (auto owner = only_one(run, owners_of_serial(run, serial))) return owner;
  const auto by_address =
      owners_of(run, address_rules, canonical_identifier(IdentifierKind::address, names.address));
  if (auto owner = only_one(run, by_address)) return owner;
  for (const std::string& name : names.names) {
    const auto by_name = owners_of_name(run, name);
    if (auto owner = only_one(run, by_name)) return owner;
    auto both = by_address;
    std::erase_if(both, [&](const auto& owner) { return !by_name.contains(owner.first); });
    if (auto owner = only_one(run, both)) return owner;
  }
  return std::nullopt;
}

std::map<std::string, HardwareOwner> owners_of_addresses(const IngestRun& run,
                                                         const std::set<std::string>& addresses) {
  constexpr std::size_t in_a_query = 16;
  std::multimap<std::string, std::string> given;  // by canonical address
  for (const auto& address : addresses) {
    auto canonical = canonical_identifier(IdentifierKind::address, address);
    if (!canonical.empty()) given.emplace(std::move(canonical), address);
  }
  OwnersByAddress known;
  for (auto next = given.begin(); next != given.end();) {
    std::vector<store::Parameter> values{std::string(address_rules[0]), std::string(address_rules[1]),
                                         std::string(address_rules[2])};
    for (; next != given.end() && values.size() < 3 + in_a_query; next = given.upper_bound(next->first))
      values.emplace_back(next->first);
    values.resize(3 + in_a_query, nullptr);
    for (const store::Row& row : run.tx.query_list(
             "select distinct k.value, c.id, c.class from ci_key k join ci c on c.id = k.ci_id"
             " where k.value in ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
             " and k.rule in ($1, $2, $3) and c.merged_into is null and c.stage <> 'retired'",
             values))
      known[row.text(0)].emplace(CiId(row.integer(1)), row.text(2));
  }
  std::map<std::string, HardwareOwner> found;
  for (const auto& [canonical, owners] : known) {
    const auto owner = only_one(run, owners);
    const auto [first, last] = given.equal_range(canonical);
    for (auto one = first; owner && one != last; ++one) found.emplace(one->second, *owner);
  }
  return found;
}

}  // namespace censo::cmdb
