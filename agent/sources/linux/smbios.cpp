// What the firmware says about the machine: identity, chassis, board, memory and processor sockets. Tables
// are DSP0134's.
#include "agent/attributes.h"
#include "agent/placeholder.h"
#include "agent/smbios_parts.h"
#include "agent/smbios_table.h"
#include "agent/source.h"
#include "base/text.h"

#include <array>
#include <span>

namespace censo::agent::sources {
namespace {

using base::Errc;

constexpr std::array<std::string_view, 37> chassis_types{"",
                                                         "",
                                                         "",
                                                         "Desktop",
                                                         "Low Profile Desktop",
                                                         "Pizza Box",
                                                         "Mini Tower",
                                                         "Tower",
                                                         "Portable",
                                                         "Laptop",
                                                         "Notebook",
                                                         "Hand Held",
                                                         "Docking Station",
                                                         "All In One",
                                                         "Sub Notebook",
                                                         "Space-saving",
                                                         "Lunch Box",
                                                         "Main Server Chassis",
                                                         "Expansion Chassis",
                                                         "Sub Chassis",
                                                         "Bus Expansion Chassis",
                                                         "Peripheral Chassis",
                                                         "RAID Chassis",
                                                         "Rack Mount Chassis",
                                                         "Sealed-case PC",
                                                         "Multi-system",
                                                         "CompactPCI",
                                                         "AdvancedTCA",
                                                         "Blade",
                                                         "Blade Enclosing",
                                                         "Tablet",
                                                         "Convertible",
                                                         "Detachable",
                                                         "IoT Gateway",
                                                         "Embedded PC",
                                                         "Mini PC",
                                                         "Stick PC"};

constexpr std::array<std::string_view, 37> memory_types{
    "",      "",      "",       "DRAM",   "EDRAM",        "VRAM",   "SRAM",   "RAM",
    "ROM",   "Flash", "EEPROM", "FEPROM", "EPROM",        "CDRAM",  "3DRAM",  "SDRAM",
    "SGRAM", "RDRAM", "DDR",    "DDR2",   "DDR2 FB-DIMM", "",       "",       "",
    "DDR3",  "FBD2",  "DDR4",   "LPDDR",  "LPDDR2",       "LPDDR3", "LPDDR4", "Logical non-volatile device",
    "HBM",   "HBM2",  "DDR5",   "LPDDR5", "HBM3"};

constexpr std::array<std::string_view, 18> form_factors{"",        "",       "",
                                                        "SIMM",    "SIP",    "Chip",
                                                        "DIP",     "ZIP",    "Proprietary Card",
                                                        "DIMM",    "TSOP",   "Row Of Chips",
                                                        "RIMM",    "SODIMM", "SRIMM",
                                                        "FB-DIMM", "Die",    "CAMM"};

std::string_view name_in(std::span<const std::string_view> names, std::optional<std::uint8_t> number) {
  return number && *number < names.size() ? names[*number] : std::string_view{};
}

const SmbiosStructure* first_of(const SmbiosTable& table, std::uint8_t type) {
  for (const auto& structure : table.structures) {
    if (structure.type == type) return &structure;
  }
  return nullptr;
}

// Where each of the machine's texts stands: structure type and offset in the table, file in
// /sys/class/dmi/id.
struct TextPlace {
  std::string_view attribute;
  std::uint8_t type;
  std::size_t offset;
  std::string_view file;
  std::string (*clean)(std::string_view text);
};

constexpr std::array text_places{
    TextPlace{"firmware_vendor", 0, 0x04, "bios_vendor", without_placeholder},
    TextPlace{"firmware_version", 0, 0x05, "bios_version", without_placeholder},
    TextPlace{"firmware_date", 0, 0x08, "bios_date", without_placeholder},
    TextPlace{"manufacturer", 1, 0x04, "sys_vendor", without_placeholder},
    TextPlace{"model", 1, 0x05, "product_name", without_placeholder},
    TextPlace{"product_version", 1, 0x06, "product_version", without_placeholder},
    TextPlace{"serial_number", 1, 0x07, "product_serial", serial_without_placeholder},
    TextPlace{"product_sku", 1, 0x19, "product_sku", without_placeholder},
    TextPlace{"product_family", 1, 0x1A, "product_family", without_placeholder},
    TextPlace{"baseboard_manufacturer", 2, 0x04, "board_vendor", without_placeholder},
    TextPlace{"baseboard_model", 2, 0x05, "board_name", without_placeholder},
    TextPlace{"baseboard_version", 2, 0x06, "board_version", without_placeholder},
    TextPlace{"baseboard_serial_number", 2, 0x07, "board_serial", serial_without_placeholder},
    TextPlace{"chassis_manufacturer", 3, 0x04, "chassis_vendor", without_placeholder},
    TextPlace{"chassis_serial_number", 3, 0x07, "chassis_serial", serial_without_placeholder},
    TextPlace{"asset_tag", 3, 0x08, "chassis_asset_tag", serial_without_placeholder}};

void add_machine(const SmbiosTable& table, inventory::Attributes& subject) {
  for (const auto& place : text_places) {
    if (const auto* structure = first_of(table, place.type)) {
      set_text(subject, place.attribute, place.clean(structure->text(place.offset)));
    }
  }
  if (const auto* system = first_of(table, 1)) {
    set_text(subject, "smbios_uuid", uuid_without_placeholder(smbios_uuid_text(table, *system)));
  }
  if (const auto* chassis = first_of(table, 3)) {
    const auto type = static_cast<std::uint8_t>(chassis->byte(5).value_or(0) & 0x7F);  // bit 7: has a lock
    set_text(subject, "chassis_type", name_in(chassis_types, type));
  }
}

// Type 16: how much memory the board takes, and in how many slots.
void add_memory_arrays(const SmbiosTable& table, inventory::Attributes& subject) {
  constexpr std::uint8_t system_memory = 3;
  std::int64_t slots = 0;
  std::int64_t capacity_mib = 0;
  for (const auto& array : table.structures) {
    if (array.type != 16 || array.byte(5) != system_memory) continue;
    slots += array.word(0x0D).value_or(0);
    const auto kib = array.double_word(7).value_or(0);
    const bool extended = kib == 0x8000'0000;  // then in bytes, in two double words
    const auto bytes =
        array.double_word(0x0F).value_or(0) | std::uint64_t{array.double_word(0x13).value_or(0)} << 32;
    capacity_mib += static_cast<std::int64_t>(extended ? bytes >> 20 : kib >> 10);
  }
  set_count(subject, "memory_slots", slots);
  set_count(subject, "memory_max_mib", capacity_mib);
}

// 0: an empty slot; nothing: not known.
std::optional<std::int64_t> module_size_mib(const SmbiosStructure& module) {
  const auto size = module.word(0x0C);
  if (!size || *size == 0xFFFF) return std::nullopt;
  if (*size == 0x7FFF) return module.double_word(0x1C).value_or(0) & 0x7FFF'FFFF;
  if ((*size & 0x8000) != 0) return (*size & 0x7FFF) / 1024;  // in KiB
  return *size;
}

std::optional<std::int64_t> speed(const SmbiosStructure& module, std::size_t offset,
                                  std::size_t extended_offset) {
  const auto value = module.word(offset);
  if (value == 0xFFFF) return module.double_word(extended_offset);
  return value;
}

void add_memory_module(const SmbiosStructure& module, inventory::Attributes& attributes) {
  set_text(attributes, "slot", without_placeholder(module.text(0x10)));
  set_text(attributes, "bank", without_placeholder(module.text(0x11)));
  set_text(attributes, "form_factor", name_in(form_factors, module.byte(0x0E)));
  const auto size_mib = module_size_mib(module);
  const bool has_module = size_mib != 0;
  if (!has_module) return;
  set_count(attributes, "size_mib", size_mib);
  set_text(attributes, "type", name_in(memory_types, module.byte(0x12)));
  set_count(attributes, "speed_mts", speed(module, 0x15, 0x54));
  set_count(attributes, "configured_speed_mts", speed(module, 0x20, 0x58));
  set_text(attributes, "manufacturer", without_placeholder(module.text(0x17)));
  set_text(attributes, "serial_number", serial_without_placeholder(module.text(0x18)));
  set_text(attributes, "part_number", without_placeholder(module.text(0x1A)));
  set_count(attributes, "ranks", module.byte(0x1B).value_or(0) & 0x0F);
}

// Counts of 255 and more stand in a wider field of version 3.0.
std::optional<std::int64_t> count_of(const SmbiosStructure& socket, std::size_t offset,
                                     std::size_t wide_offset) {
  const auto count = socket.byte(offset);
  if (count == 0xFF) return socket.word(wide_offset);
  return count;
}

void add_processor_socket(const SmbiosStructure& socket, inventory::Attributes& attributes) {
  const bool populated = (socket.byte(0x18).value_or(0) & 0x40) != 0;
  set_text(attributes, "name", without_placeholder(socket.text(0x04)));
  attributes.set("populated", populated);
  if (!populated) return;
  set_text(attributes, "manufacturer", without_placeholder(socket.text(0x07)));
  set_text(attributes, "model", without_placeholder(socket.text(0x10)));
  set_text(attributes, "serial_number", serial_without_placeholder(socket.text(0x20)));
  set_text(attributes, "part_number", without_placeholder(socket.text(0x22)));
  set_count(attributes, "max_speed_mhz", socket.word(0x14));
  set_count(attributes, "cores", count_of(socket, 0x23, 0x2A));
  set_count(attributes, "threads", count_of(socket, 0x25, 0x2E));
}

void add_parts(const SmbiosTable& table, SourceOutput& out) {
  constexpr std::uint8_t central_processor = 3;
  for (const auto& structure : table.structures) {
    if (structure.type == 17) {
      const bool populated = module_size_mib(structure) != 0;
      add_memory_module(structure, out.add(populated ? "memory_module" : "memory_slot").attributes);
    } else if (structure.type == 4 && structure.byte(5) == central_processor) {
      add_processor_socket(structure, out.add("processor_socket").attributes);
    }
  }
}

// The kernel gives everyone the texts that identify no one; serial numbers and tables are root's.
base::Result<void> read_texts_of_the_kernel(const Host& host, SourceOutput& out) {
  const std::string folder = "/sys/class/dmi/id/";
  if (const auto files = host.list_folder(folder); !files) return files.error();
  const auto text_of = [&](std::string_view file) {
    const auto text = host.read_file(folder + std::string(file));
    if (!text && text.error().code != Errc::not_found) out.partial(text.error());
    return text ? *text : std::string();
  };
  auto& subject = out.section.attributes;
  for (const auto& place : text_places) set_text(subject, place.attribute, place.clean(text_of(place.file)));
  set_text(subject, "smbios_uuid", uuid_without_placeholder(text_of("product_uuid")));
  const auto type = base::parse_unsigned(base::trim(text_of("chassis_type")));
  if (type && *type < chassis_types.size()) set_text(subject, "chassis_type", chassis_types[*type]);
  return {};
}

}  // namespace

base::Result<void> smbios(const Host& host, SourceOutput& out) {
  constexpr std::string_view folder = "/sys/firmware/dmi/tables/";
  const auto entry_point = host.read_file(std::string(folder) + "smbios_entry_point");
  const auto bytes = host.read_file(std::string(folder) + "DMI");
  if (!entry_point || !bytes) {
    const auto& error = entry_point ? bytes.error() : entry_point.error();
    if (error.code != Errc::not_found) out.partial(error);
    return read_texts_of_the_kernel(host, out);
  }
  const auto table = parse_smbios(*entry_point, *bytes);
  if (!table) {
    out.partial(table.error());
    return read_texts_of_the_kernel(host, out);
  }
  if (table->truncated) {
    out.partial(base::fail(Errc::malformed, "the SMBIOS table ends too early", std::string(folder) + "DMI"));
  }
  add_machine(*table, out.section.attributes);
  add_memory_arrays(*table, out.section.attributes);
  add_parts(*table, out);
  const auto supplies = host.list_folder("/sys/class/power_supply");
  add_smbios_parts(*table, !supplies || supplies->empty(), out);
  return {};
}

}  // namespace censo::agent::sources
