#include "collector/access/enrolment_tokens.h"

#include "base/digest.h"
#include "base/id.h"
#include "collector/access/agent_groups.h"
#include "collector/access/secret.h"

namespace censo::collector::access {
namespace {

using base::Errc;
using base::fail;

constexpr std::int64_t most_uses = 1'000'000;

}  // namespace

base::Result<MadeEnrolmentToken> make_enrolment_token(store::Transaction& tx, const NewEnrolmentToken& wanted,
                                                      const base::Clock& clock) {
  if (auto fits = check_new_token(wanted.name, wanted.lifetime_ms, 90); !fits) return fits.error();
  if (wanted.max_uses < 1 || wanted.max_uses > most_uses) {
    return fail(Errc::invalid_argument, "expected 1 to 1,000,000 uses", "/max_uses");
  }
  if (const auto group = find_agent_group(tx, wanted.group); !group) return group.error();
  const auto now = clock.now();
  MadeEnrolmentToken made;
  made.record = {base::next_id(clock), wanted.name, now,          wanted.created_by, now + wanted.lifetime_ms,
                 wanted.max_uses,      0,           wanted.group, wanted.probe};
  const EnrolmentToken token{made.record.id, new_secret(), wanted.pin};
  made.token = to_text(token);
  tx.execute(
      "insert into enrolment_token (id, name, secret_hash, created_at, created_by, expires_at, max_uses, "
      "uses, group_name, probe)"
      " values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)",
      token.id, wanted.name, hash_of(token.secret), now, wanted.created_by, made.record.expires_at,
      wanted.max_uses, wanted.group, wanted.probe);
  return made;
}

std::vector<EnrolmentTokenRecord> list_enrolment_tokens(store::Transaction& tx, std::int64_t after,
                                                        std::size_t limit) {
  std::vector<EnrolmentTokenRecord> records;
  const auto rows = tx.query(
      "select id, name, created_at, created_by, expires_at, max_uses, uses, group_name, probe from "
      "enrolment_token"
      " where id > $1 order by id limit $2",
      after, static_cast<std::int64_t>(limit));
  for (const auto& row : rows) {
    records.push_back({row.integer(0), row.text(1), row.integer(2), row.text(3), row.integer(4),
                       row.integer(5), row.integer(6), row.text(7), row.text(8)});
  }
  return records;
}

base::Result<void> delete_enrolment_token(store::Transaction& tx, std::int64_t id) {
  if (tx.execute("delete from enrolment_token where id = $1", id) == 1) return {};
  return fail(Errc::not_found, "no enrolment token " + base::id_to_text(id));
}

base::Result<UsedEnrolmentToken> use_enrolment_token(store::Transaction& tx, std::string_view text,
                                                     base::TimeMs now) {
  const auto token = parse_enrolment_token(text);
  if (!token) return token.error();
  const auto row = tx.query_one(
      "select secret_hash, expires_at, group_name, probe from enrolment_token where id = $1", token->id);
  const auto expected = row ? row->text(0) : std::string();
  if (!base::equal_constant_time(hash_of(token->secret), expected)) {
    return fail(Errc::unauthenticated, "the enrolment token is not known here", "/token", "TOKEN_UNKNOWN");
  }
  if (row->integer(1) <= now) {
    return fail(Errc::expired, "the enrolment token ended on " + base::to_iso8601(row->integer(1)), "/token",
                "TOKEN_EXPIRED");
  }
  const auto counted =
      tx.execute("update enrolment_token set uses = uses + 1 where id = $1 and uses < max_uses", token->id);
  if (counted == 1) return UsedEnrolmentToken{token->id, row->text(2), row->text(3)};
  return fail(Errc::expired, "the enrolment token has been used as often as it may", "/token",
              "TOKEN_USED_UP");
}

}  // namespace censo::collector::access
