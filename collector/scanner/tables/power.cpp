// Power over Ethernet: pethPsePortTable and pethMainPseTable of POWER-ETHERNET-MIB (RFC 3621), and what a
// port draws as makers tell it beside: CISCO-POWER-ETHERNET-EXT-MIB, HP-ICF-POE-MIB.
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/tables/row_values.h"
#include "collector/scanner/varbind.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace censo::scanner {
namespace {

// Both have the group before all: a stack's member, a module, or 1.
const Oid port_entry = oid_of({1, 3, 6, 1, 2, 1, 105, 1, 1, 1});
enum : std::uint32_t { port_enabled = 3, port_status = 6, port_priority = 7, port_class = 10 };
const Oid source_entry = oid_of({1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1});
enum : std::uint32_t { source_budget = 2, source_status = 3, source_used = 4, source_threshold = 5 };
// With the index of pethPsePortTable.
const Oid cisco_entry = oid_of({1, 3, 6, 1, 4, 1, 9, 9, 402, 1, 2, 1});
enum : std::uint32_t { cisco_power = 9, cisco_entity = 11 };
const Oid hp_power = oid_of({1, 3, 6, 1, 4, 1, 11, 2, 14, 11, 1, 9, 1, 1, 1, 8});  // ...PortActualPower
const Oid cisco = oid_of({1, 3, 6, 1, 4, 1, 9});
const Oid hp = oid_of({1, 3, 6, 1, 4, 1, 11});
const Oid base_port_if_index = oid_of({1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2});
enum : std::uint32_t { entity_name = 7 };

constexpr std::size_t most_named = 4096;  // ports that are looked for by name: each is compared with all

constexpr std::array<std::string_view, 7> port_states{"",      "disabled", "searching",  "delivering_power",
                                                      "fault", "test",     "other_fault"};
constexpr std::array<std::string_view, 4> priorities{"", "critical", "high", "low"};
constexpr std::array<std::string_view, 4> source_states{"", "on", "off", "faulty"};

using IfIndexOf = std::map<TableIndex, std::int64_t>;  // by group and number

// The ports' numbers are what the maker likes. One way must fit all of them, so that none is taken for
// another.
class PortsByNumber {
 public:
  PortsByNumber(const Table& rows, const PortNames& names) : names_(names) {
    for (const auto& [index, row] : rows)
      if (index.size() == 2) indices_.push_back(index);
  }

  bool are_one_row() const {
    std::set<std::uint32_t> numbers;
    for (const auto& index : indices_)
      if (!numbers.insert(index[1]).second) return false;
    return true;
  }

  // `if_index_of`: 0 when there is none. Nothing when it does not fit all.
  template <typename Way>
  IfIndexOf by(Way if_index_of) const {
    IfIndexOf found;
    std::set<std::int64_t> taken;
    for (const auto& index : indices_) {
      const std::int64_t number = if_index_of(index);
      if (number == 0 || !names_.by_index.contains(number) || !taken.insert(number).second) return {};
      found.emplace(index, number);
    }
    return found;
  }

