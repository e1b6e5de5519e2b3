#include "cmdb/store/transfer.h"

#include "base/clock.h"
#include "base/text.h"
#include "cmdb/store/driver/open.h"
#include "cmdb/store/driver/shape.h"
#include "cmdb/store/export_file.h"
#include "cmdb/store/location.h"
#include "cmdb/store/migrate.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <span>

namespace censo::store {
namespace {

using base::Errc;
using base::fail;
using Kind = StoreError::Kind;

constexpr std::size_t parameters_at_once = 1'000;

std::string in_quotes(const std::string& name) {
  return "\"" + name + "\"";
}

std::string column_list(const driver::Table& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(in_quotes(column.name));
  return base::join(names, ", ");
}

// SQLite keeps a number as json as that number; in the file it is text, as on the other engine.
Cell as_declared(Cell cell, const driver::Column& column, const std::string& table) {
  const bool is_text = column.type == "text" || column.type == "json";
  const auto* integer = std::get_if<std::int64_t>(&cell);
  if (is_text && integer) return std::to_string(*integer);
  if (column.type == "double precision" && integer) return static_cast<double>(*integer);
  const bool fits = std::holds_alternative<std::nullptr_t>(cell) ||
                    (is_text && std::holds_alternative<std::string>(cell)) ||
                    (column.type == "bytea" && std::holds_alternative<base::Bytes>(cell)) ||
                    (column.type == "double precision" && std::holds_alternative<double>(cell)) ||
                    (column.type.ends_with("int") && integer);
  if (fits) return cell;
  throw StoreError(Kind::corrupt, "expected " + column.type + " in " + table + "." + column.name +
                                      ", found a value of another type");
}

std::vector<std::pair<std::string, std::string>> applied(Transaction& tx) {
  std::vector<std::pair<std::string, std::string>> migrations;
  for (const Row& row : tx.query("select name, digest from schema_migration order by version")) {
    migrations.emplace_back(row.text(0), row.text(1));
  }
  return migrations;
}

ExportHeader header_of(Connection& connection, bool postgres,
                       const std::map<std::string, std::string>& files) {
  Transaction tx(connection);
  ExportHeader header{applied(tx), {}, {}};
  for (auto& table : driver::tables_of(connection, postgres)) {
    if (table.key.empty()) throw StoreError(Kind::statement, "table " + table.name + " has no primary key");
    const std::string count = "select count(*) from " + in_quotes(table.name);
    const auto rows = static_cast<std::uint64_t>(tx.query_one(count)->integer(0));
    header.tables.push_back({std::move(table), rows});
  }
  for (const auto& [name, content] : files) header.files.emplace_back(name, content.size());
  return header;
}

void write_rows(Connection& connection, const driver::Table& table, ExportWriter& writer) {
  std::vector<std::string> order;
  for (const auto& column : table.key) order.push_back(in_quotes(column));
  const std::string rows = "select " + column_list(table) + " from " + in_quotes(table.name) + " order by " +
                           base::join(order, ", ");
  connection.run(rows, {}, [&](Row&& row) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      writer.cell(as_declared(row.cell(i), table.columns[i], table.name));
    }
    return true;
  });
}

// A file that gets its name at the end only, and only when nobody has it.
class NewFile {
 public:
  explicit NewFile(std::string path) : path_(std::move(path)), partial_(path_ + ".partial") {}
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    std::error_code ignored;
    if (made_) std::filesystem::remove(partial_, ignored);
  }

  base::Result<void> open() {
    if (std::filesystem::exists(path_)) return fail(Errc::conflict, "the file exists already", path_);
    const int file = ::open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return failed("cannot make");
    ::close(file);
    made_ = true;
    stream.open(partial_, std::ios::binary | std::ios::trunc);
    return {};
  }
  base::Result<void> keep() {
    stream.close();
    if (!stream || !synced(partial_)) return failed("cannot write");
    if (::link(partial_.c_str(), path_.c_str()) != 0) return failed("cannot name");
    const auto folder = std::filesystem::path(path_).parent_path();
    if (!synced(folder.empty() ? "." : folder.string())) return failed("cannot write");
    return {};
  }

  std::ofstream stream;

 private:
  base::Error failed(const char* what) const {
    return fail(Errc::io_failed, std::string(what) + " the file: " + std::strerror(errno), path_);
  }
  static bool synced(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool done = file >= 0 && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    return done;
  }

  std::string path_, partial_;
  bool made_ = false;
};

