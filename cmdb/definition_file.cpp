#include "cmdb/definition_file.h"

#include "base/config.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace censo::cmdb {
namespace {

// In the order of the enumerations.
constexpr std::array<std::string_view, 2> class_kinds{"configuration_item", "component"};
constexpr std::array<std::string_view, 8> attribute_types{"string", "integer",     "decimal", "boolean",
                                                          "date",   "enumeration", "list",    "reference"};
constexpr std::array<std::string_view, 3> impact_directions{"none", "from_to", "to_from"};
constexpr std::array<std::string_view, 4> cardinalities{"many_to_many", "one_to_many", "many_to_one",
                                                        "one_to_one"};

std::optional<double> number(SchemaMapping& mapping, std::string_view key) {
  if (!mapping.has(key)) return std::nullopt;
  const std::string text = mapping.text(key);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value - value == 0) return value;
  mapping.refuse(key, "expected a number, found \"" + text.substr(0, 40) + "\"");
  return std::nullopt;
}

std::optional<std::int64_t> count(SchemaMapping& mapping, std::string_view key) {
  if (!mapping.has(key)) return std::nullopt;
  const auto value = base::parse_integer(mapping.text(key));
  if (value && *value > 0) return value;
  mapping.refuse(key, "expected a whole number above 0");
  return std::nullopt;
}

void check_fits_type(SchemaMapping& mapping, const AttributeDefinition& attribute) {
  const AttributeType type = attribute.type;
  const bool is_number = type == AttributeType::integer || type == AttributeType::decimal;
  const bool is_text = type == AttributeType::string;
  for (const std::string_view key : {"unit", "min", "max"}) {
    if (mapping.has(key) && !is_number) mapping.refuse(key, "only a number has one");
  }
  if (mapping.has("values") != (type == AttributeType::enumeration))
    mapping.refuse("type enumeration and a list of values come together");
  if (mapping.has("to") != (type == AttributeType::reference))
    mapping.refuse("type reference and the class that it leads \"to\" come together");
  if (mapping.has("pattern") && !is_text) mapping.refuse("pattern", "only a string has one");
  if (attribute.unique && !is_text) mapping.refuse("unique", "only a string can be");
  if (mapping.has("max_length") && !is_text && type != AttributeType::list)
    mapping.refuse("max_length", "only a string or a list has one");
  if (attribute.min && attribute.max && *attribute.min > *attribute.max)
    mapping.refuse("max", "expected at least min");
}

AttributeDefinition read_attribute(SchemaFile& file, const std::string& name, const base::YamlValue& node) {
  SchemaMapping mapping(file, node,
                        {"type", "values", "to", "unit", "label", "operational", "required", "unique",
                         "pattern", "min", "max", "max_length"});
  AttributeDefinition attribute;
  attribute.name = name;
  attribute.type = static_cast<AttributeType>(mapping.choice("type", attribute_types));
  attribute.label = mapping.label("label");
  attribute.unit = mapping.optional_text("unit");
  attribute.values = mapping.optional_names("values");
  attribute.to_class = mapping.optional_name("to");
  attribute.operational = mapping.flag("operational");
  attribute.required = mapping.flag("required");
  attribute.unique = mapping.flag("unique");
  attribute.pattern = mapping.optional_text("pattern");
  attribute.min = number(mapping, "min");
  attribute.max = number(mapping, "max");
  if (const auto length = count(mapping, "max_length"))
    attribute.max_length = static_cast<std::size_t>(*length);
  check_fits_type(mapping, attribute);
  return attribute;
}

IdentityRule read_identity_rule(SchemaFile& file, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"rule", "attributes", "within", "optional"});
  IdentityRule rule;
  rule.name = mapping.name("rule");
  rule.attributes = mapping.optional_names("attributes");
  rule.within = mapping.optional_name("within");
  rule.optional = mapping.optional_names("optional");
  if (rule.attributes.empty()) mapping.refuse("missing key \"attributes\"");
  for (const auto& name : rule.optional) {
    if (std::ranges::find(rule.attributes, name) == rule.attributes.end())
      mapping.refuse("optional", "\"" + name + "\" is none of the rule's attributes");
  }
  if (!rule.attributes.empty() && rule.optional.size() == rule.attributes.size())
    mapping.refuse("optional", "expected one attribute at least that is not");
  return rule;
}

void check_name(SchemaFile& file, SchemaMapping& mapping, std::string_view key, const std::string& name) {
  if (name != file.stem()) mapping.refuse(key, "expected the file's name, \"" + file.stem() + "\"");
}