 private:
  const PortNames& names_;
  std::vector<TableIndex> indices_;
};

std::map<std::uint32_t, std::int64_t> if_index_by_bridge_port(Reading& reading) {
  std::map<std::uint32_t, std::int64_t> found;
  for (const auto& bind : reading.column(base_port_if_index)) {
    const auto index = index_of(bind, base_port_if_index);
    if (index.size() == 1) found.emplace(index[0], integer_of(bind).value_or(0));
  }
  return found;
}

// "GigabitEthernet2/0/12", "2/12" and "2:12" are port 12 of group 2; 0 when none or several are called so.
std::int64_t if_index_by_name(const PortNames& names, const TableIndex& index) {
  const auto group = std::to_string(index[0]), number = std::to_string(index[1]);
  for (const auto& ending : {group + "/0/" + number, group + "/" + number, group + ":" + number}) {
    std::set<std::int64_t> found;
    for (const auto& [if_index, name] : names.by_index) {
      if (!name.ends_with(ending)) continue;
      const auto before = name.size() - ending.size();
      const char last = before == 0 ? ' ' : name[before - 1];
      if ((last < '0' || last > '9') && last != '/' && last != '.' && last != ':') found.insert(if_index);
    }
    if (found.size() == 1) return *found.begin();
    if (!found.empty()) return 0;
  }
  return 0;
}

IfIndexOf if_indices_of(Reading& reading, const Table& rows, const PortNames& names,
                        const std::set<std::int64_t>& ethernet) {
  if (rows.size() > most_named || names.by_index.size() > most_named) return {};
  const PortsByNumber ports(rows, names);
  if (ports.are_one_row()) {
    auto found = ports.by(
        [&](const TableIndex& index) -> std::int64_t { return ethernet.contains(index[1]) ? index[1] : 0; });
    if (!found.empty()) return found;
    const auto bridge_ports = if_index_by_bridge_port(reading);
    found = ports.by([&](const TableIndex& index) -> std::int64_t {
      const auto port = bridge_ports.find(index[1]);
      return port == bridge_ports.end() || !ethernet.contains(port->second) ? 0 : port->second;
    });
    if (!found.empty()) return found;
  }
  return ports.by([&](const TableIndex& index) { return if_index_by_name(names, index); });
}

// Cisco names the part that the port is, which is called as the port.
IfIndexOf if_indices_by_entity(const Table& extras, const PortNames& names, const Table& entities) {
  IfIndexOf found;
  for (const auto& [index, row] : extras) {
    const auto entity = entities.find({static_cast<std::uint32_t>(row.integer(cisco_entity))});
    if (entity == entities.end()) continue;
    const auto port = names.by_word.find(entity->second.text(entity_name));
    if (port != names.by_word.end() && port->second > 0) found.emplace(index, port->second);
  }
  return found;
}

// What the maker tells of power drawn, in milliwatts, by the index of the port.
std::map<TableIndex, std::int64_t> power_of(Reading& reading, const DeviceSignature& device,
                                            const Table& cisco_rows) {
  std::map<TableIndex, std::int64_t> power;
  for (const auto& [index, row] : cisco_rows)
    if (row.find(cisco_power)) power.emplace(index, row.integer(cisco_power));
  if (!device.object_id.starts_with(hp)) return power;
  for (const auto& bind : reading.column(hp_power))
    power.emplace(index_of(bind, hp_power), integer_of(bind).value_or(0));
  return power;
}

// What changes a little with every scan would make every report a new one: milliwatts in whole watts, up; all
// that a source gives in tens of watts.
constexpr std::int64_t most_milliwatts = 1'000'000'000;
std::int64_t in_watts(std::int64_t milliwatts) {
  return (std::clamp<std::int64_t>(milliwatts, 0, most_milliwatts) + 999) / 1000;
}
std::int64_t in_steps(std::int64_t watts) {
  return (std::clamp<std::int64_t>(watts, 0, most_milliwatts) + 5) / 10 * 10;
}

inventory::Item port_item(const TableIndex& index, const TableRow& row) {
  constexpr std::int64_t delivering = 3;
  inventory::Item item{.class_name = "power_port", .ref = {}, .owner = {}, .attributes = {}};
  item.attributes.set("group", std::int64_t{index[0]});
  item.attributes.set("number", std::int64_t{index[1]});
  if (row.integer(port_enabled) > 0) item.attributes.set("enabled", row.integer(port_enabled) == 1);
  item.attributes.set("priority", word_of(priorities, row.integer(port_priority)));
  item.attributes.set("status", word_of(port_states, row.integer(port_status)));
  // class0(1) to class4(5), and where IEEE 802.3bt is, on; of a port that feeds nobody it is what was last.
  const auto power_class = row.integer(port_class);
  if (power_class > 0 && power_class <= 9 && row.integer(port_status) == delivering)
    item.attributes.set("power_class", power_class - 1);
  return item;
}

void read_sources(Reading& reading) {
  for (const auto& [index, row] :
       reading.table(source_entry, {source_budget, source_status, source_used, source_threshold})) {
    if (index.size() != 1) continue;
    inventory::Item item{.class_name = "power_source", .ref = {}, .owner = {}, .attributes = {}};
    item.attributes.set("group", std::int64_t{index[0]});
    if (row.integer(source_budget) > 0) item.attributes.set("budget_w", row.integer(source_budget));
    if (row.integer(source_threshold) > 0)
      item.attributes.set("threshold_percent", row.integer(source_threshold));
    item.attributes.set("status", word_of(source_states, row.integer(source_status)));
    if (row.find(source_used)) item.attributes.set("used_w", in_steps(row.integer(source_used)));
    reading.section().items.push_back(std::move(item));
  }
}

std::set<std::int64_t> ethernet_ports(const inventory::Report& report) {
  std::set<std::int64_t> found;
  for (const auto& section : report.sections) {
    for (const auto& item : section.items) {
      if (item.class_name == "network_port" && item.attributes.text("type") == "ethernet")
        found.insert(item.attributes.integer("if_index"));
    }
  }
  return found;
}

}  // namespace

void read_power(Reading& reading, const DeviceSignature& device, const PortNames& names,
                const Table& entities) {
  const auto ethernet = ethernet_ports(reading.report());
  reading.begin("power_over_ethernet");
  if (ethernet.empty()) return;
  const auto rows = reading.rare_table(port_entry, {port_status, port_enabled, port_priority, port_class});
  const auto extras = device.object_id.starts_with(cisco)
                          ? reading.rare_table(cisco_entry, {cisco_power, cisco_entity})
                          : Table{};
  auto if_indices = if_indices_by_entity(extras, names, entities);
  if (if_indices.empty()) if_indices = if_indices_of(reading, rows, names, ethernet);
  const auto power = power_of(reading, device, extras);
  for (const auto& [index, row] : rows) {
    if (index.size() != 2) continue;
    auto item = port_item(index, row);
    const auto if_index = if_indices.find(index);
    if (if_index != if_indices.end()) item.attributes.set("port", names.by_index.at(if_index->second));
    const auto drawn = power.find(index);
    if (drawn != power.end()) item.attributes.set("power_w", in_watts(drawn->second));
    reading.section().items.push_back(std::move(item));
  }
  read_sources(reading);
}

}  // namespace censo::scanner
