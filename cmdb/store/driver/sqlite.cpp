#include "cmdb/store/driver/sqlite.h"

#include "base/text.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <new>
#include <unordered_map>
#include <utility>

namespace censo::store::driver {
namespace {

constexpr std::int64_t application_id = 0x43454E53;  // "CENS" in the file's header
constexpr int busy_timeout_ms = 20'000;  // another process (a command line) may hold the write lock
constexpr std::uintmax_t quick_check_limit_bytes =
    256 * 1024 * 1024;  // a larger file would delay every start
constexpr std::size_t statement_cache_limit = 512;

using Kind = StoreError::Kind;

Kind kind_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Kind::busy;
    case SQLITE_FULL: return Kind::full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Kind::corrupt;
    case SQLITE_CONSTRAINT: return Kind::constraint;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_PROTOCOL:
    case SQLITE_NOLFS: return Kind::io;
    default: return Kind::statement;
  }
}

[[noreturn]] void refuse_damaged(const std::string& path, const std::string& why) {
  throw StoreError(Kind::corrupt,
                   "the database " + path + " is damaged or not ours: " + why +
                       "; stop the program, keep a copy of the file, then restore the last backup");
}

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

// A prepared statement with the parameter number of each of its places: SQLite counts "$2" before "$1" when
// it stands first.
struct Statement {
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> handle;
  std::vector<std::size_t> places;
  std::size_t parameters = 0;
  bool busy = false;
};

// Ready for the next use, whatever way the run ended.
class Use {
 public:
  explicit Use(Statement& statement) : statement_(statement) { statement_.busy = true; }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() {
    sqlite3_reset(statement_.handle.get());
    sqlite3_clear_bindings(statement_.handle.get());
    statement_.busy = false;
  }

 private:
  Statement& statement_;
};

struct Binder {
  sqlite3_stmt* statement;
  int place;

  int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, place); }
  int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, place, v); }
  int operator()(double v) const { return sqlite3_bind_double(statement, place, v); }
  int operator()(const std::string& v) const {
    return sqlite3_bind_text64(statement, place, v.data(), v.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  int operator()(const base::Bytes& v) const {
    // A null pointer would bind NULL; an empty blob is not NULL.
    const void* data = v.empty() ? static_cast<const void*>("") : v.data();
    return sqlite3_bind_blob64(statement, place, data, v.size(), SQLITE_STATIC);
  }
};

Cell cell_of(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return std::int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
    case SQLITE_NULL: return nullptr;
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    }
    default: {
      const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, column));
      return base::Bytes(bytes, bytes + sqlite3_column_bytes(statement, column));
    }
  }
}

Row row_of(sqlite3_stmt* statement) {
  const int columns = sqlite3_data_count(statement);
  std::vector<Cell> cells;
  cells.reserve(static_cast<std::size_t>(columns));
  for (int column = 0; column < columns; ++column) cells.push_back(cell_of(statement, column));
  return Row(std::move(cells));
}

