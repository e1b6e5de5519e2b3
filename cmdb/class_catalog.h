// Classes, relation types and life-cycle stages, from schemas/ and from what users add to them. Data, not
// code.
#pragma once

#include "base/clock.h"
#include "base/embedded.h"
#include "base/result.h"
#include "cmdb/history_rules.h"
#include "inventory/report.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

enum class ClassKind { configuration_item, component };
std::string_view name_of(ClassKind kind);

// A date is a text as base::parse_iso8601() takes it, a list one of texts, a reference the id of another
// item.
enum class AttributeType { string, integer, decimal, boolean, date, enumeration, list, reference };
std::string_view name_of(AttributeType type);

// What people read, in the two languages of the product.
struct Label {
  std::string en, es;
};

struct AttributeDefinition {
  std::string name;
  AttributeType type = AttributeType::string;
  Label label;
  std::string unit;                       // "MiB", "Hz"; empty when it has none
  std::vector<std::string> values;        // of an enumeration
  std::string to_class;                   // of a reference: the other item is of this class or a subclass
  bool operational = false;               // uptime, free space: kept, but never in history
  bool required = false;                  // people cannot leave it out
  bool unique = false;                    // among the items of the class that defines it, and its subclasses
  std::string pattern;                    // of a text, docs/classes.md; empty: any
  std::optional<double> min, max;         // of a number, both inclusive
  std::optional<std::size_t> max_length;  // bytes of a text, or of each text of a list
  std::string defined_by;                 // the class whose file has it
  friend bool operator==(const AttributeDefinition& a, const AttributeDefinition& b);  // all but label, unit
};

// One strong key: all its attributes together name one configuration item of the class (or of a subclass).
// "name" is the item's name, where the class has no attribute of that name.
struct IdentityRule {
  std::string name;  // "serial", "smbios_uuid"
  std::vector<std::string> attributes;
  std::string within;                 // relation type: unique among the items that have it to the same
                                      // other end; empty = anywhere
  std::vector<std::string> optional;  // those of `attributes` that may be missing: then they count as ""
  friend bool operator==(const IdentityRule&, const IdentityRule&) = default;
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
  bool built_in = true;                // false: users added it

  const AttributeDefinition* find_attribute(std::string_view name) const;
};

enum class ImpactDirection { none, from_to, to_from };  // from_to: failure of `from` harms `to`
std::string_view name_of(ImpactDirection direction);

// How many of the one end an item of the other may have at one time, read from : to.
enum class Cardinality { many_to_many, one_to_many, many_to_one, one_to_one };
std::string_view name_of(Cardinality cardinality);

struct RelationDefinition {
  std::string name;  // "runs_on"
  Label label, reverse_label;
  std::vector<std::string> from_classes, to_classes;  // an end is of one of these or of a subclass
  ImpactDirection impact = ImpactDirection::none;
  Cardinality cardinality = Cardinality::many_to_many;
  bool identifying = false;  // `from` is told apart by what it is related to
  // The harmed end stands as long as this many of its relationships of this type do; nothing: all of them.
  std::optional<std::int64_t> redundant_min_up;
  std::optional<base::TimeMs> expires_after_ms;  // not seen for so long: it ends; nothing: never by itself
  bool built_in = true;

  bool one_to() const {
    return cardinality == Cardinality::many_to_one || cardinality == Cardinality::one_to_one;
  }
  bool one_from() const {
    return cardinality == Cardinality::one_to_many || cardinality == Cardinality::one_to_one;
  }
};

// A stage of the life cycle and the statuses that an item may have in it, the usual one first.
struct StageDefinition {
  std::string name;  // "operate"; "retired" is the end of life
  std::int64_t order = 0;
  Label label;
  struct Status {
    std::string name;
    Label label;
  };
  std::vector<Status> statuses;

  bool has_status(std::string_view status) const;
};

// Every definition, complete and checked against each other.
struct ClassTables {
  std::map<std::string, ClassDefinition, std::less<>> classes;
  std::map<std::string, RelationDefinition, std::less<>> relations;
  std::vector<StageDefinition> stages;  // in their order
  HistoryRules history;
  std::int64_t version = 0;             // of what users added; 0: nothing
  std::unique_ptr<const ClassTables>
      superseded;  // the tables before these: kept, somebody may point into them
};

// Safe to read from any thread. Copies are the same catalogue. Users' definitions replace its tables while
// the program runs (cmdb/user_schema.h); a definition once found stays valid as long as a copy of the
// catalogue is there.
class ClassCatalog {
 public:
  // Takes classes/*.yaml, relationships/*.yaml, lifecycle/*.yaml and history.yaml of `files`, no more.
  // Errc::malformed with file and line: unknown type, unknown or cyclic parent, a name twice, a label missing
  // in a language, an identity rule or key over an attribute that the class lacks, an unknown key in the
  // YAML.
  static base::Result<ClassCatalog> load(std::span<const base::EmbeddedFile> files);

  const ClassDefinition* find_class(std::string_view name) const;  // nullptr: no such class
  const RelationDefinition* find_relation(std::string_view name) const;
  const StageDefinition* find_stage(std::string_view name) const;
  bool is_a(std::string_view class_name, std::string_view ancestor) const;
  bool is_any_of(std::string_view class_name, std::span<const std::string> ancestors) const;
  std::vector<const ClassDefinition*> classes() const;  // by name
  std::vector<const RelationDefinition*> relations() const;
  const std::vector<StageDefinition>& stages() const;
  // What history.yaml says of the class or of its nearest ancestor there.
  const HistoryRule& history_rule(std::string_view class_name) const;

  // Errc::malformed with the expected type and the found value; `where` is "/attributes/<name>". That a
  // referenced item exists is not looked at: cmdb/reference.h.
  base::Result<void> check(const ClassDefinition& definition, const inventory::Attributes& attributes) const;

  const ClassTables& tables() const;
  // Only the database's writer thread does this while others read.
  void replace(std::unique_ptr<ClassTables> tables) const;

 private:
  struct Current;
  explicit ClassCatalog(std::unique_ptr<ClassTables> tables);
  std::shared_ptr<Current> current_;  // shared: whoever copies the catalogue sees the same definitions
};

// Every file below schemas/ as built in, paths from there: "classes/server.yaml".
std::span<const base::EmbeddedFile> built_in_schemas();

}  // namespace censo::cmdb
