// Where the database is: a path means SQLite, postgresql://... (or postgres://...) means PostgreSQL.
#pragma once

#include <string>
#include <string_view>

namespace censo::store {

bool is_postgres(std::string_view location);

// The location for logs, messages and `config show`: the passwords of a URL become "***".
std::string shown_location(std::string_view location);

// A message without the passwords of `location`, should it hold them.
std::string without_secrets(std::string message, std::string_view location);

}  // namespace censo::store
