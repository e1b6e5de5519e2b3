#include "agent/smbios_parts.h"

#include "agent/attributes.h"
#include "agent/placeholder.h"

#include <array>
#include <cctype>
#include <set>
#include <span>

namespace censo::agent {
namespace {

using inventory::Attributes;
using Names = std::span<const std::string_view>;

// DSP0134 3.7, 7.9.2: what the port is wired with.
constexpr std::array<std::string_view, 36> connectors{"",
                                                      "Centronics",
                                                      "Mini Centronics",
                                                      "Proprietary",
                                                      "DB-25 male",
                                                      "DB-25 female",
                                                      "DB-15 male",
                                                      "DB-15 female",
                                                      "DB-9 male",
                                                      "DB-9 female",
                                                      "RJ-11",
                                                      "RJ-45",
                                                      "50 Pin MiniSCSI",
                                                      "Mini DIN",
                                                      "Micro DIN",
                                                      "PS/2",
                                                      "Infrared",
                                                      "HP-HIL",
                                                      "Access Bus (USB)",
                                                      "SSA SCSI",
                                                      "Circular DIN-8 male",
                                                      "Circular DIN-8 female",
                                                      "On Board IDE",
                                                      "On Board Floppy",
                                                      "9 Pin Dual Inline (pin 10 cut)",
                                                      "25 Pin Dual Inline (pin 26 cut)",
                                                      "50 Pin Dual Inline",
                                                      "68 Pin Dual Inline",
                                                      "On Board Sound Input From CD-ROM",
                                                      "Mini Centronics Type-14",
                                                      "Mini Centronics Type-26",
                                                      "Mini Jack (headphones)",
                                                      "BNC",
                                                      "IEEE 1394",
                                                      "SAS/SATA Plug Receptacle",
                                                      "USB Type-C Receptacle"};

// 7.9.3: what it is for.
constexpr std::array<std::string_view, 36> port_types{"",
                                                      "Parallel Port XT/AT Compatible",
                                                      "Parallel Port PS/2",
                                                      "Parallel Port ECP",
                                                      "Parallel Port EPP",
                                                      "Parallel Port ECP/EPP",
                                                      "Serial Port XT/AT Compatible",
                                                      "Serial Port 16450 Compatible",
                                                      "Serial Port 16550 Compatible",
                                                      "Serial Port 16550A Compatible",
                                                      "SCSI Port",
                                                      "MIDI Port",
                                                      "Joystick Port",
                                                      "Keyboard Port",
                                                      "Mouse Port",
                                                      "SSA SCSI",
                                                      "USB",
                                                      "Firewire (IEEE P1394)",
                                                      "PCMCIA Type I",
                                                      "PCMCIA Type II",
                                                      "PCMCIA Type III",
                                                      "Cardbus",
                                                      "Access Bus Port",
                                                      "SCSI II",
                                                      "SCSI Wide",
                                                      "PC-98",
                                                      "PC-98 Hireso",
                                                      "PC-H98",
                                                      "Video Port",
                                                      "Audio Port",
                                                      "Modem Port",
                                                      "Network Port",
                                                      "SATA",
                                                      "SAS",
                                                      "MFDP (Multi-Function Display Port)",
                                                      "Thunderbolt"};

// 7.10.1, up to what PCI Express begins with.
constexpr std::array<std::string_view, 41> slot_types{"",
                                                      "",
                                                      "",
                                                      "ISA",
                                                      "MCA",
                                                      "EISA",
                                                      "PCI",
                                                      "PC Card (PCMCIA)",
                                                      "VLB",
                                                      "Proprietary",
                                                      "Processor Card",
                                                      "Proprietary Memory Card",
                                                      "I/O Riser Card",
                                                      "NuBus",
                                                      "PCI-66",
                                                      "AGP",
                                                      "AGP 2x",
                                                      "AGP 4x",
                                                      "PCI-X",
                                                      "AGP 8x",
                                                      "M.2 Socket 1-DP",
                                                      "M.2 Socket 1-SD",
                                                      "M.2 Socket 2",
                                                      "M.2 Socket 3",
                                                      "MXM Type I",
                                                      "MXM Type II",
                                                      "MXM Type III",
                                                      "MXM Type III-HE",
                                                      "MXM Type IV",
                                                      "MXM 3.0 Type A",
                                                      "MXM 3.0 Type B",
                                                      "PCI Express 2 SFF-8639 (U.2)",
                                                      "PCI Express 3 SFF-8639 (U.2)",
                                                      "PCI Express Mini 52-pin with bottom-side keep-outs",
                                                      "PCI Express Mini 52-pin",
                                                      "PCI Express Mini 76-pin",
                                                      "PCI Express 4 SFF-8639 (U.2)",
                                                      "PCI Express 5 SFF-8639 (U.2)",
                                                      "OCP NIC 3.0 Small Form Factor (SFF)",
                                                      "OCP NIC 3.0 Large Form Factor (LFF)",
                                                      "OCP NIC Prior to 3.0"};

constexpr std::array<std::string_view, 15> slot_widths{"",       "",       "",        "8-bit", "16-bit",
                                                       "32-bit", "64-bit", "128-bit", "x1",    "x2",
                                                       "x4",     "x8",     "x12",     "x16",   "x32"};

constexpr std::array<std::string_view, 9> chemistries{"",
                                                      "",
                                                      "",
                                                      "Lead Acid",
                                                      "Nickel Cadmium",
                                                      "Nickel Metal Hydride",
                                                      "Lithium Ion",
                                                      "Zinc Air",
                                                      "Lithium Polymer"};

std::string_view name_in(Names names, std::optional<std::uint8_t> number) {
  return number && *number < names.size() ? names[*number] : std::string_view{};
}

// Names of slots and ports repeat ("USB"); rows of a report do not.
class UniqueNames {
 public:
  std::string unique(const std::string& name) {
    std::string text = name;
    for (int i = 2; !taken_.insert(text).second; ++i) text = name + " (" + std::to_string(i) + ")";
    return text;
  }

