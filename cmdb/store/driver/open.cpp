#include "cmdb/store/driver/open.h"

#include "cmdb/store/driver/postgres.h"
#include "cmdb/store/driver/sqlite.h"
#include "cmdb/store/location.h"

namespace censo::store::driver {

std::unique_ptr<Connection> open(const std::string& location, Access access) {
  return is_postgres(location) ? open_postgres(location, access) : open_sqlite(location, access);
}

}  // namespace censo::store::driver
