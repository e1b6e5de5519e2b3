// SQLite behind store::Connection. What only SQLite has (pragmas, file format, result codes) stays in this
// folder.
#pragma once

#include "cmdb/store/driver/access.h"
#include "cmdb/store/transaction.h"

#include <memory>
#include <string>

namespace censo::store::driver {

// Access::write makes the file (mode 0600) when there is none; ":memory:" is a database of its own.
// Access::read refuses writes. Throws StoreError: io (path and cause), corrupt (no SQLite file, another
// program's file, or damaged).
std::unique_ptr<Connection> open_sqlite(const std::string& path, Access access);

}  // namespace censo::store::driver