// Only a column declared so is the row's own number here; as bigint it would cost a second index on every
// table.
std::string with_row_ids(std::string_view sql) {
  constexpr std::string_view common = " bigint primary key";
  std::string text(sql);
  for (auto at = text.find(common); at != std::string::npos; at = text.find(common, at)) {
    text.replace(at, common.size(), " integer primary key");
  }
  return text;
}

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(const std::string& path, Access access);

  std::int64_t run(std::string_view sql, std::span<const Parameter> parameters,
                   const std::function<bool(Row&&)>& on_row) override;
  void begin_read() override { command("begin"); }
  void begin_write() override { command("begin immediate"); }
  void commit() override { command("commit"); }
  void rollback() noexcept override {
    if (in_transaction()) sqlite3_exec(db_.get(), "rollback", nullptr, nullptr, nullptr);
  }
  bool in_transaction() const override { return sqlite3_get_autocommit(db_.get()) == 0; }
  void savepoint() override { command("savepoint job"); }
  void release_savepoint() override { command("release job"); }
  void rollback_to_savepoint() override {
    command("rollback to job");
    command("release job");
  }
  void run_script(std::string_view sql) override {
    const std::string text = with_row_ids(sql);
    if (sqlite3_exec(db_.get(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail("script");
  }

 private:
  void command(std::string_view sql) {
    run(sql, {}, [](Row&&) { return true; });
  }
  Statement prepared(std::string_view sql) const;
  Statement& cached(std::string_view sql, Statement& spare);
  [[noreturn]] void fail(std::string_view doing) const;
  void bind(Statement& statement, std::string_view sql, std::span<const Parameter> parameters) const;
  std::int64_t step_all(sqlite3_stmt* statement, std::string_view sql,
                        const std::function<bool(Row&&)>& on_row) const;

  std::string path_;
  std::unique_ptr<sqlite3, CloseDatabase> db_;
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;  // dies before db_
};

SqliteConnection::SqliteConnection(const std::string& path, Access access) : path_(path) {
  sqlite3* db = nullptr;
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (access == Access::write ? SQLITE_OPEN_CREATE : 0);
  const int opened = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
  db_.reset(db);
  if (!db) throw std::bad_alloc();
  if (opened != SQLITE_OK) fail("opening " + path);
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, busy_timeout_ms);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

void SqliteConnection::fail(std::string_view doing) const {
  const int code = sqlite3_extended_errcode(db_.get());
  if ((code & 0xff) == SQLITE_NOMEM) throw std::bad_alloc();
  const std::string what =
      std::string(doing) + ": " + sqlite3_errmsg(db_.get()) + " (SQLite " + std::to_string(code) + ")";
  if (kind_of(code) == Kind::corrupt) refuse_damaged(path_, what);
  throw StoreError(kind_of(code), what);
}

// Only a statement that is not running may be shared; a query inside a query of the same text gets one of its
// own.
Statement& SqliteConnection::cached(std::string_view sql, Statement& spare) {
  auto found = statements_.find(sql);
  if (found != statements_.end() && !found->second.busy) return found->second;
  if (found != statements_.end()) return spare = prepared(sql);
  if (statements_.size() >= statement_cache_limit) {
    std::erase_if(statements_, [](const auto& entry) { return !entry.second.busy; });
  }
  return statements_.emplace(std::string(sql), prepared(sql)).first->second;
}

Statement SqliteConnection::prepared(std::string_view sql) const {
  sqlite3_stmt* handle = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, &rest);
  Statement statement{std::unique_ptr<sqlite3_stmt, FinalizeStatement>(handle), {}, 0, false};
  if (code != SQLITE_OK) fail("preparing \"" + std::string(sql) + "\"");
  const std::string_view trailing(rest, static_cast<std::size_t>(sql.data() + sql.size() - rest));
  if (!handle || !base::trim(trailing).empty()) {
    throw StoreError(Kind::statement, "expected one statement in \"" + std::string(sql) + "\"");
  }
  const int places = sqlite3_bind_parameter_count(handle);
  for (int place = 1; place <= places; ++place) {
    const char* name = sqlite3_bind_parameter_name(handle, place);
    const auto number = name && *name == '$' ? base::parse_unsigned(name + 1) : std::nullopt;
    if (!number || *number == 0) {
      throw StoreError(Kind::statement,
                       "expected parameters named $1, $2, ... in \"" + std::string(sql) + "\"");
    }
    statement.places.push_back(static_cast<std::size_t>(*number));
    statement.parameters = std::max(statement.parameters, static_cast<std::size_t>(*number));
  }
  return statement;
}

void SqliteConnection::bind(Statement& statement, std::string_view sql,
                            std::span<const Parameter> parameters) const {
  if (parameters.size() != statement.parameters) {
    throw StoreError(Kind::statement, "expected " + std::to_string(statement.parameters) +
                                          " parameters, found " + std::to_string(parameters.size()) +
                                          " for \"" + std::string(sql) + "\"");
  }
  for (std::size_t i = 0; i < statement.places.size(); ++i) {
    const Binder binder{statement.handle.get(), static_cast<int>(i + 1)};
    if (std::visit(binder, parameters[statement.places[i] - 1]) != SQLITE_OK) fail(sql);
  }
}

// A statement that writes runs to its end even when the caller wants no more rows: only then are its changes
// counted.
std::int64_t SqliteConnection::step_all(sqlite3_stmt* statement, std::string_view sql,
                                        const std::function<bool(Row&&)>& on_row) const {
  const bool reads_only = sqlite3_stmt_readonly(statement) != 0;
  bool wanted = true;
  while (wanted || !reads_only) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) break;
    if (code != SQLITE_ROW) fail(sql);
    if (wanted) wanted = on_row(row_of(statement));
  }
  return reads_only ? 0 : sqlite3_changes64(db_.get());
}

