// One value against the definition of its attribute.
#pragma once

#include "cmdb/class_catalog.h"

#include <string>
#include <string_view>

namespace censo::cmdb {

// What was expected and what was found; "" when the value fits.
std::string fault_of(const AttributeDefinition& definition, const inventory::Value& value);

// What people wrote, as the attribute's type: "16", "true" or "no", "a, b", an enumeration's value in any
// case. A text that is none of the type stays a text: fault_of() says so.
inventory::Value value_of_text(const AttributeDefinition& definition, const std::string& text);

// '#' is a digit, '@' a letter, '?' any character, '*' any run of them (all ASCII), anything else itself. In
// time linear to the text for each '*'.
bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace censo::cmdb
