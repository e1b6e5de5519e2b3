// The database of a test: SQLite as it stands, or, when CENSO_TEST_POSTGRES names a server, a schema of its
// own on that. Every test of a database takes its location from here, so that the same tests run on both
// engines.
#pragma once

#include "cmdb/store/database.h"

#include <memory>
#include <string>

namespace censo::test {

bool on_postgres();

// `path` for SQLite. On the server the same path is the same schema within a test; schemas of earlier tests
// are dropped.
std::string location(const std::string& path);

// A new empty database with the schema up to date; on SQLite in memory.
std::unique_ptr<store::Connection> open_connection();

}  // namespace censo::test
