#include "collector/access/api_tokens.h"

#include "base/digest.h"
#include "base/id.h"

namespace censo::collector::access {
namespace {

using base::Errc;
using base::fail;

ApiTokenRecord record_of(const store::Row& row) {
  const auto role = parse_role(row.text(2));
  return {row.integer(0), row.text(1), role ? *role : Role::none,
          row.integer(3), row.text(4), row.integer(5)};
}

}  // namespace

base::Result<MadeApiToken> make_api_token(store::Transaction& tx, const NewApiToken& wanted,
                                          const base::Clock& clock) {
  if (auto fits = check_new_token(wanted.name, wanted.lifetime_ms, 366); !fits) return fits.error();
  const auto now = clock.now();
  MadeApiToken made;
  made.record = {base::next_id(clock),    wanted.name, wanted.role, now, wanted.created_by,
                 now + wanted.lifetime_ms};
  const ApiToken token{made.record.id, new_secret()};
  made.token = to_text(token);
  tx.execute(
      "insert into api_token (id, name, role, secret_hash, created_at, created_by, expires_at)"
      " values ($1, $2, $3, $4, $5, $6, $7)",
      token.id, wanted.name, name_of(wanted.role), hash_of(token.secret), now, wanted.created_by,
      made.record.expires_at);
  return made;
}

std::vector<ApiTokenRecord> list_api_tokens(store::Transaction& tx, std::int64_t after, std::size_t limit) {
  std::vector<ApiTokenRecord> records;
  const auto rows = tx.query(
      "select id, name, role, created_at, created_by, expires_at from api_token where id > $1 order by id "
      "limit $2",
      after, static_cast<std::int64_t>(limit));
  for (const auto& row : rows) records.push_back(record_of(row));
  return records;
}

base::Result<void> delete_api_token(store::Transaction& tx, std::int64_t id) {
  if (tx.execute("delete from api_token where id = $1", id) == 1) return {};
  return fail(Errc::not_found, "no API token " + base::id_to_text(id));
}

base::Result<ApiTokenRecord> find_by_secret(store::Transaction& tx, const ApiToken& token, base::TimeMs now) {
  const auto row = tx.query_one(
      "select id, name, role, created_at, created_by, expires_at, secret_hash from api_token where id = $1",
      token.id);
  const auto expected = row ? row->text(6) : std::string();
  if (!base::equal_constant_time(hash_of(token.secret), expected)) {
    return fail(Errc::unauthenticated, "the token is not known here", {}, "TOKEN_UNKNOWN");
  }
  auto record = record_of(*row);
  if (record.expires_at <= now) {
    return fail(Errc::unauthenticated, "the token ended on " + base::to_iso8601(record.expires_at), {},
                "TOKEN_EXPIRED");
  }
  return record;
}

}  // namespace censo::collector::access
