// Whose an IP address is.
#pragma once

#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <optional>
#include <string_view>

namespace censo::cmdb {

// An item that carries the address (canonical text) by another source than this scan's, and is not retired;
// what is shown for it. Nothing: nobody else knows the address. By index.
std::optional<CiId> other_holder_of(store::Transaction& tx, std::string_view address,
                                    std::string_view scan_origin);

}  // namespace censo::cmdb
