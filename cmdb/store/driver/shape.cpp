#include "cmdb/store/driver/shape.h"

#include <algorithm>
#include <map>
#include <optional>

namespace censo::store::driver {
namespace {

constexpr std::string_view sqlite_columns =
    "select t.name, c.name, lower(c.type), c.pk from sqlite_schema t join pragma_table_info(t.name) c"
    " where t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\' and t.name <> 'schema_migration'"
    " order by t.name, c.cid";
constexpr std::string_view postgres_columns =
    "select t.relname, a.attname, format_type(a.atttypid, a.atttypmod),"
    " coalesce(array_position(cast(k.indkey as smallint[]), a.attnum) + 1, 0)"
    " from pg_class t join pg_namespace n on n.oid = t.relnamespace join pg_attribute a on a.attrelid = t.oid"
    " left join pg_index k on k.indrelid = t.oid and k.indisprimary"
    " where n.nspname = current_schema() and t.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped"
    " and t.relname <> 'schema_migration' order by t.relname collate \"C\", a.attnum";
constexpr std::string_view sqlite_references =
    "select t.name, r.\"from\", r.\"table\", coalesce(r.\"to\", 'id') from sqlite_schema t"
    " join pragma_foreign_key_list(t.name) r where t.type = 'table' order by t.name, r.id";
constexpr std::string_view postgres_references =
    "select t.relname, a.attname, p.relname, b.attname from pg_constraint c"
    " join pg_class t on t.oid = c.conrelid join pg_class p on p.oid = c.confrelid"
    " join pg_namespace n on n.oid = t.relnamespace"
    " join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]"
    " join pg_attribute b on b.attrelid = p.oid and b.attnum = c.confkey[1]"
    " where c.contype = 'f' and n.nspname = current_schema() order by t.relname collate \"C\", a.attnum";

// SQLite's own spelling of a row number (see with_row_ids in sqlite.cpp).
std::string common_type(const std::string& type) {
  return type == "integer" ? "bigint" : type;
}

}  // namespace

std::vector<Table> tables_of(Connection& connection, bool postgres) {
  std::vector<Table> tables;
  std::map<std::int64_t, std::string> key;  // place in the key -> column
  const auto end_table = [&] {
    if (tables.empty()) return;
    for (auto& [place, column] : key) tables.back().key.push_back(column);
    key.clear();
  };
  Transaction(connection).each(postgres ? postgres_columns : sqlite_columns, [&](Row&& row) {
    if (tables.empty() || tables.back().name != row.text(0)) {
      end_table();
      tables.push_back({row.text(0), {}, {}});
    }
    tables.back().columns.push_back({row.text(1), common_type(row.text(2))});
    if (row.integer(3) != 0) key[row.integer(3)] = row.text(1);
    return true;
  });
  end_table();
  return tables;
}

bool has_table(Connection& connection, bool postgres, std::string_view name) {
  constexpr std::string_view in_sqlite = "select 1 from sqlite_schema where type = 'table' and name = $1";
  constexpr std::string_view in_postgres =
      "select 1 from pg_tables where schemaname = current_schema() and tablename = $1";
  return Transaction(connection).query_one(postgres ? in_postgres : in_sqlite, name).has_value();
}

std::vector<Reference> references_of(Connection& connection, bool postgres) {
  std::vector<Reference> references;
  for (const Row& row : Transaction(connection).query(postgres ? postgres_references : sqlite_references)) {
    references.push_back({row.text(0), row.text(1), row.text(2), row.text(3)});
  }
  return references;
}

// PostgreSQL checks a reference with every statement; its owner may take it away and put it back, which
// checks all rows at once. SQLite can wait for the commit.
RestingReferences::RestingReferences(Connection& connection, bool postgres) : connection_(connection) {
  if (!postgres) {
    connection.run_script("pragma defer_foreign_keys = on");
    return;
  }
  const auto rows = Transaction(connection)
                        .query(
                            "select cast(cast(c.conrelid as regclass) as text), quote_ident(c.conname), "
                            "pg_get_constraintdef(c.oid)"
                            " from pg_constraint c join pg_namespace n on n.oid = c.connamespace"
                            " where c.contype = 'f' and n.nspname = current_schema() order by c.oid");
  for (const Row& row : rows) {
    const std::string constraint = "alter table " + row.text(0) + " ";
    connection.run_script(constraint + "drop constraint " + row.text(1));
    to_restore_.push_back(constraint + "add constraint " + row.text(1) + " " + row.text(2));
  }
}

void RestingReferences::turn_on() {
  for (const std::string& statement : to_restore_) connection_.run_script(statement);
  to_restore_.clear();
}

std::vector<std::string> engine_findings(Connection& connection, bool postgres) {
  std::vector<std::string> findings;
  Transaction tx(connection);
  if (!postgres) {
    for (const Row& row : tx.query("select integrity_check from pragma_integrity_check(100)")) {
      if (row.text(0) != "ok") findings.push_back("database: " + row.text(0));
    }
    return findings;
  }
  for (const Table& table : tables_of(connection, postgres)) {
    const std::string rows = "select * from \"" + table.name + "\"";
    try {
      tx.each(rows, [](Row&&) { return true; });
    } catch (const StoreError& error) {
      if (error.kind() == StoreError::Kind::unavailable) throw;
      findings.push_back("table " + table.name + ": " + error.what());
    }
  }
  return findings;
}

}  // namespace censo::store::driver
