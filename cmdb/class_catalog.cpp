#include "cmdb/class_catalog.h"

#include "base/clock.h"
#include "base/text.h"
#include "cmdb/schema_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace censo::cmdb {

// Made by the build.
std::span<const base::EmbeddedFile> embedded_schemas();

std::span<const base::EmbeddedFile> built_in_schemas() {
  return embedded_schemas();
}

namespace {

using base::Errc;

// In the order of the enumerations.
constexpr std::array<std::string_view, 2> class_kinds{"configuration_item", "component"};
constexpr std::array<std::string_view, 7> attribute_types{"string", "integer",     "decimal", "boolean",
                                                          "date",   "enumeration", "list"};
constexpr std::array<std::string_view, 3> impact_directions{"none", "from_to", "to_from"};

template <class Definition>
struct Loaded {
  SchemaFile file;
  Definition definition;
};
template <class Definition>
using LoadedByName = std::map<std::string, Loaded<Definition>, std::less<>>;

using LoadedClasses = LoadedByName<ClassDefinition>;
using LoadedRelations = LoadedByName<RelationDefinition>;

AttributeDefinition read_attribute(SchemaFile& file, const std::string& name, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"type", "values", "unit", "label", "operational"});
  AttributeDefinition attribute;
  attribute.name = name;
  attribute.type = static_cast<AttributeType>(mapping.choice("type", attribute_types));
  attribute.label = mapping.label("label");
  attribute.unit = mapping.optional_text("unit");
  attribute.values = mapping.optional_names("values");
  attribute.operational = mapping.flag("operational");
  const bool number = attribute.type == AttributeType::integer || attribute.type == AttributeType::decimal;
  if (mapping.has("unit") && !number) mapping.refuse("unit", "only a number has one");
  if (mapping.has("values") != (attribute.type == AttributeType::enumeration)) {
    mapping.refuse("type enumeration and a list of values come together");
  }
  return attribute;
}

IdentityRule read_identity_rule(SchemaFile& file, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"rule", "attributes", "within"});
  IdentityRule rule;
  rule.name = mapping.name("rule");
  rule.attributes = mapping.optional_names("attributes");
  rule.within = mapping.optional_name("within");
  if (rule.attributes.empty()) mapping.refuse("missing key \"attributes\"");
  return rule;
}

ClassDefinition read_class(SchemaFile& file) {
  SchemaMapping mapping(
      file, file.root(),
      {"class", "extends", "kind", "abstract", "transient", "label", "identity", "key", "attributes"});
  ClassDefinition read;
  read.name = mapping.name("class");
  if (read.name != file.stem()) mapping.refuse("class", "expected the file's name, \"" + file.stem() + "\"");
  read.parent = mapping.optional_name("extends");
  read.kind = static_cast<ClassKind>(mapping.choice("kind", class_kinds, 0));
  read.abstract = mapping.flag("abstract");
  read.transient = mapping.flag("transient");
  read.label = mapping.label("label");
  read.key = mapping.optional_names("key");
  for (const auto* node : mapping.optional_sequence("identity"))
    read.identity.push_back(read_identity_rule(file, *node));
  for (const auto& [name, node] : mapping.optional_members("attributes")) {
    read.attributes.push_back(read_attribute(file, name, *node));
  }
  return read;
}

RelationDefinition read_relation(SchemaFile& file) {
  SchemaMapping mapping(file, file.root(), {"relation", "label", "reverse", "from", "to", "impact"});
  RelationDefinition read;
  read.name = mapping.name("relation");
  if (read.name != file.stem())
    mapping.refuse("relation", "expected the file's name, \"" + file.stem() + "\"");
  read.label = mapping.label("label");
  read.reverse_label = mapping.label("reverse");
  read.from_class = mapping.name("from");
  read.to_class = mapping.name("to");
  read.impact = static_cast<ImpactDirection>(mapping.choice("impact", impact_directions));
  return read;
}

// Every YAML file of one folder, by the name that it defines.
template <class Definition>
base::Result<LoadedByName<Definition>> read_folder(std::span<const base::EmbeddedFile> files,
                                                   std::string_view folder, Definition (*read)(SchemaFile&)) {
  LoadedByName<Definition> all;
  for (const auto& [path, content] : files) {
    if (!path.starts_with(folder) || !path.ends_with(".yaml")) continue;
    SchemaFile file(path, content);
    auto definition = read(file);
    if (all.contains(definition.name))
      file.refuse(file.root(), "\"" + definition.name + "\" stands in another file already");
    if (file.fault()) return *file.fault();
    auto name = definition.name;
    all.emplace(std::move(name), Loaded<Definition>{std::move(file), std::move(definition)});
  }
  return all;
}

