// How much depends on an item, as people say it.
#pragma once

#include "cmdb/configuration_item.h"

#include <cstdint>
#include <optional>

namespace censo::desk {

// The attribute `criticality`: 1 is the most. Nothing: nobody says, or there is no such item.
std::optional<std::int64_t> criticality_of(store::Transaction& tx, cmdb::CiId ci);

}  // namespace censo::desk
