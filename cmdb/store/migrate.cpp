#include "cmdb/store/migrate.h"

#include "base/digest.h"
#include "base/text.h"

#include <algorithm>
#include <map>

namespace censo::store {
namespace {

using Kind = StoreError::Kind;

struct Migration {
  std::int64_t version = 0;
  std::string name, digest;
  std::string_view sql;
};

constexpr std::string_view make_table =
    "create table if not exists schema_migration ("
    " version bigint primary key, name text not null, digest text not null, applied_at bigint not null)";

Migration migration_of(const base::EmbeddedFile& file) {
  const auto version = base::parse_unsigned(file.path.substr(0, 4));
  if (!version || *version == 0 || file.path.size() < 10 || file.path[4] != '_' ||
      !file.path.ends_with(".sql")) {
    throw StoreError(Kind::statement,
                     "expected a migration named NNNN_name.sql, found " + std::string(file.path));
  }
  return {static_cast<std::int64_t>(*version), std::string(file.path),
          base::to_hex(base::sha256(file.content)), file.content};
}

std::vector<Migration> in_order(std::span<const base::EmbeddedFile> files) {
  std::vector<Migration> migrations;
  for (const base::EmbeddedFile& file : files) migrations.push_back(migration_of(file));
  std::ranges::sort(migrations, {}, &Migration::version);
  const auto twice = std::ranges::adjacent_find(migrations, {}, &Migration::version);
  if (twice != migrations.end()) {
    throw StoreError(Kind::statement, "two migrations have the number of " + twice->name);
  }
  return migrations;
}

// Version -> name and digest of what the database already has.
std::map<std::int64_t, Migration> applied_migrations(Transaction& tx) {
  std::map<std::int64_t, Migration> applied;
  for (const Row& row : tx.query("select version, name, digest from schema_migration")) {
    applied[row.integer(0)] = {row.integer(0), row.text(1), row.text(2), {}};
  }
  return applied;
}

void refuse_foreign(const std::map<std::int64_t, Migration>& applied, const std::vector<Migration>& known) {
  for (const auto& [version, found] : applied) {
    const auto same = std::ranges::find(known, version, &Migration::version);
    if (same == known.end()) {
      throw StoreError(Kind::newer_schema,
                       "the database has migration " + found.name + ", this program knows them up to " +
                           (known.empty() ? "none" : known.back().name) + ": use a newer program");
    }
    if (same->digest != found.digest) {
      throw StoreError(Kind::newer_schema, "the database was made by another text of migration " +
                                               found.name +
                                               " than this program has: use the program that made it");
    }
  }
}

// The row comes first: of two programs that start at once one waits here for the other, and then finds the
// migration done.
void apply(Connection& connection, const Migration& migration, base::TimeMs now) {
  Transaction tx(connection);
  if (tx.query_one("select 1 from schema_migration where version = $1", migration.version)) return;
  tx.execute("insert into schema_migration (version, name, digest, applied_at) values ($1, $2, $3, $4)",
             migration.version, migration.name, migration.digest, now);
  connection.run_script(migration.sql);
}

// Again when another program did the same at the same time; it has then ended, or waits for us.
template <class Step>
void until_alone(const Step& step) {
  constexpr int most_tries = 50;
  for (int tries = 1;; ++tries) {
    try {
      return step();
    } catch (const StoreError& thrown) {
      const bool met_another = thrown.kind() == Kind::conflict || thrown.kind() == Kind::contested;
      if (!met_another || tries == most_tries) throw;
    }
  }
}

// Rolls back what was begun and not committed, whatever ended it.
class WriteTransaction {
 public:
  explicit WriteTransaction(Connection& connection) : connection_(connection) { connection_.begin_write(); }
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  ~WriteTransaction() { connection_.rollback(); }

 private:
  Connection& connection_;
};

}  // namespace

void migrate(Connection& connection, std::span<const base::EmbeddedFile> files, base::TimeMs now) {
  const std::vector<Migration> known = in_order(files);
  until_alone([&] { connection.run_script(make_table); });
  Transaction tx(connection);
  const auto applied = applied_migrations(tx);
  refuse_foreign(applied, known);
  for (const Migration& migration : known) {
    if (applied.contains(migration.version)) continue;
    until_alone([&] {
      const WriteTransaction guard(connection);
      apply(connection, migration, now);
      connection.commit();
    });
  }
}

}  // namespace censo::store
