// One value against the definition of its attribute.
#pragma once

#include "cmdb/class_catalog.h"

#include <string>
#include <string_view>

namespace censo::cmdb {

// What was expected and what was found; "" when the value fits.
std::string fault_of(const AttributeDefinition& definition, const inventory::Value& value);

// '#' is a digit, '@' a letter, '?' any character, '*' any run of them (all ASCII), anything else itself. In
// time linear to the text for each '*'.
bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace censo::cmdb
