#include "cmdb/class_tables.h"

#include "cmdb/definition_file.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace censo::cmdb {
namespace {

template <class Definition>
struct Loaded {
  SchemaFile file;
  Definition definition;
};
template <class Definition>
using LoadedByName = std::map<std::string, Loaded<Definition>, std::less<>>;

using LoadedClasses = LoadedByName<ClassDefinition>;
using LoadedRelations = LoadedByName<RelationDefinition>;

bool is_yaml_of(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && path.ends_with(".yaml");
}

// Puts every YAML file of one folder into `all`, by the name that it defines.
template <class Definition>
base::Result<void> read_folder(LoadedByName<Definition>& all, std::span<const base::EmbeddedFile> files,
                               std::string_view folder, Definition (*read)(SchemaFile&)) {
  for (const auto& [path, content] : files) {
    if (!is_yaml_of(path, folder)) continue;
    SchemaFile file(path, content);
    auto definition = read(file);
    if (all.contains(definition.name))
      file.refuse(file.root(), "\"" + definition.name + "\" stands in another file already");
    if (file.fault()) return *file.fault();
    auto name = definition.name;
    all.emplace(std::move(name), Loaded<Definition>{std::move(file), std::move(definition)});
  }
  return {};
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

// Users' class files: those named as a class that is built in add to it.
base::Result<void> read_added_classes(LoadedClasses& classes, std::span<const base::EmbeddedFile> added) {
  std::vector<base::EmbeddedFile> own;
  for (const auto& one : added) {
    if (!is_yaml_of(one.path, "classes/")) continue;
    SchemaFile file(one.path, one.content);
    const auto known = classes.find(file.stem());
    if (known == classes.end()) {
      own.push_back(one);
      continue;
    }
    const auto extension = read_added_attributes(file);
    append_named(known->second.definition.attributes, extension.attributes, "attributes", file);
    if (file.fault()) return *file.fault();
  }
  const auto mark = [](SchemaFile& file) {
    auto definition = read_class(file);
    definition.built_in = false;
    return definition;
  };
  return read_folder<ClassDefinition>(classes, own, "classes/", mark);
}

base::Result<void> read_added_relations(LoadedRelations& relations,
                                        std::span<const base::EmbeddedFile> added) {
  const auto mark = [](SchemaFile& file) {
    auto definition = read_relation(file);
    definition.built_in = false;
    return definition;
  };
  return read_folder<RelationDefinition>(relations, added, "relationships/", mark);
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
    const bool is_item_name = name == "name" && key == "identity";
    if (!is_item_name && !whole.find_attribute(name))
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
  for (const auto& attribute : whole.attributes) {
    if (attribute.type == AttributeType::reference || attribute.unique || attribute.required)
      file.refuse("attributes", attribute.name + ": a component's is neither reference, unique nor required");
  }
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

// Every one is a class of configuration items.
void check_ends(const ClassTables& tables, const std::vector<std::string>& ends, std::string_view key,
                SchemaFile& file) {
  for (const auto& end : ends) {
    const auto found = tables.classes.find(end);
    if (found == tables.classes.end() || found->second.kind != ClassKind::configuration_item)
      file.refuse(key, "expected a class of configuration items, found \"" + end + "\"");
  }
}

base::Result<void> add_stages(ClassTables& tables, std::span<const base::EmbeddedFile> files) {
  LoadedByName<StageDefinition> stages;
  if (auto read = read_folder<StageDefinition>(stages, files, "lifecycle/", read_stage); !read) return read;
  for (auto& [name, loaded] : stages) tables.stages.push_back(std::move(loaded.definition));
  std::ranges::stable_sort(tables.stages, {}, &StageDefinition::order);
  return {};
}

// Once all classes are there.
base::Result<void> check_references(const ClassTables& tables, LoadedClasses& classes) {
  for (auto& [name, loaded] : classes) {
    for (const auto& attribute : loaded.definition.attributes) {
      if (attribute.type == AttributeType::reference)
        check_ends(tables, {attribute.to_class}, "attributes", loaded.file);
    }
    if (loaded.file.fault()) return *loaded.file.fault();
  }
  return {};
}

}  // namespace

base::Result<std::unique_ptr<ClassTables>> load_tables(std::span<const base::EmbeddedFile> built_in,
                                                       std::span<const base::EmbeddedFile> added) {
  LoadedRelations relations;
  LoadedClasses classes;
  auto tables = std::make_unique<ClassTables>();
  if (auto read = read_folder<RelationDefinition>(relations, built_in, "relationships/", read_relation);
      !read)
    return read.error();
  if (auto read = read_folder<ClassDefinition>(classes, built_in, "classes/", read_class); !read)
    return read.error();
  if (auto read = read_added_relations(relations, added); !read) return read.error();
  if (auto read = read_added_classes(classes, added); !read) return read.error();
  for (auto& [name, loaded] : classes) {
    tables->classes.emplace(name, complete(classes, relations, loaded.definition, loaded.file));
    if (loaded.file.fault()) return *loaded.file.fault();
  }
  if (auto checked = check_references(*tables, classes); !checked) return checked.error();
  for (auto& [name, loaded] : relations) {
    check_ends(*tables, loaded.definition.from_classes, "from", loaded.file);
    check_ends(*tables, loaded.definition.to_classes, "to", loaded.file);
    if (loaded.file.fault()) return *loaded.file.fault();
    tables->relations.emplace(name, loaded.definition);
  }
  if (auto stages = add_stages(*tables, built_in); !stages) return stages.error();
  auto history = load_history_rules(built_in);
  if (!history) return history.error();
  tables->history = std::move(*history);
  return tables;
}

}  // namespace censo::cmdb