std::int64_t SqliteConnection::run(std::string_view sql, std::span<const Parameter> parameters,
                                   const std::function<bool(Row&&)>& on_row) {
  Statement spare;
  Statement& statement = cached(sql, spare);
  const Use use(statement);
  bind(statement, sql, parameters);
  return step_all(statement.handle.get(), sql, on_row);
}

std::string pragma_value(Connection& connection, std::string_view sql) {
  std::string value;
  connection.run(sql, {}, [&value](Row&& row) {
    value = row.text(0);
    return false;
  });
  return value;
}

// A private file: what an inventory says of a fleet is of use to an attacker. SQLite gives -wal and -shm the
// same mode.
void make_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
  } else if (errno != EEXIST) {
    throw StoreError(Kind::io, "making " + path + ": " + std::strerror(errno));
  }
}

// A file of ours, a new one, or a refusal.
void claim(Connection& connection, const std::string& path) {
  const std::string tables = pragma_value(connection, "select cast(count(*) as text) from sqlite_schema");
  const std::string id =
      pragma_value(connection, "select cast(application_id as text) from pragma_application_id");
  if (id == std::to_string(application_id)) return;
  if (tables != "0" || id != "0") {
    refuse_damaged(path, "expected application id " + std::to_string(application_id) + ", found " + id);
  }
  // Lists of components take some two kilobytes: half of a page of the usual four would stay empty.
  connection.run_script("pragma page_size = 8192; pragma application_id = " + std::to_string(application_id));
}

void quick_check(Connection& connection, const std::string& path) {
  std::error_code ignored;
  const auto bytes = std::filesystem::file_size(path, ignored);
  if (ignored || bytes > quick_check_limit_bytes) return;
  const std::string verdict = pragma_value(connection, "select quick_check from pragma_quick_check(1)");
  if (verdict != "ok") refuse_damaged(path, verdict);
}

void prepare_for_writing(Connection& connection, const std::string& path) {
  claim(connection, path);
  const std::string mode = pragma_value(connection, "pragma journal_mode = wal");
  if (mode != "wal" && path != ":memory:") {
    throw StoreError(Kind::io,
                     "expected write-ahead logging for " + path + ", its file system gives \"" + mode + "\"");
  }
  // FULL: with NORMAL an acknowledged report is lost on a power cut.
  connection.run_script(
      "pragma synchronous = full; pragma foreign_keys = on; pragma cell_size_check = on; pragma cache_size = "
      "-65536;"
      "pragma temp_store = memory; pragma wal_autocheckpoint = 2000; pragma journal_size_limit = 67108864");
  quick_check(connection, path);
}

}  // namespace

std::unique_ptr<Connection> open_sqlite(const std::string& path, Access access) {
  if (access == Access::write && path != ":memory:") make_file(path);
  auto connection = std::make_unique<SqliteConnection>(path, access);
  if (access == Access::write) {
    prepare_for_writing(*connection, path);
  } else {
    connection->run_script(
        "pragma query_only = on; pragma cell_size_check = on; pragma cache_size = -16384;"
        "pragma temp_store = memory");
  }
  return connection;
}

}  // namespace censo::store::driver
