// Tokens of people's programs. All functions run inside a caller's transaction.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/store/transaction.h"
#include "collector/access/secret.h"
#include "collector/route.h"

#include <cstdint>
#include <string>
#include <vector>

namespace censo::collector::access {

struct ApiTokenRecord {
  std::int64_t id = 0;
  std::string name;
  Role role = Role::viewer;
  base::TimeMs created_at = 0;
  std::string created_by;
  base::TimeMs expires_at = 0;
};

struct NewApiToken {
  std::string name;
  Role role = Role::viewer;
  base::TimeMs lifetime_ms = 0;  // at most a year
  std::string created_by;
};

struct MadeApiToken {
  ApiTokenRecord record;
  std::string token;  // the only time that it is known
};

// Errc::invalid_argument with the field in `where`.
base::Result<MadeApiToken> make_api_token(store::Transaction& tx, const NewApiToken& wanted,
                                          const base::Clock& clock);
// By id, after `after`.
std::vector<ApiTokenRecord> list_api_tokens(store::Transaction& tx, std::int64_t after, std::size_t limit);
base::Result<void> delete_api_token(store::Transaction& tx, std::int64_t id);  // Errc::not_found
// Errc::unauthenticated, alike for unknown and wrong tokens.
base::Result<ApiTokenRecord> find_by_secret(store::Transaction& tx, const ApiToken& token, base::TimeMs now);

}  // namespace censo::collector::access
