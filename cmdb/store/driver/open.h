// The engine that a location means.
#pragma once

#include "cmdb/store/driver/access.h"
#include "cmdb/store/transaction.h"

#include <memory>
#include <string>

namespace censo::store::driver {

// Throws as open_sqlite and open_postgres do.
std::unique_ptr<Connection> open(const std::string& location, Access access);

}  // namespace censo::store::driver
