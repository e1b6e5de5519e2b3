// Which of an item's keys a text was found in.
#pragma once

#include "cmdb/configuration_item.h"

#include <span>
#include <string>

namespace censo::cmdb {

class SearchMemory;  // cmdb/search_memory.h

// "serial_number czj91200f7" of the item or of one that is merged into it; "" when none has one of the texts.
std::string key_with(store::Transaction& tx, const SearchMemory& memory, CiId ci,
                     std::span<const std::string> texts);

}  // namespace censo::cmdb
