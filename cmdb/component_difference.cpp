#include "cmdb/component_difference.h"

#include "base/text.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <map>
#include <utility>

namespace censo::cmdb {
namespace {

ComponentDifference difference_of(std::string subject, const Component* before, const Component* after) {
  static const Component nothing;
  const Component& was = before ? *before : nothing;
  const Component& is = after ? *after : nothing;
  const char* what = !before ? "component_added" : !after ? "component_removed" : "component_changed";
  return {what, std::move(subject), difference(was, is), difference(is, was), before, after};
}

}  // namespace

std::string subject_of(const ClassCatalog& catalog, const Component& component) {
  std::string subject = component.class_name;
  const ClassDefinition* definition = catalog.find_class(component.class_name);
  if (!definition) return subject;
  for (const std::string& attribute : definition->key) {
    const inventory::Value* value = component.attributes.find(attribute);
    if (value) subject += " " + to_text(*value);
  }
  return subject;
}

std::string difference(const Component& component, const Component& other) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : component.attributes) {
    const inventory::Value* same = other.attributes.find(name);
    if (!same || *same != value) parts.push_back(name + ": " + to_text(value));
  }
  return base::join(parts, ", ");
}

std::vector<ComponentDifference> differences(const ClassCatalog& catalog,
                                             const std::vector<Component>& before,
                                             const std::vector<Component>& after) {
  std::multimap<std::string, const Component*> old_rows;
  for (const Component& row : before) old_rows.emplace(subject_of(catalog, row), &row);
  std::vector<ComponentDifference> found;
  for (const Component& row : after) {
    std::string subject = subject_of(catalog, row);
    const auto old = old_rows.find(subject);
    found.push_back(difference_of(std::move(subject), old == old_rows.end() ? nullptr : old->second, &row));
    if (old != old_rows.end()) old_rows.erase(old);
  }
  for (const auto& [subject, row] : old_rows) found.push_back(difference_of(subject, row, nullptr));
  std::ranges::stable_sort(found, {}, &ComponentDifference::subject);
  return found;
}

}  // namespace censo::cmdb
