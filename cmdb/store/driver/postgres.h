// PostgreSQL behind store::Connection, through libpq. What only PostgreSQL has (sessions, SQLSTATE, isolation
// levels) stays in this folder. docs/decisions/0070-serializable-writers.md says why a write is serializable.
#pragma once

#include "cmdb/store/driver/access.h"
#include "cmdb/store/transaction.h"

#include <memory>
#include <string>

namespace censo::store::driver {

// `url` is postgresql://... with whatever libpq takes (TLS, passfile, several hosts, options). The database
// must be UTF8 and sort by bytes (collation C), its schema empty or ours. Throws StoreError: unavailable (no
// server, no login), corrupt (another program's tables), statement (encoding, collation, URL).
//
// A connection that was lost is made anew by the next begin_read(), begin_write() or statement outside a
// transaction; what was under way throws StoreError(unavailable). Rows are streamed; when `on_row` stops, the
// rest is read and thrown away, and a query inside a query first reads the outer one to its end.
std::unique_ptr<Connection> open_postgres(const std::string& url, Access access);

}  // namespace censo::store::driver
