// ENTITY-MIB (RFC 6933): entPhysicalTable; ENTITY-STATE-MIB (RFC 4268): entStateTable.
#include "collector/scanner/devices/entity_words.h"
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/varbind.h"

#include <array>
#include <map>

namespace censo::scanner {
namespace {

const Oid entity_entry = oid_of({1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1});
enum : std::uint32_t {
  descr = 2,
  vendor_type = 3,  // only to see that a row is there
  contained_in = 4,
  entity_class = 5,
  name = 7,
  hardware_rev = 8,
  firmware_rev = 9,
  software_rev = 10,
  serial = 11,
  manufacturer = 12,
  model = 13,
  asset_tag = 15,
  is_fru = 16
};
enum : std::int64_t {
  class_unknown = 2,
  class_container = 5,
  class_sensor = 8,
  class_module = 9,
  class_port = 10,
  class_chassis = 3,
  class_stack = 11
};

// With the index of entPhysicalTable.
const Oid state_entry = oid_of({1, 3, 6, 1, 2, 1, 131, 1, 1, 1});
enum : std::uint32_t {
  admin_state = 2,
  oper_state = 3,
  usage_state = 4,
  alarm_status = 5,
  standby_status = 6
};

// Slots, sensors and sockets outnumber the parts by far, and nobody exchanges them; with a serial number they
// are parts.
bool is_part(const TableRow& row) {
  const auto kind = row.integer(entity_class);
  return !row.text(serial).empty() || (kind != class_container && kind != class_sensor && kind != class_port);
}

inventory::Item part_of(const TableRow& row, std::int64_t index) {
  inventory::Item item{.class_name = "physical_entity", .ref = {}, .owner = {}, .attributes = {}};
  item.attributes.set("entity_index", index);
  item.attributes.set("entity_class", entity_class_word(row.integer(entity_class)));
  item.attributes.set("name", row.text(name));
  item.attributes.set("description", row.text(descr));
  item.attributes.set("model", row.text(model));
  item.attributes.set("serial_number", row.text(serial));
  item.attributes.set("manufacturer", row.text(manufacturer));
  item.attributes.set("hardware_revision", row.text(hardware_rev));
  item.attributes.set("firmware_revision", row.text(firmware_rev));
  item.attributes.set("software_revision", row.text(software_rev));
  if (row.integer(contained_in) > 0) item.attributes.set("contained_in", row.integer(contained_in));
  if (row.integer(is_fru) > 0) item.attributes.set("field_replaceable", row.integer(is_fru) == 1);
  return item;
}

std::string_view state_word(std::uint32_t column, std::int64_t state) {
  static const std::map<std::uint32_t, std::array<std::string_view, 3>> words{
      {admin_state, {"locked", "shutting_down", "unlocked"}},
      {oper_state, {"disabled", "enabled", "testing"}},
      {usage_state, {"idle", "active", "busy"}},
      {standby_status, {"hot_standby", "cold_standby", "providing_service"}}};
  return state >= 2 && state <= 4 ? words.at(column)[static_cast<std::size_t>(state - 2)] : "";  // 1: unknown
}

// EntityAlarmStatus, the first bit is the highest of the first octet.
inventory::TextList alarms_of(const TableRow& row) {
  static constexpr std::array<std::string_view, 7> words{"",      "under_repair", "critical",     "major",
                                                         "minor", "warning",      "indeterminate"};
  const auto* bind = row.find(alarm_status);
  const auto octets = bind ? octets_of(*bind) : std::string();
  inventory::TextList alarms;
  for (std::size_t bit = 1; bit < words.size() && !octets.empty(); ++bit)
    if (octets[0] & 0x80 >> bit) alarms.emplace_back(words[bit]);
  return alarms;
}

void read_states(Reading& reading) {
  auto& parts = reading.section().items;
  if (parts.empty()) return;
  const auto states =
      reading.rare_table(state_entry, {oper_state, admin_state, usage_state, alarm_status, standby_status});
  for (auto& part : parts) {
    const auto found = states.find({static_cast<std::uint32_t>(part.attributes.integer("entity_index"))});
    if (found == states.end()) continue;
    const auto& row = found->second;
    part.attributes.set("admin_state", state_word(admin_state, row.integer(admin_state)));
    part.attributes.set("oper_state", state_word(oper_state, row.integer(oper_state)));
    part.attributes.set("usage_state", state_word(usage_state, row.integer(usage_state)));
    part.attributes.set("standby_state", state_word(standby_status, row.integer(standby_status)));
    part.attributes.set("alarms", alarms_of(row));
  }
}

bool is_outermost(const Table& table, const TableRow& row) {
  const auto outer = table.find({static_cast<std::uint32_t>(row.integer(contained_in))});
  return outer == table.end() || outer->second.integer(entity_class) == class_stack;
}

}  // namespace

namespace {

// Fans, power supplies and the like are never the device, whatever contains them.
bool could_be_device(std::int64_t kind) {
  return kind <= class_unknown || kind == class_container || kind == class_module || kind == class_stack;
}

}  // namespace

// The chassis with the lowest index that nothing but a stack contains. Devices that call nothing a chassis
// have an outermost row with a serial number, or else with a model.
const TableRow* chassis_of(const Table& entities) {
  const TableRow* numbered = nullptr;
  const TableRow* named = nullptr;
  for (const auto& [index, row] : entities) {
    const auto kind = row.integer(entity_class);
    if (!is_outermost(entities, row)) continue;
    if (kind == class_chassis) return &row;
    if (!could_be_device(kind)) continue;
    if (!numbered && !row.text(serial).empty()) numbered = &row;
    if (!named && !row.text(model).empty()) named = &row;
  }
  return numbered ? numbered : named;
}

Table read_entities(Reading& reading) {
  reading.begin("entities");
  auto table = reading.table(
      entity_entry, {entity_class, descr, contained_in, name, hardware_rev, firmware_rev, software_rev,
                     serial, manufacturer, model, asset_tag, is_fru, vendor_type});
  for (const auto& [index, row] : table) {
    if (index.size() == 1 && is_part(row)) reading.section().items.push_back(part_of(row, index[0]));
  }
  reading.rows().entities = table.size();
  read_states(reading);
  return table;
}

}  // namespace censo::scanner
