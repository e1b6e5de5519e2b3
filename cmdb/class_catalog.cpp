#include "cmdb/class_catalog.h"

#include "cmdb/attribute_value.h"
#include "cmdb/class_tables.h"

#include <algorithm>
#include <atomic>
#include <tuple>
#include <utility>

namespace censo::cmdb {

// Made by the build.
std::span<const base::EmbeddedFile> embedded_schemas();

std::span<const base::EmbeddedFile> built_in_schemas() {
  return embedded_schemas();
}

// Owns the tables in use and, through them, all that they superseded.
struct ClassCatalog::Current {
  explicit Current(const ClassTables* first) : tables(first) {}
  ~Current() { delete tables.load(); }
  Current(const Current&) = delete;
  Current& operator=(const Current&) = delete;
  std::atomic<const ClassTables*> tables;
};

ClassCatalog::ClassCatalog(std::unique_ptr<ClassTables> tables)
    : current_(std::make_shared<Current>(tables.release())) {}

base::Result<ClassCatalog> ClassCatalog::load(std::span<const base::EmbeddedFile> files) {
  auto tables = load_tables(files);
  if (!tables) return tables.error();
  return ClassCatalog(std::move(*tables));
}

const ClassTables& ClassCatalog::tables() const {
  return *current_->tables.load(std::memory_order_acquire);
}

void ClassCatalog::replace(std::unique_ptr<ClassTables> tables) const {
  tables->superseded.reset(current_->tables.load());
  current_->tables.store(tables.release(), std::memory_order_release);
}

const ClassDefinition* ClassCatalog::find_class(std::string_view name) const {
  const auto& classes = tables().classes;
  const auto found = classes.find(name);
  return found == classes.end() ? nullptr : &found->second;
}

const RelationDefinition* ClassCatalog::find_relation(std::string_view name) const {
  const auto& relations = tables().relations;
  const auto found = relations.find(name);
  return found == relations.end() ? nullptr : &found->second;
}

const StageDefinition* ClassCatalog::find_stage(std::string_view name) const {
  const auto& all = stages();
  const auto found = std::ranges::find(all, name, &StageDefinition::name);
  return found == all.end() ? nullptr : &*found;
}

bool ClassCatalog::is_a(std::string_view class_name, std::string_view ancestor) const {
  for (const auto* one = find_class(class_name); one; one = find_class(one->parent)) {
    if (one->name == ancestor) return true;
  }
  return false;
}

bool ClassCatalog::is_any_of(std::string_view class_name, std::span<const std::string> ancestors) const {
  return std::ranges::any_of(ancestors, [&](const std::string& one) { return is_a(class_name, one); });
}

std::vector<const ClassDefinition*> ClassCatalog::classes() const {
  std::vector<const ClassDefinition*> all;
  for (const auto& [name, definition] : tables().classes) all.push_back(&definition);
  return all;
}

std::vector<const RelationDefinition*> ClassCatalog::relations() const {
  std::vector<const RelationDefinition*> all;
  for (const auto& [name, definition] : tables().relations) all.push_back(&definition);
  return all;
}

const std::vector<StageDefinition>& ClassCatalog::stages() const {
  return tables().stages;
}

const HistoryRule& ClassCatalog::history_rule(std::string_view class_name) const {
  const HistoryRules& rules = tables().history;
  for (const auto* one = find_class(class_name); one; one = find_class(one->parent)) {
    const auto found = rules.by_class.find(one->name);
    if (found != rules.by_class.end()) return found->second;
  }
  return rules.otherwise;
}

base::Result<void> ClassCatalog::check(const ClassDefinition& definition,
                                       const inventory::Attributes& attributes) const {
  for (const auto& [name, value] : attributes) {
    const auto* attribute = definition.find_attribute(name);
    const std::string fault = attribute ? fault_of(*attribute, value)
                                        : "class " + definition.name + " has no attribute \"" + name + "\"";
    if (!fault.empty()) return base::fail(base::Errc::malformed, fault, "/attributes/" + name);
  }
  return {};
}

const AttributeDefinition* ClassDefinition::find_attribute(std::string_view wanted) const {
  for (const auto& attribute : attributes) {
    if (attribute.name == wanted) return &attribute;
  }
  return nullptr;
}

bool operator==(const AttributeDefinition& a, const AttributeDefinition& b) {
  const auto of = [](const AttributeDefinition& one) {
    return std::tie(one.name, one.type, one.values, one.to_class, one.operational, one.required, one.unique,
                    one.pattern, one.min, one.max, one.max_length, one.defined_by);
  };
  return of(a) == of(b);
}

bool StageDefinition::has_status(std::string_view status) const {
  return std::ranges::find(statuses, status, &Status::name) != statuses.end();
}

}  // namespace censo::cmdb
