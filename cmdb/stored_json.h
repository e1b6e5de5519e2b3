// The JSON in our own columns: attributes by name, by section, rows of transient classes, problems.
#pragma once

#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "inventory/report.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

using AttributesByName = std::map<std::string, inventory::Attributes, std::less<>>;
using AttributesById = std::map<std::int64_t, inventory::Attributes>;

// Compact; the same values give the same text, and every value comes back with its type.
std::string to_json(const inventory::Attributes& attributes);
std::string to_json(const AttributesByName& by_name);
// Without the attributes that the class marks operational: these are added to `operational`.
std::string to_lasting_json(const inventory::Attributes& attributes, const ClassDefinition& definition,
                            inventory::Attributes& operational);
std::string to_json(const inventory::Value& value);
std::string to_json(const Component& component);  // without its section
std::string to_json(std::span<const inventory::Problem> problems);

// What was stored is trusted to be ours; if it is not, it throws std::runtime_error.
inventory::Attributes attributes_from_json(std::string_view json);
// One member, without reading the others; nothing: it is not there.
std::optional<inventory::Value> value_in_json(std::string_view json, std::string_view name);
AttributesByName attributes_by_name_from_json(std::string_view json);
// The elements of an array; nothing: null.
std::vector<std::optional<inventory::Value>> values_from_json(std::string_view json);
// Forms of cmdb/row_columns.h that were stored before: {"<id>": {"<attribute>": value}} and {"<attribute>":
// [a value for each id, or null]} or, of times, {"<attribute>": {"ms": [the first in milliseconds since 1970,
// then each one's difference to the one before]}}.
AttributesById columns_from_json(std::string_view json, std::span<const std::int64_t> ids);
std::vector<Component> components_from_json(std::string_view json);
std::vector<inventory::Problem> problems_from_json(std::string_view json);

// For people and history: lists joined with ", ".
std::string to_text(const inventory::Value& value);

}  // namespace censo::cmdb