// Rolls back what was begun and not committed, whatever ended it.
class Ends {
 public:
  explicit Ends(Connection& connection) : connection_(connection) {}
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;
  ~Ends() { connection_.rollback(); }

 private:
  Connection& connection_;
};

// The files of this program that the exporting one had: the schema in which the rows fit.
base::Result<std::vector<base::EmbeddedFile>> migrations_of(const ExportHeader& header) {
  std::vector<base::EmbeddedFile> wanted;
  for (const auto& migration : header.migrations) {
    const auto files = embedded_migrations();
    const auto same = std::ranges::find_if(files, [&](const base::EmbeddedFile& file) {
      return file.path == migration.first && base::to_hex(base::sha256(file.content)) == migration.second;
    });
    if (same == files.end()) {
      return fail(Errc::unsupported,
                  "the file has migration " + migration.first +
                      ", which this program does not know: use the version that made it, or a newer one");
    }
    wanted.push_back(*same);
  }
  return wanted;
}

base::Result<void> check_shape(const ExportHeader& header, const std::vector<driver::Table>& tables) {
  const auto same = [](const ExportedTable& a, const driver::Table& b) {
    return a.shape.name == b.name && a.shape.columns == b.columns;
  };
  if (std::ranges::equal(header.tables, tables, same)) return {};
  return fail(Errc::malformed, "the tables of the file are not those of its migrations", "header");
}

std::int64_t count_of(Connection& connection, const driver::Table& table) {
  const std::string count = "select count(*) from " + in_quotes(table.name);
  return Transaction(connection).query_one(count)->integer(0);
}

// No rows but those that the migrations themselves put there.
base::Result<void> check_empty(Connection& connection, const std::vector<driver::Table>& tables,
                               std::span<const base::EmbeddedFile> migrations) {
  const auto untouched = driver::open(":memory:", driver::Access::write);
  migrate(*untouched, migrations, 0);
  for (const auto& table : tables) {
    if (count_of(connection, table) > count_of(*untouched, table)) {
      return fail(Errc::conflict, "expected a database without rows, table " + table.name + " has some");
    }
  }
  return {};
}

void remove_rows(Connection& connection, const std::vector<driver::Table>& tables) {
  for (const auto& table : tables) {
    const std::string all = "delete from " + in_quotes(table.name);
    Transaction(connection).execute(all);
  }
}

// Collects rows to one statement.
class Inserter {
 public:
  Inserter(Connection& connection, const driver::Table& table)
      : connection_(connection),
        table_(table),
        limit_(std::max<std::size_t>(1, parameters_at_once / table.columns.size())) {}

  void add(std::vector<Cell>&& row) {
    std::ranges::move(row, std::back_inserter(cells_));
    if (++rows_ == limit_) flush();
  }
  void flush() {
    if (rows_ == 0) return;
    if (rows_ != prepared_rows_) statement_ = statement();
    connection_.run(statement_, cells_, [](Row&&) { return true; });
    prepared_rows_ = std::exchange(rows_, 0);
    cells_.clear();
  }

 private:
  std::string statement() const {
    std::string sql = "insert into " + in_quotes(table_.name) + " (" + column_list(table_) + ") values ";
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const bool first = i % table_.columns.size() == 0;
      sql += first ? (i == 0 ? "(" : "), (") : ", ";
      sql += "$" + std::to_string(i + 1);
    }
    return sql + ")";
  }

  Connection& connection_;
  const driver::Table& table_;
  const std::size_t limit_;
  std::vector<Cell> cells_;
  std::string statement_;
  std::size_t rows_ = 0, prepared_rows_ = 0;
};

using OnRow = std::function<void(const driver::Table&, std::vector<Cell>&&)>;

