// The reader of schemas/devices/: strict, every fault with its line.
#include "base/text.h"
#include "base/yaml.h"
#include "collector/scanner/device_definition.h"
#include "collector/scanner/devices/definition_reader.h"
#include "collector/scanner/devices/device_type.h"
#include "collector/scanner/devices/entity_words.h"

#include <algorithm>

namespace censo::scanner {
namespace {

using Kind = base::YamlValue::Kind;

bool is_attribute(std::string_view key) {
  return std::find(device_attributes.begin(), device_attributes.end(), key) != device_attributes.end();
}

void read_presence(DefinitionReader& reader, const base::YamlValue& node, MatchRule& rule) {
  if (node.kind == Kind::scalar) {
    rule.present.push_back({reader.placed_oid(node, node.scalar), std::nullopt});
    return;
  }
  MatchRule::Presence presence;
  if (reader.known_keys(node, {"oid", "pattern"}) && reader.required(node, "oid")) {
    presence.oid = reader.placed_oid(node, node.find("oid")->scalar);
    if (const auto* pattern = node.find("pattern")) presence.pattern = reader.pattern(*pattern);
    rule.present.push_back(std::move(presence));
  }
}

MatchRule read_rule(DefinitionReader& reader, const base::YamlValue& node) {
  MatchRule rule;
  rule.line = node.line;
  if (!reader.known_keys(node, {"sys_object_id", "sys_descr", "sys_name", "enterprise", "present"}))
    return rule;
  if (node.mapping.empty()) reader.refuse(node, "a rule that says nothing fits every device");
  for (const auto& [key, value] : node.mapping) {
    if (key == "enterprise") rule.enterprise = reader.pattern(value);
    if (key == "sys_name") rule.sys_name = reader.pattern(value);
    for (const auto* member : reader.one_or_list(value)) {
      if (key == "sys_object_id") rule.object_prefixes.push_back(reader.oid(*member));
      if (key == "sys_descr") {
        if (auto pattern = reader.pattern(*member)) rule.sys_descr.push_back(std::move(*pattern));
      }
      if (key == "present") read_presence(reader, *member, rule);
    }
  }
  return rule;
}

void read_models(DefinitionReader& reader, const base::YamlValue& node, DeviceDefinition& definition) {
  if (node.kind != Kind::mapping || !reader.required(node, "under")) {
    reader.refuse(node, "expected a mapping: \"under\" and the numbers below it");
    return;
  }
  definition.models_under = reader.oid(*node.find("under"));
  for (const auto& [key, value] : node.mapping) {
    if (key == "under") continue;
    const auto oid = parse_oid(key);
    if (!oid || value.kind != Kind::scalar) {
      reader.refuse(value, "expected numbers with dots and a name, found '" + key + "'");
      return;
    }
    definition.models.emplace(*oid, value.scalar);
  }
}

void read_descriptions(DefinitionReader& reader, const base::YamlValue& node, DeviceDefinition& definition) {
  for (const auto* member : reader.one_or_list(node)) {
    auto pattern = reader.pattern(*member);
    if (!pattern) return;
    const auto names = pattern->group_names();
    if (names.empty()) reader.refuse(*member, "expected a named group, (?P<model>...)");
    for (const auto& [name, number] : names) {
      if (!is_attribute(name)) reader.refuse(*member, "no attribute is called '" + name + "'");
    }
    definition.descriptions.push_back(std::move(*pattern));
  }
}

void read_vlans(DefinitionReader& reader, const base::YamlValue& node, DeviceDefinition& definition) {
  for (const auto* member : reader.one_or_list(node)) {
    VlanTable table;
    if (!reader.known_keys(*member, {"name", "number", "where"}) || !reader.required(*member, "name")) return;
    table.name = reader.column(*member->find("name"), member->find("where"));
    if (const auto* number = member->find("number"))
      table.number = reader.placed_oid(*number, number->scalar);
    definition.vlans.push_back(std::move(table));
  }
}

void read_parts(DefinitionReader& reader, const base::YamlValue& node, DeviceDefinition& definition) {
  for (const auto* member : reader.one_or_list(node)) {
    if (member->kind != Kind::mapping || !reader.required(*member, "rows")) {
      reader.refuse(*member, "expected a mapping with rows");
      return;
    }
    PartTable table;
    table.rows = reader.column(*member->find("rows"), member->find("where"));
    for (const auto& [key, value] : member->mapping) {
      if (key == "rows" || key == "where") continue;
      if (key == "class") {
        if (!entity_class_number(value.scalar))
          reader.refuse(value, "no part is called '" + value.scalar + "'");
        table.entity_class = value.scalar;
      } else if (entity_column(key)) {
        table.columns.emplace(key, reader.placed_oid(value, value.scalar));
      } else {
        reader.refuse(value, "no attribute of a part is called '" + key + "'");
      }
    }
    definition.parts.push_back(std::move(table));
  }
}

// Of the maker and the type a scalar is the value itself; elsewhere it says where the value is.
void read_attribute(DefinitionReader& reader, const std::string& key, const base::YamlValue& node,
                    DeviceDefinition& definition) {
  auto& sources = definition.sources[key];
  const bool literal = key == "manufacturer" || key == "device_type";
  if (literal && node.kind == Kind::scalar) {
    if (key == "device_type" && !is_device_type(node.scalar)) {
      reader.refuse(node, "no type is called '" + node.scalar + "'");
    }
    ValueSource source;
    source.text = node.scalar;
    source.line = node.line;
    sources.push_back(std::move(source));
    return;
  }
  for (const auto* member : reader.one_or_list(node)) sources.push_back(reader.source(*member));
}

// "cisco/firewall.yaml" is called cisco/firewall; in the file itself, firewall.
std::string full_name(std::string_view path) {
  return std::string(path.substr(0, path.rfind('.')));
}
std::string short_name(std::string_view path) {
  const auto name = full_name(path);
  return name.substr(name.rfind('/') + 1);  // npos + 1 = 0: no folder
}

void read_member(DefinitionReader& reader, const base::YamlMember& member, DeviceDefinition& definition) {
  const auto& [key, value] = member;
  if (key == "device" || key == "extends") {
    if (value.kind != Kind::scalar || value.scalar.empty()) reader.refuse(value, key + ": expected a name");
    (key == "device" ? definition.name : definition.extends) = value.scalar;
  } else if (key == "precedence") {
    const auto number = base::parse_integer(value.scalar);
    if (!number || *number < -100 || *number > 100)
      reader.refuse(value, "expected a number from -100 to 100");
    definition.precedence = number.value_or(0);
  } else if (key == "match") {
    for (const auto* rule : reader.one_or_list(value)) definition.match.push_back(read_rule(reader, *rule));
  } else if (key == "sys_descr") {
    read_descriptions(reader, value, definition);
  } else if (key == "models") {
    read_models(reader, value, definition);
  } else if (key == "parts") {
    read_parts(reader, value, definition);
  } else if (key == "vlans") {
    read_vlans(reader, value, definition);
  } else if (is_attribute(key)) {
    read_attribute(reader, key, value, definition);
  } else {
    reader.refuse(value, "unknown key '" + key +
                             "', expected device, extends, precedence, match, sys_descr, models, vlans, "
                             "parts, or an attribute");
  }
}

}  // namespace

base::Result<DeviceDefinition> parse_device_definition(std::string_view path, std::string_view yaml) {
  const auto root = base::parse_yaml(yaml, path);
  if (!root) return root.error();
  DefinitionReader reader{std::string(path)};
  DeviceDefinition definition;
  definition.file = path;
  definition.extends = "standard";
  if (root->kind != Kind::mapping) reader.refuse(*root, "expected a mapping");
  for (const auto& member : root->mapping) read_member(reader, member, definition);
  if (definition.name != short_name(path)) {
    reader.refuse(*root, "device: expected the file's name, '" + short_name(path) + "', found '" +
                             definition.name + "'");
  }
  definition.name = full_name(path);
  if (definition.name == "standard") definition.extends.clear();
  if (reader.fault()) return *reader.fault();
  return definition;
}

}  // namespace censo::scanner
