// Every recorded root as a whole host: what an agent would report of it fits the classes, and in GLPI's form
// the format's own schema (tests/agent/glpi, MIT, from github.com/glpi-project/inventory_format).
#include "agent/glpi_inventory.h"

#include "agent/collect_report.h"
#include "base/text.h"
#include "inventory/report_codec.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

namespace censo::agent {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// As much of JSON Schema draft 7 as the format uses. Answers where the first fault is, "" for none.
class Draft7 {
 public:
  explicit Draft7(json::value root) : root_(std::move(root)) {}
  std::string fault(const json::value& value) { return fault(root_, value, ""); }

 private:
  static bool has_type(std::string_view type, const json::value& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    return false;
  }

  std::string fault(const json::value& schema_value, const json::value& value, const std::string& at) {
    const auto& schema = schema_value.as_object();
    if (const auto* reference = schema.if_contains("$ref"))
      return fault(target(std::string(reference->as_string())), value, at);
    if (const auto* type = schema.if_contains("type"); type != nullptr && !has_type(type->as_string(), value))
      return at + ": not of type " + std::string(type->as_string());
    for (const auto* one_of : {"anyOf", "oneOf"}) {
      if (const auto* choices = schema.if_contains(one_of);
          choices != nullptr && !fits_any(*choices, value, at))
        return at + ": none of " + one_of;
    }
    if (const auto* pattern = schema.if_contains("pattern"); pattern != nullptr && value.is_string()) {
      const std::regex expression(std::string(pattern->as_string()));
      if (!std::regex_search(std::string(value.as_string()), expression))
        return at + ": '" + std::string(value.as_string()) + "' does not match";
    }
    if (value.is_array()) return fault_of_rows(schema, value.as_array(), at);
    return value.is_object() ? fault_of_members(schema, value.as_object(), at) : std::string();
  }

  bool fits_any(const json::value& choices, const json::value& value, const std::string& at) {
    for (const auto& choice : choices.as_array()) {
      if (fault(choice, value, at).empty()) return true;
    }
    return false;
  }

  std::string fault_of_rows(const json::object& schema, const json::array& rows, const std::string& at) {
    const auto* items = schema.if_contains("items");
    for (std::size_t i = 0; items != nullptr && i < rows.size(); ++i) {
      auto found = fault(*items, rows[i], at + "/" + std::to_string(i));
      if (!found.empty()) return found;
    }
    return {};
  }

  std::string fault_of_members(const json::object& schema, const json::object& object,
                               const std::string& at) {
    if (const auto* required = schema.if_contains("required")) {
      for (const auto& name : required->as_array()) {
        if (!object.contains(name.as_string())) return at + ": no " + std::string(name.as_string());
      }
    }
    const auto* properties = schema.if_contains("properties");
    for (const auto& [name, member] : object) {
      const auto* rule = properties == nullptr ? nullptr : properties->as_object().if_contains(name);
      // The format takes unknown members nearly everywhere; ours are all known ones.
      if (rule == nullptr) return at + ": unknown member " + std::string(name);
      auto found = fault(*rule, member, at + "/" + std::string(name));
      if (!found.empty()) return found;
    }
    return {};
  }

  const json::value& target(const std::string& reference) const {
    const auto* place = &root_;
    for (const auto part : base::split(std::string_view(reference).substr(2), '/'))
      place = &place->as_object().at(part);
    return *place;
  }

