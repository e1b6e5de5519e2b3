// Long lists of items in canonical form, found in the JSON text of a report and left as text.
#pragma once

#include "inventory/report_codec.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace censo::inventory::codec {

// The elements of one array of items.
struct ItemList {
  std::size_t begin = 0, end = 0;  // of the array in the JSON text, brackets included
  std::size_t nodes = 0;           // values in it
  ItemTexts items;
};

// Every array `"items":[...]` that is the last member of its object and holds, sorted, only items without
// refs and owners, in canonical form, within the limits and of classes that may stay text. What is around
// them is not looked at: an array may also be part of what is no report, or no JSON.
std::vector<ItemList> find_item_lists(std::string_view json, const LeavesAsText& leaves_as_text,
                                      const ReportLimits& limits);

// Sets the digest of a section whose items are these.
void seal(Section& section, const ItemTexts& items);

}  // namespace censo::inventory::codec
