#include "agent/glpi/rows.h"

#include "base/clock.h"
#include "base/text.h"

#include <array>

namespace censo::agent::glpi {
namespace {

constexpr std::int64_t bytes_per_megabyte = 1024 * 1024;

struct ToText {
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const { return std::to_string(number); }
  std::string operator()(bool yes) const { return yes ? "1" : "0"; }
  std::string operator()(const inventory::TextList& list) const { return base::join(list, "/"); }
};

// "2026-10-01 12:00:00", or its first ten characters. Firmware writes "11/23/2019".
std::string date_text(const std::string& text, bool with_time) {
  const auto time = base::parse_iso8601(text);
  if (time) {
    const auto iso = base::to_iso8601(*time);
    return with_time ? iso.substr(0, 10) + " " + iso.substr(11, 8) : iso.substr(0, 10);
  }
  const auto parts = base::split(text, '/');
  const bool american =
      parts.size() == 3 && parts[0].size() == 2 && parts[1].size() == 2 && parts[2].size() == 4;
  if (!american || !base::parse_unsigned(std::string(parts[2]).append(parts[0]).append(parts[1]))) return {};
  return std::string(parts[2]).append("-").append(parts[0]).append("-").append(parts[1]);
}

constexpr std::array<Field, 8> battery{{{"name", "name"},
                                        {"name", "model"},
                                        {"manufacturer", "manufacturer"},
                                        {"serial", "serial_number"},
                                        {"chemistry", "chemistry"},
                                        {"capacity", "design_capacity_mwh", Form::integer},
                                        {"real_capacity", "full_capacity_mwh", Form::integer},
                                        {"voltage", "voltage_mv", Form::integer}}};
constexpr std::array<Field, 4> slot{
    {{"name", "name"}, {"description", "type"}, {"designation", "address"}, {"status", "usage"}}};
constexpr std::array<Field, 4> port{
    {{"name", "name"}, {"caption", "connector"}, {"description", "internal_name"}, {"type", "type"}}};
constexpr std::array<Field, 9> controller{{{"name", "model"},
                                           {"caption", "model"},
                                           {"manufacturer", "manufacturer"},
                                           {"driver", "driver"},
                                           {"type", "type"},
                                           {"pcislot", "slot"},
                                           {"vendorid", "vendor_id"},
                                           {"productid", "device_id"},
                                           {"rev", "revision"}}};
constexpr std::array<Field, 6> usb{{{"name", "model"},
                                    {"caption", "model"},
                                    {"manufacturer", "manufacturer"},
                                    {"serial", "serial_number"},
                                    {"vendorid", "vendor_id"},
                                    {"productid", "device_id"}}};
constexpr std::array<Field, 4> video{{{"name", "model"},
                                      {"chipset", "manufacturer"},
                                      {"pcislot", "slot"},
                                      {"memory", "memory_mib", Form::integer}}};
constexpr std::array<Field, 4> sound{
    {{"name", "name"}, {"name", "model"}, {"caption", "codec"}, {"description", "driver"}}};
constexpr std::array<Field, 3> camera{
    {{"designation", "model"}, {"model", "model"}, {"manufacturer", "manufacturer"}}};
constexpr std::array<Field, 4> modem{
    {{"name", "model"}, {"model", "model"}, {"manufacturer", "manufacturer"}, {"serial", "serial_number"}}};
constexpr std::array<Field, 4> input{
    {{"name", "name"}, {"caption", "name"}, {"type", "kind"}, {"interface", "bus"}}};
constexpr std::array<Field, 9> supply{{{"name", "name"},
                                       {"manufacturer", "manufacturer"},
                                       {"model", "model"},
                                       {"partnum", "model"},
                                       {"serialnumber", "serial_number"},
                                       {"power_max", "power_watts", Form::integer},
                                       {"hotreplaceable", "hot_replaceable", Form::boolean},
                                       {"status", "state"},
                                       {"location", "location"}}};
constexpr std::array<Field, 5> local_user{
    {{"login", "name"}, {"id", "user_id"}, {"name", "full_name"}, {"home", "home"}, {"shell", "shell"}}};
constexpr std::array<Field, 2> remote{{{"id", "number"}, {"type", "name"}}};
constexpr std::array<Field, 8> printer{{{"name", "name"},
                                        {"description", "description"},
                                        {"driver", "driver"},
                                        {"port", "address"},
                                        {"serial", "serial_number"},
                                        {"network", "network", Form::boolean},
                                        {"shared", "shared", Form::boolean},
                                        {"status", "state"}}};
constexpr std::array<Field, 4> licence{
    {{"name", "name"}, {"fullname", "name"}, {"productid", "subscription_id"}, {"key", "subscription_id"}}};
constexpr std::array<Field, 4> firmware{{{"name", "name"},
                                         {"version", "version"},
                                         {"manufacturer", "manufacturer"},
                                         {"date", "released", Form::date}}};
constexpr std::array<Field, 1> session{{{"login", "user"}}};
constexpr std::array<Field, 5> process{{{"pid", "pid", Form::integer},
                                        {"cmd", "name"},
                                        {"cmd", "command_line"},
                                        {"user", "user"},
                                        {"started", "started", Form::time}}};

constexpr std::array<SectionRule, 18> rules{{{"batteries", "battery", battery, "name"},
                                             {"slots", "expansion_slot", slot, "name"},
                                             {"ports", "hardware_port", port, "type"},
                                             {"controllers", "pci_device", controller, "slot"},
                                             {"usbdevices", "usb_device", usb, "port"},
                                             {"videos", "graphics_adapter", video, "model"},
                                             {"sounds", "sound_card", sound, "name"},
                                             {"cameras", "camera", camera, "name"},
                                             {"modems", "modem", modem, "name"},
                                             {"inputs", "input_device", input, "name"},
                                             {"powersupplies", "power_supply", supply, "name"},
                                             {"local_users", "local_user", local_user, "name"},
                                             {"remote_mgmt", "remote_access_tool", remote, "number"},
                                             {"printers", "print_queue", printer, "name"},
                                             {"licenseinfos", "subscription", licence, "name"},
                                             {"firmwares", "device_firmware", firmware, "name"},
                                             {"users", "user_session", session, "user"},
                                             {"processes", "process", process, "user"}}};

}  // namespace

std::span<const SectionRule> plain_sections() {
  return rules;
}

void set_text(json::object& row, std::string_view name, std::string_view text) {
  if (!text.empty()) row[name] = text;
}

void set_field(json::object& row, const Field& field, const Attributes& attributes) {
  const auto* value = attributes.find(field.ours);
  if (value == nullptr) return;
  const auto* number = std::get_if<std::int64_t>(value);
  const auto* flag = std::get_if<bool>(value);
  switch (field.form) {
    case Form::text: return set_text(row, field.theirs, std::visit(ToText{}, *value));
    case Form::integer:
      if (number != nullptr) row[field.theirs] = *number;
      return;
    case Form::megabytes:
      if (number != nullptr) row[field.theirs] = *number / bytes_per_megabyte;
      return;
    case Form::boolean:
      if (flag != nullptr) row[field.theirs] = *flag;
      return;
    case Form::date:
    case Form::time:
      return set_text(row, field.theirs, date_text(std::visit(ToText{}, *value), field.form == Form::time));
  }
}

json::object row_of(const Attributes& attributes, std::span<const Field> fields) {
  json::object row;
  for (const auto& field : fields) set_field(row, field, attributes);
  return row;
}

std::int64_t integer_of(const Attributes& attributes, std::string_view name) {
  const auto* value = attributes.find(name);
  const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
  return number == nullptr ? 0 : *number;
}

bool flag_of(const Attributes& attributes, std::string_view name) {
  const auto* value = attributes.find(name);
  const auto* flag = value == nullptr ? nullptr : std::get_if<bool>(value);
  return flag != nullptr && *flag;
}

inventory::TextList list_of(const Attributes& attributes, std::string_view name) {
  const auto* value = attributes.find(name);
  const auto* list = value == nullptr ? nullptr : std::get_if<inventory::TextList>(value);
  return list == nullptr ? inventory::TextList() : *list;
}

std::vector<const Item*> items_of(const Report& report, std::string_view class_name) {
  std::vector<const Item*> found;
  for (const auto& section : report.sections) {
    for (const auto& item : section.items) {
      if (item.class_name == class_name) found.push_back(&item);
    }
  }
  return found;
}

Attributes subject_of(const Report& report) {
  Attributes subject;
  for (const auto& section : report.sections) {
    for (const auto& [name, value] : section.attributes) {
      if (subject.find(name) == nullptr) subject.set(name, value);
    }
  }
  return subject;
}

}  // namespace censo::agent::glpi
