// Batteries and mains adapters from /sys/class/power_supply (sysfs-class-power).
#include "agent/attributes.h"
#include "agent/placeholder.h"
#include "agent/source.h"
#include "agent/sysfs_folder.h"

namespace censo::agent::sources {
namespace {

constexpr std::string_view supplies_folder = "/sys/class/power_supply";
using Values = std::map<std::string, std::string>;

std::string text_of(const Values& values, std::string_view name) {
  const auto found = values.find("POWER_SUPPLY_" + std::string(name));
  return found == values.end() ? std::string() : found->second;
}

// Micro-units; 0: not told.
std::int64_t number_of(const Values& values, std::string_view name) {
  const auto number = base::parse_integer(text_of(values, name)).value_or(0);
  return number > 0 && number < (1LL << 40) ? number : 0;
}

// Milliwatt hours, of energy or of charge at the design voltage.
std::int64_t capacity_mwh(const Values& values, const std::string& kind) {
  if (const auto energy_uwh = number_of(values, "ENERGY_" + kind)) return energy_uwh / 1000;
  const auto charge_mah = number_of(values, "CHARGE_" + kind) / 1000;
  auto voltage_mv = number_of(values, "VOLTAGE_MIN_DESIGN") / 1000;
  if (voltage_mv == 0) voltage_mv = number_of(values, "VOLTAGE_MAX_DESIGN") / 1000;
  return charge_mah > 0 && voltage_mv < 1'000'000 ? charge_mah * voltage_mv / 1000 : 0;
}

void add_battery(const std::string& name, const Values& values, SourceOutput& out) {
  auto& attributes = out.add("battery").attributes;
  set_text(attributes, "name", name);
  set_text(attributes, "manufacturer", without_placeholder(text_of(values, "MANUFACTURER")));
  set_text(attributes, "model", without_placeholder(text_of(values, "MODEL_NAME")));
  set_text(attributes, "serial_number", serial_without_placeholder(text_of(values, "SERIAL_NUMBER")));
  set_text(attributes, "chemistry", without_placeholder(text_of(values, "TECHNOLOGY")));
  set_count(attributes, "design_capacity_mwh", capacity_mwh(values, "FULL_DESIGN"));
  set_count(attributes, "full_capacity_mwh", capacity_mwh(values, "FULL"));
  set_count(attributes, "voltage_mv", number_of(values, "VOLTAGE_MIN_DESIGN") / 1000);
  set_count(attributes, "cycles", number_of(values, "CYCLE_COUNT"));
  set_text(attributes, "state", text_of(values, "STATUS"));
  // In tens: every report would differ from the one before.
  if (const auto percent = base::parse_integer(text_of(values, "CAPACITY")); percent && *percent >= 0)
    attributes.set("charge_percent", std::min<std::int64_t>(*percent, 100) / 10 * 10);
  // Of a mouse or a pen: it powers the device that names it, not this machine.
  attributes.set("of_peripheral", text_of(values, "SCOPE") == "Device");
}

void add_adapter(const std::string& name, const Values& values, SourceOutput& out) {
  auto& attributes = out.add("power_supply").attributes;
  set_text(attributes, "name", name);
  set_text(attributes, "manufacturer", without_placeholder(text_of(values, "MANUFACTURER")));
  set_text(attributes, "model", without_placeholder(text_of(values, "MODEL_NAME")));
  set_text(attributes, "kind", text_of(values, "TYPE"));
  const auto online = text_of(values, "ONLINE");
  if (!online.empty()) set_text(attributes, "state", online == "0" ? "offline" : "online");
}

}  // namespace

base::Result<void> power(const Host& host, SourceOutput& out) {
  if (const auto names = host.list_folder(supplies_folder); !names) return names.error();
  for (const auto& [name, folder] : folders_in(host, std::string(supplies_folder))) {
    const auto values = folder.uevent();
    const auto type = text_of(values, "TYPE");
    if (type == "Battery" && text_of(values, "PRESENT") != "0") add_battery(name, values, out);
    // A USB port that could charge and does not is no supply.
    if (type == "Mains" || type == "UPS" || (type == "USB" && text_of(values, "ONLINE") == "1"))
      add_adapter(name, values, out);
  }
  return {};
}

}  // namespace censo::agent::sources
