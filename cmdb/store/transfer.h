// Everything of a database into one file and back, between the engines (the form: export_file.h).
#pragma once

#include "base/result.h"

#include <cstdint>
#include <map>
#include <string>

namespace censo::store {

struct TransferCount {
  std::size_t tables = 0;
  std::uint64_t rows = 0;
  std::map<std::string, std::string> files;  // name in the state folder -> content
};

// One moment of the database, also under load: what was committed before, and nothing else. The file is made
// beside `file` and gets its name when it is whole and on the disk. `files` go into it as they are.
// Errc::conflict when `file` exists; Errc::io_failed. Throws StoreError, corrupt for a value of the wrong
// type.
base::Result<TransferCount> export_database(const std::string& location, const std::string& file,
                                            const std::map<std::string, std::string>& files);

// Into a database that is new or holds nothing: all rows or none. A file of an older program is brought up to
// date. Errc::conflict: there are rows already; Errc::malformed: the file is damaged or cut off, with the
// place; Errc::unsupported: of a newer program; Errc::not_found, io_failed. Throws StoreError.
base::Result<TransferCount> import_database(const std::string& location, const std::string& file);

// The file whole, without a database.
base::Result<TransferCount> verify_export(const std::string& file);

// Versions of the schema: what the database has (0: nothing yet) and what this program makes of it. Changes
// nothing; there is a database.
struct SchemaVersions {
  std::int64_t found = 0, known = 0;
};
SchemaVersions schema_versions(const std::string& location);
std::int64_t known_schema();

}  // namespace censo::store
