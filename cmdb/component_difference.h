// Components before and after, by what tells the rows of one owner apart.
#pragma once

#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

// "package openssl amd64": what tells the row apart among its owner's.
std::string subject_of(const ClassCatalog& catalog, const Component& component);

// "version: 1.1, size: 3": the attributes of `component` that `other` has not, or has otherwise.
std::string difference(const Component& component, const Component& other);

struct ComponentDifference {
  std::string_view what;  // "component_added", "component_removed", "component_changed"
  std::string subject, old_value, new_value;
  const Component* before = nullptr;  // of the lists that were compared
  const Component* after = nullptr;
};
// By subject. Rows that are the same in both are to be left out of both.
std::vector<ComponentDifference> differences(const ClassCatalog& catalog,
                                             const std::vector<Component>& before,
                                             const std::vector<Component>& after);

}  // namespace censo::cmdb
