// What a connection is for.
#pragma once

namespace censo::store::driver {

enum class Access {
  write,        // makes the database when there is none (SQLite), and changes it
  read,         // refuses writes; a statement may take a minute, on a server
  read_slowly,  // the same for as long as it takes: whoever reads everything
};

}  // namespace censo::store::driver