void read_attributes(SchemaFile& file, SchemaMapping& mapping, ClassDefinition& into) {
  for (const auto& [name, node] : mapping.optional_members("attributes")) {
    into.attributes.push_back(read_attribute(file, name, *node));
    into.attributes.back().defined_by = into.name;
  }
}

// One name, or a list of them.
std::vector<std::string> read_end(SchemaMapping& mapping, std::string_view key) {
  if (mapping.is_sequence(key)) return mapping.optional_names(key);
  return {mapping.name(key)};
}

}  // namespace

ClassDefinition read_class(SchemaFile& file) {
  SchemaMapping mapping(
      file, file.root(),
      {"class", "extends", "kind", "abstract", "transient", "label", "identity", "key", "attributes"});
  ClassDefinition read;
  read.name = mapping.name("class");
  check_name(file, mapping, "class", read.name);
  read.parent = mapping.optional_name("extends");
  read.kind = static_cast<ClassKind>(mapping.choice("kind", class_kinds, 0));
  read.abstract = mapping.flag("abstract");
  read.transient = mapping.flag("transient");
  read.label = mapping.label("label");
  read.key = mapping.optional_names("key");
  for (const auto* node : mapping.optional_sequence("identity"))
    read.identity.push_back(read_identity_rule(file, *node));
  read_attributes(file, mapping, read);
  return read;
}

ClassDefinition read_added_attributes(SchemaFile& file) {
  SchemaMapping mapping(file, file.root(), {"class", "attributes"});
  ClassDefinition read;
  read.name = mapping.name("class");
  check_name(file, mapping, "class", read.name);
  read_attributes(file, mapping, read);
  if (read.attributes.empty()) mapping.refuse("missing key \"attributes\"");
  return read;
}

RelationDefinition read_relation(SchemaFile& file) {
  SchemaMapping mapping(file, file.root(),
                        {"relation", "label", "reverse", "from", "to", "impact", "cardinality", "identifying",
                         "redundancy", "expires_after"});
  RelationDefinition read;
  read.name = mapping.name("relation");
  check_name(file, mapping, "relation", read.name);
  read.label = mapping.label("label");
  read.reverse_label = mapping.label("reverse");
  read.from_classes = read_end(mapping, "from");
  read.to_classes = read_end(mapping, "to");
  read.impact = static_cast<ImpactDirection>(mapping.choice("impact", impact_directions));
  read.cardinality = static_cast<Cardinality>(mapping.choice("cardinality", cardinalities, 0));
  read.identifying = mapping.flag("identifying");
  if (const auto* node = file.root().find("redundancy")) {
    SchemaMapping redundancy(file, *node, {"min_up"});
    read.redundant_min_up = count(redundancy, "min_up");
    if (!read.redundant_min_up) redundancy.refuse("missing key \"min_up\"");
    if (read.impact == ImpactDirection::none)
      mapping.refuse("redundancy", "nothing is harmed where impact is none");
  }
  if (mapping.has("expires_after")) {
    const auto duration = base::parse_duration_ms(mapping.text("expires_after"));
    if (duration && *duration > 0)
      read.expires_after_ms = *duration;
    else
      mapping.refuse("expires_after", "expected a duration such as 30d");
  }
  return read;
}

StageDefinition read_stage(SchemaFile& file) {
  SchemaMapping mapping(file, file.root(), {"stage", "order", "label", "statuses"});
  StageDefinition read;
  read.name = mapping.name("stage");
  check_name(file, mapping, "stage", read.name);
  read.order = count(mapping, "order").value_or(0);
  if (read.order == 0) mapping.refuse("missing key \"order\"");
  read.label = mapping.label("label");
  for (const auto& [name, node] : mapping.optional_members("statuses")) {
    SchemaMapping labels(file, *node, {"en", "es"});
    read.statuses.push_back({name, {labels.text("en"), labels.text("es")}});
  }
  if (read.statuses.empty()) mapping.refuse("missing key \"statuses\"");
  return read;
}

std::string_view name_of(ClassKind kind) {
  return class_kinds[static_cast<std::size_t>(kind)];
}

std::string_view name_of(AttributeType type) {
  return attribute_types[static_cast<std::size_t>(type)];
}

std::string_view name_of(ImpactDirection direction) {
  return impact_directions[static_cast<std::size_t>(direction)];
}

std::string_view name_of(Cardinality cardinality) {
  return cardinalities[static_cast<std::size_t>(cardinality)];
}

}  // namespace censo::cmdb
