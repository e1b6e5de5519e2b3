// The smbios source against what dmidecode reads in the same tables.
#include "agent/placeholder.h"
#include "base/text.h"
#include "tests/agent/sources/host_data.h"

#include <array>
#include <map>

namespace censo::agent {
namespace {

using host_data::integer_of;

struct Structure {
  int type = 0;
  std::map<std::string, std::string> values;
  std::string text(const std::string& name) const {
    const auto value = values.find(name);
    return value == values.end() ? std::string() : value->second;
  }
};

std::vector<Structure> structures_in(const std::string& text) {
  std::vector<Structure> structures;
  for (const auto line : base::split(text, '\n')) {
    if (line.starts_with("Handle 0x")) {
      const auto words = base::split_words(line);  // Handle 0x0000, DMI type 222, 14 bytes
      structures.push_back(
          {static_cast<int>(*base::parse_integer(words[4].substr(0, words[4].size() - 1))), {}});
    }
    const auto colon = line.find(": ");
    if (structures.empty() || colon == std::string_view::npos || !line.starts_with('\t') ||
        line.starts_with("\t\t"))
      continue;
    structures.back().values.emplace(line.substr(1, colon - 1), base::trim(line.substr(colon + 2)));
  }
  return structures;
}

// "8 GB", "512 MB", "2400 MT/s"
std::int64_t amount(const std::string& text) {
  const auto words = base::split_words(text);
  if (words.size() < 2) return 0;
  const auto number = base::parse_integer(words[0]);
  return number.value_or(0) * (words[1] == "GB" ? 1024 : 1);
}

std::string line(std::string_view name, std::string_view value) {
  return value.empty() ? std::string() : std::string(name) + " = " + std::string(value) + "\n";
}

std::string line(std::string_view name, std::int64_t value) {
  return value == 0 ? std::string() : line(name, std::to_string(value));
}

struct Text {
  int type;
  const char* dmidecode;
  const char* attribute;
  std::string (*clean)(std::string_view);
};

constexpr std::array machine_texts{
    Text{0, "Vendor", "firmware_vendor", without_placeholder},
    Text{0, "Version", "firmware_version", without_placeholder},
    Text{0, "Release Date", "firmware_date", without_placeholder},
    Text{1, "Manufacturer", "manufacturer", without_placeholder},
    Text{1, "Product Name", "model", without_placeholder},
    Text{1, "Version", "product_version", without_placeholder},
    Text{1, "Serial Number", "serial_number", serial_without_placeholder},
    Text{1, "UUID", "smbios_uuid", uuid_without_placeholder},
    Text{1, "SKU Number", "product_sku", without_placeholder},
    Text{1, "Family", "product_family", without_placeholder},
    Text{2, "Manufacturer", "baseboard_manufacturer", without_placeholder},
    Text{2, "Product Name", "baseboard_model", without_placeholder},
    Text{2, "Serial Number", "baseboard_serial_number", serial_without_placeholder},
    Text{3, "Manufacturer", "chassis_manufacturer", without_placeholder},
    Text{3, "Type", "chassis_type", without_placeholder},
    Text{3, "Serial Number", "chassis_serial_number", serial_without_placeholder},
    Text{3, "Asset Tag", "asset_tag", serial_without_placeholder}};

constexpr std::array memory_texts{Text{17, "Locator", "slot", without_placeholder},
                                  Text{17, "Bank Locator", "bank", without_placeholder},
                                  Text{17, "Type", "type", without_placeholder},
                                  Text{17, "Form Factor", "form_factor", without_placeholder},
                                  Text{17, "Manufacturer", "manufacturer", without_placeholder},
                                  Text{17, "Serial Number", "serial_number", serial_without_placeholder},
                                  Text{17, "Part Number", "part_number", without_placeholder}};

constexpr std::array processor_texts{Text{4, "Socket Designation", "name", without_placeholder},
                                     Text{4, "Manufacturer", "manufacturer", without_placeholder},
                                     Text{4, "Version", "model", without_placeholder},
                                     Text{4, "Serial Number", "serial_number", serial_without_placeholder}};

// dmidecode says "Other" where the standard's name says nothing.
std::string cleaned(const Text& text, const Structure& structure) {
  const auto value = text.clean(structure.text(text.dmidecode));
  return value == "Other" ? std::string() : value;
}

template <class Texts>
std::string expected_texts(const Texts& texts, const Structure& structure) {
  std::string lines;
  for (const auto& text : texts) lines += line(text.attribute, cleaned(text, structure));
  return lines;
}

template <class Texts>
std::string found_texts(const Texts& texts, const inventory::Attributes& attributes) {
  std::string lines;
  for (const auto& text : texts) lines += line(text.attribute, attributes.text(text.attribute));
  return lines;
}

std::string expected_memory(const Structure& device) {
  const bool is_empty = device.text("Size") == "No Module Installed";
  if (is_empty) {
    return "slot " + line("slot", without_placeholder(device.text("Locator")));
  }
  return "module " + expected_texts(memory_texts, device) + line("size_mib", amount(device.text("Size"))) +
         line("speed_mts", amount(device.text("Speed")));
}

std::string expected_processor(const Structure& processor) {
  const bool populated = processor.text("Status").starts_with("Populated");
  if (!populated) return "socket " + line("name", without_placeholder(processor.text("Socket Designation")));
  return "processor " + expected_texts(processor_texts, processor) +
         line("cores", base::parse_integer(processor.text("Core Count")).value_or(0));
}

// Names that repeat get a number, " (2)".
std::string without_number(const std::string& name) {
  return name.ends_with(')') ? name.substr(0, name.rfind(" (")) : name;
}

std::string expected_slot(const Structure& slot) {
  const std::map<std::string, std::string> usages{
      {"In Use", "used"}, {"Available", "free"}, {"Unavailable", "unavailable"}};
  const auto name = without_placeholder(slot.text("Designation"));
  const auto usage = usages.find(slot.text("Current Usage"));
  if (name.empty()) return {};
  return "expansion " + line("name", without_number(name)) +
         line("usage", usage == usages.end() ? "" : usage->second);
}

std::string expected_port(const Structure& port) {
  const bool outside = port.text("External Connector Type") != "None";
  const auto inner = without_placeholder(port.text("Internal Reference Designator"));
  const auto outer = without_placeholder(port.text("External Reference Designator"));
  const auto& first = outside ? outer : inner;
  const auto& name = first.empty() ? (outside ? inner : outer) : first;
  return name.empty() ? std::string() : "port " + line("name", without_number(name));
}

std::string expected_facts(const std::vector<Structure>& structures) {
  std::string facts;
  for (const auto& text : machine_texts) {
    const auto first = std::find_if(structures.begin(), structures.end(),
                                    [&](const Structure& structure) { return structure.type == text.type; });
    if (first != structures.end()) facts += line(text.attribute, cleaned(text, *first));
  }
  for (const auto& structure : structures) {
    if (structure.type == 17) facts += expected_memory(structure);
    if (structure.type == 9) facts += expected_slot(structure);
    if (structure.type == 8) facts += expected_port(structure);
    if (structure.type == 4 && structure.text("Type") == "Central Processor")
      facts += expected_processor(structure);
  }
  return facts;
}

std::string found_fact(const inventory::Item& item) {
  const auto& attributes = item.attributes;
  if (item.class_name == "memory_slot") return "slot " + line("slot", attributes.text("slot"));
  if (item.class_name == "memory_module") {
    return "module " + found_texts(memory_texts, attributes) +
           line("size_mib", integer_of(attributes, "size_mib")) +
           line("speed_mts", integer_of(attributes, "speed_mts"));
  }
  if (item.class_name == "expansion_slot") {
    return "expansion " + line("name", without_number(attributes.text("name"))) +
           line("usage", attributes.text("usage"));
  }
  if (item.class_name == "hardware_port")
    return "port " + line("name", without_number(attributes.text("name")));
  if (item.class_name != "processor_socket") return {};
  if (!std::get<bool>(*attributes.find("populated")))
    return "socket " + line("name", attributes.text("name"));
  return "processor " + found_texts(processor_texts, attributes) +
         line("cores", integer_of(attributes, "cores"));
}

// A record a line, sorted: the source tells of processors and memory first.
std::string in_order(const std::string& facts) {
  static constexpr std::array<std::string_view, 6> heads{"module ", "slot ",      "socket ",
                                                         "port ",   "processor ", "expansion "};
  std::vector<std::string> records;
  for (const auto fact : base::split(facts, '\n')) {
    if (fact.empty()) continue;
    const bool begins =
        records.empty() || std::any_of(heads.begin(), heads.end(),
                                       [&](std::string_view head) { return fact.starts_with(head); });
    if (begins) records.emplace_back();
    records.back().append("; ").append(fact);
  }
  std::sort(records.begin(), records.end());
  return base::join(records, "\n");
}

class Dmidecode : public testing::TestWithParam<std::string> {};

TEST_P(Dmidecode, SaysTheSame) {
  if (GetParam().empty()) GTEST_SKIP() << "no recordings on this machine";
  const auto dump = host_data::content(host_data::folder("smbios") / (GetParam() + ".bin"));
  const host_data::TemporaryFolder root;
  const auto tables = root.path() / "sys/firmware/dmi/tables";
  host_data::fs::create_directories(tables);
  std::ofstream(tables / "smbios_entry_point", std::ios::binary) << dump.substr(0, 0x20);
  std::ofstream(tables / "DMI", std::ios::binary) << dump.substr(0x20);

  const auto out = host_data::run("smbios", root.path());

  std::string found = found_texts(machine_texts, out.section.attributes);
  for (const auto& item : out.section.items) found += found_fact(item);
  const auto answer = host_data::content(host_data::folder("smbios") / (GetParam() + ".dmidecode.txt"));
  EXPECT_EQ(in_order(found), in_order(expected_facts(structures_in(answer))));
  EXPECT_TRUE(out.section.complete);
}

INSTANTIATE_TEST_SUITE_P(HostData, Dmidecode, testing::ValuesIn(host_data::names("smbios", ".bin")),
                         host_data::test_name);

}  // namespace
}  // namespace censo::agent
