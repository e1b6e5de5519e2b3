// The members of an item that was left as text (Section::item_texts).
#pragma once

#include "inventory/report.h"

#include <string_view>
#include <vector>

namespace censo::inventory {

struct AttributeText {
  std::string_view name;
  std::string_view value;   // JSON: "\"3.0.15\"", "42", "[\"a\",\"b\"]"
  std::string_view member;  // name and value as they stand there: "\"version\":\"3.0.15\""
};

// In their order. Views into the item's text; `into` is emptied first, so that one vector serves many items.
void attributes_of(const ItemText& item, std::vector<AttributeText>& into);

}  // namespace censo::inventory
