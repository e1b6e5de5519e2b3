// Brings a database's schema up to date, forward only: files NNNN_name.sql in the order of their numbers.
#pragma once

#include "base/clock.h"
#include "base/embedded.h"
#include "cmdb/store/transaction.h"

#include <span>

namespace censo::store {

// cmdb/store/migrations, as built in.
std::span<const base::EmbeddedFile> embedded_migrations();

// Each file is one transaction. Throws StoreError: newer_schema when the database has a migration that is not
// among `files`, or another text under the same number; statement when a file is not named NNNN_name.sql.
void migrate(Connection& connection, std::span<const base::EmbeddedFile> files, base::TimeMs now);

}  // namespace censo::store