// Own definitions of the class and its ancestors, root first. Nothing: a parent is unknown, or the chain is a
// circle.
std::optional<std::vector<const ClassDefinition*>> lineage(const LoadedClasses& classes,
                                                           const ClassDefinition& leaf) {
  std::vector<const ClassDefinition*> chain{&leaf};
  while (!chain.back()->parent.empty()) {
    const auto parent = classes.find(chain.back()->parent);
    if (parent == classes.end() || chain.size() > classes.size()) return {};
    chain.push_back(&parent->second.definition);
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

// Puts `part` at the end of `whole`, refusing a name that is there.
template <class Named>
void append_named(std::vector<Named>& whole, const std::vector<Named>& part, std::string_view key,
                  SchemaFile& file) {
  for (const auto& one : part) {
    const auto same = [&](const Named& other) { return other.name == one.name; };
    if (std::any_of(whole.begin(), whole.end(), same))
      file.refuse(key, "\"" + one.name + "\" stands twice, here or in an ancestor");
    whole.push_back(one);
  }
}

// The leaf of the chain with all that it inherits.
ClassDefinition merged(const std::vector<const ClassDefinition*>& chain, SchemaFile& file) {
  ClassDefinition whole = *chain.back();
  whole.kind = chain.front()->kind;
  whole.attributes.clear();
  whole.identity.clear();
  for (const auto* part : chain) {
    whole.transient = whole.transient || part->transient;
    append_named(whole.attributes, part->attributes, "attributes", file);
  }
  for (auto part = chain.rbegin(); part != chain.rend(); ++part) {
    if (whole.key.empty()) whole.key = (*part)->key;
    append_named(whole.identity, (*part)->identity, "identity", file);
  }
  return whole;
}

void check_attributes_exist(const ClassDefinition& whole, const std::vector<std::string>& names,
                            std::string_view key, SchemaFile& file) {
  for (const auto& name : names) {
    if (!whole.find_attribute(name))
      file.refuse(key, "class " + whole.name + " has no attribute \"" + name + "\"");
  }
}

void check_configuration_item(const ClassDefinition& whole, const LoadedRelations& relations,
                              SchemaFile& file) {
  if (!whole.key.empty())
    file.refuse("key", "only a component has one; a configuration item has \"identity\"");
  if (whole.transient) file.refuse("transient", "only a component can be");
  if (!whole.abstract && whole.identity.empty())
    file.refuse("identity", "missing: nothing tells its items apart");
  for (const auto& rule : whole.identity) {
    check_attributes_exist(whole, rule.attributes, "identity", file);
    if (!rule.within.empty() && !relations.contains(rule.within)) {
      file.refuse("identity", "within: no relation \"" + rule.within + "\"");
    }
  }
}

void check_component(const ClassDefinition& whole, SchemaFile& file) {
  if (!whole.identity.empty())
    file.refuse("identity", "a component has none, but a \"key\" within its owner");
  const bool kept = !whole.abstract && !whole.transient;
  if (kept && whole.key.empty()) file.refuse("key", "missing: nothing tells its rows apart");
  check_attributes_exist(whole, whole.key, "key", file);
}

// The class with all that it inherits; faults go to its file.
ClassDefinition complete(const LoadedClasses& classes, const LoadedRelations& relations,
                         const ClassDefinition& own, SchemaFile& file) {
  if (!own.parent.empty() && !classes.contains(own.parent))
    file.refuse("extends", "no class \"" + own.parent + "\"");
  const auto chain = lineage(classes, own);
  if (!chain) {
    file.refuse("extends", "the ancestors of \"" + own.name + "\" form a circle or are not all there");
    return own;
  }
  auto whole = merged(*chain, file);
  if (file.root().find("kind") && own.kind != whole.kind)
    file.refuse("kind", "expected the same as its parent's");
  if (whole.kind == ClassKind::component) {
    check_component(whole, file);
  } else {
    check_configuration_item(whole, relations, file);
  }
  return whole;
}

void check_end(const ClassCatalog& catalog, const std::string& end, std::string_view key, SchemaFile& file) {
  const auto* found = catalog.find_class(end);
  if (!found || found->kind != ClassKind::configuration_item) {
    file.refuse(key, "expected a class of configuration items, found \"" + end + "\"");
  }
}

std::string shown(const inventory::Value& value) {
  struct Shower {
    std::string operator()(const std::string& text) const { return "\"" + text.substr(0, 60) + "\""; }
    std::string operator()(std::int64_t number) const { return "the integer " + std::to_string(number); }
    std::string operator()(double number) const { return "the decimal " + std::to_string(number); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(const inventory::TextList& list) const {
      return "a list of " + std::to_string(list.size());
    }
  };
  return std::visit(Shower{}, value);
}

bool fits(const AttributeDefinition& definition, const inventory::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  switch (definition.type) {
    case AttributeType::string: return text != nullptr;
    case AttributeType::integer: return std::holds_alternative<std::int64_t>(value);
    case AttributeType::decimal:
      return std::holds_alternative<double>(value) || std::holds_alternative<std::int64_t>(value);
    case AttributeType::boolean: return std::holds_alternative<bool>(value);
    case AttributeType::date: return text && base::parse_iso8601(*text);
    case AttributeType::enumeration:
      return text &&
             std::find(definition.values.begin(), definition.values.end(), *text) != definition.values.end();
    case AttributeType::list: return std::holds_alternative<inventory::TextList>(value);
  }
  return false;
}

std::string expected_of(const AttributeDefinition& definition) {
  std::string expected(name_of(definition.type));
  if (definition.type == AttributeType::date) expected += " (ISO 8601)";
  if (definition.type == AttributeType::enumeration)
    expected = "one of " + base::join(definition.values, ", ");
  return expected;
}

}  // namespace

std::string_view name_of(ClassKind kind) {
  return class_kinds[static_cast<std::size_t>(kind)];
}

std::string_view name_of(AttributeType type) {
  return attribute_types[static_cast<std::size_t>(type)];
}

std::string_view name_of(ImpactDirection direction) {
  return impact_directions[static_cast<std::size_t>(direction)];
}

const AttributeDefinition* ClassDefinition::find_attribute(std::string_view wanted) const {
  for (const auto& attribute : attributes) {
    if (attribute.name == wanted) return &attribute;
  }
  return nullptr;
}

base::Result<ClassCatalog> ClassCatalog::load(std::span<const base::EmbeddedFile> files) {
  auto relations = read_folder<RelationDefinition>(files, "relationships/", read_relation);
  if (!relations) return relations.error();
  auto classes = read_folder<ClassDefinition>(files, "classes/", read_class);
  if (!classes) return classes.error();
  auto history = load_history_rules(files);
  if (!history) return history.error();

  ClassCatalog catalog;
  catalog.history_ = std::move(*history);
  for (auto& [name, loaded] : *classes) {
    catalog.classes_.emplace(name, complete(*classes, *relations, loaded.definition, loaded.file));
    if (loaded.file.fault()) return *loaded.file.fault();
  }
  for (auto& [name, loaded] : *relations) {
    check_end(catalog, loaded.definition.from_class, "from", loaded.file);
    check_end(catalog, loaded.definition.to_class, "to", loaded.file);
    if (loaded.file.fault()) return *loaded.file.fault();
    catalog.relations_.emplace(name, loaded.definition);
  }
  return catalog;
}

const ClassDefinition* ClassCatalog::find_class(std::string_view name) const {
  const auto found = classes_.find(name);
  return found == classes_.end() ? nullptr : &found->second;
}

const RelationDefinition* ClassCatalog::find_relation(std::string_view name) const {
  const auto found = relations_.find(name);
  return found == relations_.end() ? nullptr : &found->second;
}

bool ClassCatalog::is_a(std::string_view class_name, std::string_view ancestor) const {
  for (const auto* one = find_class(class_name); one; one = find_class(one->parent)) {
    if (one->name == ancestor) return true;
  }
  return false;
}

const HistoryRule& ClassCatalog::history_rule(std::string_view class_name) const {
  for (const auto* one = find_class(class_name); one; one = find_class(one->parent)) {
    const auto found = history_.by_class.find(one->name);
    if (found != history_.by_class.end()) return found->second;
  }
  return history_.otherwise;
}

std::vector<const ClassDefinition*> ClassCatalog::classes() const {
  std::vector<const ClassDefinition*> all;
  for (const auto& [name, definition] : classes_) all.push_back(&definition);
  return all;
}

std::vector<const RelationDefinition*> ClassCatalog::relations() const {
  std::vector<const RelationDefinition*> all;
  for (const auto& [name, definition] : relations_) all.push_back(&definition);
  return all;
}

base::Result<void> ClassCatalog::check(const ClassDefinition& definition,
                                       const inventory::Attributes& attributes) const {
  for (const auto& [name, value] : attributes) {
    const auto* attribute = definition.find_attribute(name);
    const auto where = "/attributes/" + name;
    if (!attribute)
      return base::fail(Errc::malformed, "class " + definition.name + " has no attribute \"" + name + "\"",
                        where);
    if (!fits(*attribute, value)) {
      return base::fail(Errc::malformed, "expected " + expected_of(*attribute) + ", found " + shown(value),
                        where);
    }
  }
  return {};
}

}  // namespace censo::cmdb
