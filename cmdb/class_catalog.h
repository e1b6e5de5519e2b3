// Classes and relation types, from schemas/classes and schemas/relationships. Data, not code.
#pragma once

#include "base/embedded.h"
#include "base/result.h"
#include "cmdb/history_rules.h"
#include "inventory/report.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

enum class ClassKind { configuration_item, component };
std::string_view name_of(ClassKind kind);

// A date is a text as base::parse_iso8601() takes it, a list one of texts.
enum class AttributeType { string, integer, decimal, boolean, date, enumeration, list };
std::string_view name_of(AttributeType type);

// What people read, in the two languages of the product.
struct Label {
  std::string en, es;
};

struct AttributeDefinition {
  std::string name;
  AttributeType type = AttributeType::string;
  Label label;
  std::string unit;                 // "MiB", "Hz"; empty when it has none
  std::vector<std::string> values;  // of an enumeration
  bool operational = false;         // uptime, free space: kept, but never in history
};

// One strong key: all its attributes together name one configuration item of the class (or of a subclass).
struct IdentityRule {
  std::string name;  // "serial", "smbios_uuid"
  std::vector<std::string> attributes;
  std::string within;  // relation type: unique among the items that have it to the same
                       // other end; empty = anywhere
};

struct ClassDefinition {
  std::string name;
  std::string parent;  // empty for a root
  ClassKind kind = ClassKind::configuration_item;
  bool abstract = false;  // no item may be of it
  Label label;
  std::vector<AttributeDefinition> attributes;  // own and inherited, root's first
  std::vector<IdentityRule> identity;  // own before inherited, strongest first; configuration items only
  std::vector<std::string> key;        // of a component: attributes that tell rows of one owner apart
  bool transient = false;              // processes, connections: replaced whole, no history

  const AttributeDefinition* find_attribute(std::string_view name) const;
};

enum class ImpactDirection { none, from_to, to_from };  // from_to: failure of `from` harms `to`
std::string_view name_of(ImpactDirection direction);

struct RelationDefinition {
  std::string name;  // "runs_on"
  Label label, reverse_label;
  std::string from_class, to_class;  // or a subclass of these
  ImpactDirection impact = ImpactDirection::none;
};

// Immutable after loading; safe to read from any thread.
class ClassCatalog {
 public:
  // Takes classes/*.yaml, relationships/*.yaml and history.yaml of `files`, passes over the rest.
  // Errc::malformed with file and line: unknown type, unknown or cyclic parent, a name twice, a label missing
  // in a language, an identity rule or key over an attribute that the class lacks, an unknown key in the
  // YAML.
  static base::Result<ClassCatalog> load(std::span<const base::EmbeddedFile> files);

  const ClassDefinition* find_class(std::string_view name) const;  // nullptr: no such class
  const RelationDefinition* find_relation(std::string_view name) const;
  bool is_a(std::string_view class_name, std::string_view ancestor) const;
  std::vector<const ClassDefinition*> classes() const;  // by name
  // What history.yaml says of the class or of its nearest ancestor there.
  const HistoryRule& history_rule(std::string_view class_name) const;
  std::vector<const RelationDefinition*> relations() const;

  // Errc::malformed with the expected type and the found value; `where` is "/attributes/<name>".
  base::Result<void> check(const ClassDefinition& definition, const inventory::Attributes& attributes) const;

 private:
  std::map<std::string, ClassDefinition, std::less<>> classes_;
  std::map<std::string, RelationDefinition, std::less<>> relations_;
  HistoryRules history_;
};

// Every file below schemas/ as built in, paths from there: "classes/server.yaml".
std::span<const base::EmbeddedFile> built_in_schemas();

}  // namespace censo::cmdb