base::Result<TransferCount> read_all(ExportReader& reader, const OnRow& on_row,
                                     const std::function<void()>& table_ends) {
  TransferCount count;
  for (const auto& [name, size] : reader.header().files) {
    auto content = reader.file(size);
    if (!content) return content.error();
    count.files[name] = std::move(*content);
  }
  for (const ExportedTable& table : reader.header().tables) {
    for (std::uint64_t i = 0; i < table.rows; ++i, ++count.rows) {
      auto row = reader.row(table.shape.columns.size());
      if (!row) return row.error();
      on_row(table.shape, std::move(*row));
    }
    table_ends();
    ++count.tables;
  }
  if (const auto ended = reader.end(); !ended) return ended.error();
  return count;
}

base::Result<std::unique_ptr<std::ifstream>> opened(const std::string& file) {
  auto stream = std::make_unique<std::ifstream>(file, std::ios::binary);
  if (!*stream)
    return fail(Errc::not_found, std::string("cannot read the file: ") + std::strerror(errno), file);
  return stream;
}

base::Result<TransferCount> insert_all(Connection& connection, bool postgres, ExportReader& reader,
                                       std::span<const base::EmbeddedFile> migrations) {
  const auto tables = driver::tables_of(connection, postgres);
  if (const auto same = check_shape(reader.header(), tables); !same) return same.error();
  connection.begin_write();
  const Ends ends(connection);
  if (const auto empty = check_empty(connection, tables, migrations); !empty) return empty.error();
  driver::RestingReferences references(connection, postgres);
  remove_rows(connection, tables);
  std::optional<Inserter> inserter;
  auto count = read_all(
      reader,
      [&](const driver::Table& table, std::vector<Cell>&& row) {
        if (!inserter) inserter.emplace(connection, table);
        inserter->add(std::move(row));
      },
      [&] {
        if (inserter) inserter->flush();
        inserter.reset();
      });
  if (!count) return count.error();
  references.turn_on();
  connection.commit();
  return count;
}

}  // namespace

base::Result<TransferCount> export_database(const std::string& location, const std::string& file,
                                            const std::map<std::string, std::string>& files) {
  const bool postgres = is_postgres(location);
  NewFile out(file);
  if (const auto open = out.open(); !open) return open.error();
  const auto connection = driver::open(location, driver::Access::read_slowly);
  connection->begin_read();
  const Ends ends(*connection);
  const ExportHeader header = header_of(*connection, postgres, files);
  ExportWriter writer(out.stream);
  writer.header(header);
  TransferCount count{header.tables.size(), 0, files};
  for (const auto& [name, content] : files) writer.file(content);
  for (const ExportedTable& table : header.tables) {
    write_rows(*connection, table.shape, writer);
    count.rows += table.rows;
  }
  writer.end();
  if (const auto kept = out.keep(); !kept) return kept.error();
  return count;
}

base::Result<TransferCount> import_database(const std::string& location, const std::string& file) {
  const bool postgres = is_postgres(location);
  auto stream = opened(file);
  if (!stream) return stream.error();
  auto reader = ExportReader::open(**stream);
  if (!reader) return reader.error();
  const auto migrations = migrations_of(reader->header());
  if (!migrations) return migrations.error();
  const auto connection = driver::open(location, driver::Access::write);
  const base::TimeMs now = base::SystemClock().now();
  migrate(*connection, *migrations, now);
  auto count = insert_all(*connection, postgres, *reader, *migrations);
  if (count) migrate(*connection, embedded_migrations(), now);
  return count;
}

base::Result<TransferCount> verify_export(const std::string& file) {
  auto stream = opened(file);
  if (!stream) return stream.error();
  auto reader = ExportReader::open(**stream);
  if (!reader) return reader.error();
  return read_all(
      *reader, [](const driver::Table&, std::vector<Cell>&&) {}, [] {});
}

std::int64_t known_schema() {
  std::int64_t highest = 0;
  for (const auto& file : embedded_migrations()) {
    highest = std::max(highest, base::parse_integer(file.path.substr(0, 4)).value_or(0));
  }
  return highest;
}

SchemaVersions schema_versions(const std::string& location) {
  SchemaVersions versions{0, known_schema()};
  const auto connection = driver::open(location, driver::Access::read);
  if (driver::has_table(*connection, is_postgres(location), "schema_migration")) {
    const auto row =
        Transaction(*connection).query_one("select coalesce(max(version), 0) from schema_migration");
    versions.found = row->integer(0);
  }
  return versions;
}

}  // namespace censo::store