 private:
  std::set<std::string> taken_;
};

std::string first_text(const SmbiosStructure& structure, std::initializer_list<std::size_t> offsets) {
  for (const auto offset : offsets) {
    if (auto text = without_placeholder(structure.text(offset)); !text.empty()) return text;
  }
  return {};
}

// Type 8.
void add_port(const SmbiosStructure& port, UniqueNames& names, SourceOutput& out) {
  const bool is_outside = port.byte(7).value_or(0) != 0;
  const auto name = is_outside ? first_text(port, {6, 4}) : first_text(port, {4, 6});
  if (name.empty()) return;
  auto& attributes = out.add("hardware_port").attributes;
  set_text(attributes, "name", names.unique(name));
  set_text(attributes, "internal_name", without_placeholder(port.text(4)));
  set_text(attributes, "connector", name_in(connectors, is_outside ? port.byte(7) : port.byte(5)));
  const auto type = port.byte(8);
  set_text(attributes, "type", type == 0xA0 ? "8251 Compatible" : name_in(port_types, type));
  attributes.set("external", is_outside);
}

// "PCI Express 3 x16": generation by blocks of six widths from 0xA5 on.
std::string slot_type(std::uint8_t type) {
  struct Generation {
    std::uint8_t first;
    std::string_view name;
  };
  constexpr std::array generations{Generation{0xBE, "PCI Express 5"}, Generation{0xB8, "PCI Express 4"},
                                   Generation{0xB1, "PCI Express 3"}, Generation{0xAB, "PCI Express 2"},
                                   Generation{0xA5, "PCI Express"}};
  constexpr std::array<std::string_view, 6> widths{"", " x1", " x2", " x4", " x8", " x16"};
  if (type < 0xA5) return std::string(name_in(slot_types, type));
  if (type == 0xC4) return "PCI Express 6+";
  if (type == 0xC5) return "EDSFF E1";
  if (type == 0xC6) return "EDSFF E3";
  for (const auto& generation : generations) {
    const auto width = static_cast<std::size_t>(type - generation.first);
    if (type >= generation.first && width < widths.size())
      return std::string(generation.name) + std::string(widths[width]);
  }
  return {};
}

// "0000:02:00.0" of the bus address; "" before 2.6 and where the firmware leaves all ones.
std::string slot_address(const SmbiosStructure& slot) {
  const auto segment = slot.word(0x0D), place = slot.word(0x0F);
  if (!segment || !place || *segment == 0xFFFF || *place == 0xFFFF) return {};
  constexpr std::string_view digits = "0123456789abcdef";
  const auto hex = [&](unsigned number, unsigned bits) {
    std::string text;
    for (unsigned shift = bits; shift > 0; shift -= 4) text += digits[number >> (shift - 4) & 0xF];
    return text;
  };
  const unsigned bus = *place & 0xFF, device = *place >> 11 & 0x1F, function = *place >> 8 & 7;
  return hex(*segment, 16) + ":" + hex(bus, 8) + ":" + hex(device, 8) + "." + std::to_string(function);
}

// Type 9.
void add_slot(const SmbiosStructure& slot, UniqueNames& names, SourceOutput& out) {
  const auto name = without_placeholder(slot.text(4));
  if (name.empty()) return;
  auto& attributes = out.add("expansion_slot").attributes;
  set_text(attributes, "name", names.unique(name));
  set_text(attributes, "type", slot_type(slot.byte(5).value_or(0)));
  set_text(attributes, "width", name_in(slot_widths, slot.byte(6)));
  constexpr std::array<std::string_view, 6> usages{"", "", "", "free", "used", "unavailable"};
  set_text(attributes, "usage", name_in(usages, slot.byte(7)));
  set_text(attributes, "address", slot_address(slot));
}

// Type 22. Years since 1980, month and day in a word of Smart Battery.
std::string smart_battery_date(std::optional<std::uint16_t> word) {
  if (!word || *word == 0) return {};
  const unsigned year = 1980 + (*word >> 9), month = *word >> 5 & 0xF, day = *word & 0x1F;
  if (month < 1 || month > 12 || day < 1 || day > 31) return {};
  const auto two = [](unsigned number) { return std::to_string(100 + number).substr(1); };
  return std::to_string(year) + "-" + two(month) + "-" + two(day);
}

std::string smart_battery_serial(std::optional<std::uint16_t> word) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  if (!word || *word == 0 || *word == 0xFFFF) return {};
  std::string text;
  for (const unsigned shift : {12U, 8U, 4U, 0U}) text += digits[*word >> shift & 0xFU];
  return text;
}

void add_battery(const SmbiosStructure& battery, UniqueNames& names, SourceOutput& out) {
  const auto name = first_text(battery, {4, 8});
  if (name.empty()) return;
  auto& attributes = out.add("battery").attributes;
  set_text(attributes, "name", names.unique(name));
  set_text(attributes, "manufacturer", without_placeholder(battery.text(5)));
  set_text(attributes, "model", without_placeholder(battery.text(8)));
  auto serial = serial_without_placeholder(battery.text(7));
  set_text(attributes, "serial_number", serial.empty() ? smart_battery_serial(battery.word(0x10)) : serial);
  const auto chemistry = name_in(chemistries, battery.byte(9));
  set_text(attributes, "chemistry",
           chemistry.empty() ? without_placeholder(battery.text(0x14)) : std::string(chemistry));
  const auto factor = std::max<std::int64_t>(1, battery.byte(0x15).value_or(1));
  set_count(attributes, "design_capacity_mwh", battery.word(0x0A).value_or(0) * factor);
  set_count(attributes, "voltage_mv", battery.word(0x0C));
  set_text(attributes, "manufactured", smart_battery_date(battery.word(0x12)));
}

// Type 39.
void add_power_supply(const SmbiosStructure& supply, UniqueNames& names, SourceOutput& out) {
  constexpr std::uint16_t not_known = 0x8000, hot_replaceable = 1, present = 2, unplugged = 4;
  const auto bits = supply.word(0x0E).value_or(present);
  const auto name = first_text(supply, {6, 5});
  if (name.empty() || (bits & present) == 0) return;
  auto& attributes = out.add("power_supply").attributes;
  set_text(attributes, "name", names.unique(name));
  set_text(attributes, "location", without_placeholder(supply.text(5)));
  set_text(attributes, "manufacturer", without_placeholder(supply.text(7)));
  set_text(attributes, "serial_number", serial_without_placeholder(supply.text(8)));
  set_text(attributes, "model", without_placeholder(supply.text(0x0A)));
  const auto watts = supply.word(0x0C).value_or(not_known);
  if (watts != not_known) set_count(attributes, "power_watts", watts);
  attributes.set("hot_replaceable", (bits & hot_replaceable) != 0);
  constexpr std::array<std::string_view, 6> states{"", "", "", "ok", "non-critical", "critical"};
  const auto state = name_in(states, static_cast<std::uint8_t>(bits >> 7 & 7));
  set_text(attributes, "state", (bits & unplugged) != 0 ? "unplugged" : state);
}

// Type 45, of version 3.5.
void add_firmware(const SmbiosStructure& firmware, UniqueNames& names, SourceOutput& out) {
  const auto name = without_placeholder(firmware.text(4));
  if (name.empty()) return;
  auto& attributes = out.add("device_firmware").attributes;
  set_text(attributes, "name", names.unique(name));
  set_text(attributes, "version", without_placeholder(firmware.text(5)));
  set_text(attributes, "released", without_placeholder(firmware.text(9)));
  set_text(attributes, "manufacturer", without_placeholder(firmware.text(0x0A)));
}

// Type 43. The vendor's four letters, filled up with zeros.
void add_tpm(const SmbiosStructure& tpm, Attributes& subject) {
  const auto major = tpm.byte(8), minor = tpm.byte(9);
  if (!major || *major == 0) return;
  set_text(subject, "tpm_version", std::to_string(*major) + "." + std::to_string(minor.value_or(0)));
  const auto vendor = tpm.formatted.substr(4, 4);
  set_text(subject, "tpm_manufacturer", std::string_view(vendor).substr(0, vendor.find('\0')));
}

// Type 38.
void add_management_controller(const SmbiosStructure& controller, Attributes& subject) {
  constexpr std::array<std::string_view, 5> kinds{"", "KCS", "SMIC", "BT", "SSIF"};
  const auto revision = controller.byte(5).value_or(0);
  const auto version = std::to_string(revision >> 4) + "." + std::to_string(revision & 0x0F);
  set_text(subject, "management_controller",
           "IPMI " + version + " " + std::string(name_in(kinds, controller.byte(4))));
}

}  // namespace

void add_smbios_parts(const SmbiosTable& table, bool with_batteries, SourceOutput& out) {
  UniqueNames ports, slots, batteries, supplies, firmware;
  for (const auto& structure : table.structures) {
    switch (structure.type) {
      case 8: add_port(structure, ports, out); break;
      case 9: add_slot(structure, slots, out); break;
      case 22:
        if (with_batteries) add_battery(structure, batteries, out);
        break;
      case 38: add_management_controller(structure, out.section.attributes); break;
      case 39: add_power_supply(structure, supplies, out); break;
      case 43: add_tpm(structure, out.section.attributes); break;
      case 45: add_firmware(structure, firmware, out); break;
      default: break;
    }
  }
}

}  // namespace censo::agent