  json::value root_;
};

using Types = std::map<std::string, std::string>;  // name -> the line that defines it

// The attributes of a class with its ancestors', by the plain text of its file.
Types attributes_of(const std::string& class_name) {
  const auto text = content(fs::path(CENSO_SOURCE_DIR) / "schemas/classes" / (class_name + ".yaml"));
  Types types;
  for (const auto line : base::split(text, '\n')) {
    if (line.starts_with("extends: ")) types = attributes_of(std::string(base::trim(line.substr(9))));
  }
  for (const auto line : base::split(text, '\n')) {
    const auto colon = line.find(": {");
    if (line.starts_with("  ") && line[2] != '-' && colon != std::string_view::npos)
      types[std::string(line.substr(2, colon - 2))] = line;
  }
  return types;
}

bool is_of_type(const std::string& definition, const inventory::Value& value) {
  const auto type = definition.substr(definition.find("type: ") + 6);
  if (type.starts_with("integer")) return std::holds_alternative<std::int64_t>(value);
  if (type.starts_with("boolean")) return std::holds_alternative<bool>(value);
  if (type.starts_with("decimal"))
    return std::holds_alternative<double>(value) || std::holds_alternative<std::int64_t>(value);
  if (type.starts_with("list")) return std::holds_alternative<inventory::TextList>(value);
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return false;
  if (type.starts_with("enumeration")) return definition.find(*text) != std::string::npos;
  return !type.starts_with("date") || base::parse_iso8601(*text);
}

std::vector<std::string> misfits(const inventory::Report& report) {
  static std::map<std::string, Types> known;
  std::vector<std::string> found;
  const auto check = [&](const std::string& class_name, const inventory::Attributes& attributes) {
    const auto [place, is_new] = known.try_emplace(class_name);
    if (is_new) place->second = attributes_of(class_name);
    for (const auto& attribute : attributes) {
      const auto type = place->second.find(attribute.name);
      if (type == place->second.end() || !is_of_type(type->second, attribute.value))
        found.push_back(class_name + "." + attribute.name);
    }
  };
  for (const auto& section : report.sections) {
    check("virtual_machine", section.attributes);
    for (const auto& item : section.items) check(item.class_name, item.attributes);
  }
  return found;
}

std::vector<fs::path> all_roots() {
  std::vector<fs::path> roots;
  for (const auto& source : fs::directory_iterator(fs::path(CENSO_CASES) / "sources/linux")) {
    for (const auto& entry : fs::directory_iterator(source)) roots.push_back(entry.path() / "root");
  }
  std::sort(roots.begin(), roots.end());
  return roots;
}

inventory::Report report_of(const fs::path& root) {
  const auto host = recorded_host(root.string(), 1'767'225'600'000);
  CollectSettings settings;
  settings.version = "1.0";
  settings.privacy.personal = true;
  return collect_report(*host, all_sources(), settings);
}

TEST(EveryRecordedHost, FitsTheClasses) {
  for (const auto& root : all_roots()) {
    const auto report = report_of(root);
    EXPECT_EQ(misfits(report), std::vector<std::string>()) << root;
    EXPECT_TRUE(inventory::parse_report(inventory::to_json(report))) << root;
  }
}

TEST(EveryRecordedHost, FitsGlpisSchema) {
  Draft7 schema(json::parse(content(fs::path(CENSO_CASES) / "glpi/inventory.schema.json")));
  for (const auto& root : all_roots()) {
    const auto inventory = json::parse(to_glpi_json(report_of(root)));
    EXPECT_EQ(schema.fault(inventory), "") << root;
  }
}

json::object glpi_content(const std::string& source, const std::string& name) {
  const auto report = report_of(fs::path(CENSO_CASES) / "sources/linux" / source / name / "root");
  return json::parse(to_glpi_json(report)).at("content").as_object();
}

TEST(GlpiInventory, AddressesAreWithoutTheirPrefix) {
  const auto content = glpi_content("network_interfaces", "netlink");
  std::set<std::string> addresses;
  for (const auto& row : content.at("networks").as_array()) {
    for (const auto* name : {"ipaddress", "ipaddress6"}) {
      if (const auto* address = row.as_object().if_contains(name))
        addresses.emplace(std::string(address->as_string()));
    }
  }
  EXPECT_TRUE(addresses.contains("::1"));
  EXPECT_TRUE(addresses.contains("192.0.2.10"));
}

TEST(GlpiInventory, ContainersAndGuestsAreVirtualMachines) {
  const auto guests = glpi_content("guests", "proxmox").at("virtualmachines").as_array();
  EXPECT_EQ(guests.size(), 3U);
  const auto containers = glpi_content("docker", "two_containers").at("virtualmachines").as_array();
  EXPECT_EQ(containers.at(0).at("vmtype"), "docker");
}

TEST(GlpiInventory, LogicalVolumesHaveLvmsOwnNames) {
  const auto content = glpi_content("lvm", "two_physical_volumes");
  const auto& group = content.at("volume_groups").as_array().at(0).as_object();
  EXPECT_EQ(group.at("vg_name"), "vg0");
  EXPECT_EQ(group.at("size"), (60909 + 1023) * 4);
  EXPECT_EQ(group.at("free"), (60909 + 1023 - 13000) * 4);
}

}  // namespace
}  // namespace censo::agent
