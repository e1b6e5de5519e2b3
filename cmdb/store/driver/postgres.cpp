#include "cmdb/store/driver/postgres.h"

#include "base/text.h"
#include "cmdb/store/driver/postgres_values.h"
#include "cmdb/store/location.h"

#include <array>
#include <deque>
#include <exception>
#include <map>
#include <new>
#include <utility>

namespace censo::store::driver {
namespace {

using Kind = StoreError::Kind;

constexpr std::size_t statement_cache_limit = 512;

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Session = std::unique_ptr<PGconn, CloseConnection>;

// libpq ends its messages with a line feed and sometimes adds lines.
std::string one_line(const char* message) {
  std::string text(base::trim(message));
  for (char& c : text) c = c == '\n' || c == '\t' ? ' ' : c;
  return text;
}

// The results of the statement under way, row by row. Read to its end by the destructor: libpq takes no other
// statement before.
class Stream {
 public:
  explicit Stream(PGconn* session) : session_(session) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    while (!ended_) next_of_session();
  }

  // Nothing at the end.
  PgResult next() {
    if (kept_.empty()) return next_of_session();
    PgResult result = std::move(kept_.front());
    kept_.pop_front();
    return result;
  }
  // Makes room for a statement inside this one. False: the last result is an error.
  bool keep_rest() {
    while (!ended_) {
      if (PgResult result = next_of_session()) kept_.push_back(std::move(result));
    }
    return kept_.empty() || PQresultStatus(kept_.back().get()) != PGRES_FATAL_ERROR;
  }
  const PGresult* last_kept() const { return kept_.back().get(); }

 private:
  PgResult next_of_session() {
    PgResult result(ended_ ? nullptr : PQgetResult(session_));
    ended_ = !result;
    return result;
  }

  PGconn* session_;
  std::deque<PgResult> kept_;
  bool ended_ = false;
};

// What SQLite's tables of a key alone are declared with: here every table has its key in an index beside it.
std::string without_row_id_words(std::string_view sql) {
  constexpr std::string_view words = " without rowid";
  std::string text(sql);
  for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at))
    text.erase(at, words.size());
  return text;
}

class PostgresConnection final : public Connection {
 public:
  PostgresConnection(std::string url, Access access) : url_(std::move(url)), access_(access) { connect(); }

  std::int64_t run(std::string_view sql, std::span<const Parameter> parameters,
                   const std::function<bool(Row&&)>& on_row) override;
  void begin_read() override { begin("begin isolation level repeatable read read only"); }
  void begin_write() override { begin("begin isolation level serializable read write"); }
  void commit() override;
  void rollback() noexcept override;
  bool in_transaction() const override {
    const auto status = PQtransactionStatus(session_.get());
    return status != PQTRANS_IDLE && status != PQTRANS_UNKNOWN;
  }
  void savepoint() override { command("savepoint job"); }
  void release_savepoint() override { command("release savepoint job"); }
  void rollback_to_savepoint() override { command("rollback to savepoint job; release savepoint job"); }
  void run_script(std::string_view sql) override { command(without_row_id_words(sql).c_str()); }

 private:
  void connect();
  void prepare_session();
  void begin(const char* how);
  std::string command(const char* sql);
  const std::string& prepared(std::string_view sql, const PgParameters& parameters);
  void make_room();
  std::int64_t read_rows(Stream& stream, std::string_view sql, const std::function<bool(Row&&)>& on_row);
  void keep_outer(std::string_view sql);
  [[noreturn]] void fail(const PGresult* result, std::string_view doing);

  const std::string url_;
  const Access access_;
  Session session_;
  std::map<std::string, std::string, std::less<>> statements_;  // types and text -> name in the session
  std::uint64_t last_name_ = 0;
  bool forget_statements_ = false;
  Stream* under_way_ = nullptr;
};

void PostgresConnection::connect() {
  // What stands before dbname may be set otherwise by the URL, what stands after may not.
  constexpr std::array<const char*, 7> names{"connect_timeout",
                                             "tcp_user_timeout",
                                             "keepalives_idle",
                                             "fallback_application_name",
                                             "dbname",
                                             "client_encoding",
                                             nullptr};
  const std::array<const char*, 7> values{"10", "30000", "30", "censo", url_.c_str(), "UTF8", nullptr};
  statements_.clear();
  session_.reset(PQconnectdbParams(names.data(), values.data(), 1));
  if (!session_) throw std::bad_alloc();
  if (PQstatus(session_.get()) != CONNECTION_OK) {
    throw StoreError(Kind::unavailable, "connecting to " + shown_location(url_) + ": " +
                                            without_secrets(one_line(PQerrorMessage(session_.get())), url_));
  }
  PQsetNoticeProcessor(
      session_.get(), [](void*, const char*) {}, nullptr);
  prepare_session();
}

// An acknowledged job is on the disk: a looser synchronous_commit of the database or the user is not taken.
void PostgresConnection::prepare_session() {
  command(
      "select set_config('synchronous_commit', 'on', false)"
      " where current_setting('synchronous_commit') in ('off', 'local', 'remote_write');"
      "set extra_float_digits = 1; set bytea_output = hex; set standard_conforming_strings = on");
  command(access_ == Access::write ? "set lock_timeout = '60s'" : "set default_transaction_read_only = on");
  if (access_ == Access::read) command("set statement_timeout = '60s'");
}

[[noreturn]] void PostgresConnection::fail(const PGresult* result, std::string_view doing) {
  const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const std::string code = state ? state : "";
  std::string what = one_line(result ? PQresultErrorMessage(result) : PQerrorMessage(session_.get()));
  if (what.empty()) what = one_line(PQerrorMessage(session_.get()));
  const bool lost = PQstatus(session_.get()) != CONNECTION_OK;
  forget_statements_ = forget_statements_ || code == "0A000";
  throw StoreError(lost ? Kind::unavailable : kind_of_state(code),
                   std::string(doing) + ": " + without_secrets(what, url_) + " (PostgreSQL " +
                       (code.empty() ? "connection" : code) + ")");
}

// Without parameters and rows; several statements share one transaction. Returns the tag of the last one.
std::string PostgresConnection::command(const char* sql) {
  keep_outer(sql);
  const PgResult result(PQexec(session_.get(), sql));
  const auto status = PQresultStatus(result.get());
  const bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
  if (!done) fail(result.get(), std::string_view(sql).substr(0, 200));
  return PQcmdStatus(result.get());
}

// A server that was restarted meanwhile is noticed here, before anything was done.
void PostgresConnection::begin(const char* how) {
  if (std::exchange(forget_statements_, false) && PQstatus(session_.get()) == CONNECTION_OK) {
    command("deallocate all");
    statements_.clear();
  }
  const PgResult begun(PQexec(session_.get(), how));
  if (PQresultStatus(begun.get()) == PGRES_COMMAND_OK) return;
  if (PQstatus(session_.get()) == CONNECTION_OK) fail(begun.get(), how);
  connect();
  command(how);
}

// "commit" of a transaction that failed is answered with "ROLLBACK", which is no error to libpq.
void PostgresConnection::commit() {
  const std::string tag = command("commit");
  if (tag != "COMMIT") throw StoreError(Kind::statement, "expected COMMIT, the server answered " + tag);
}

void PostgresConnection::rollback() noexcept {
  if (!in_transaction()) return;
  const PgResult ignored(PQexec(session_.get(), "rollback"));
}

void PostgresConnection::keep_outer(std::string_view sql) {
  if (under_way_ && !under_way_->keep_rest()) fail(under_way_->last_kept(), sql);
}

void PostgresConnection::make_room() {
  if (statements_.size() < statement_cache_limit) return;
  command("deallocate all");
  statements_.clear();
}

const std::string& PostgresConnection::prepared(std::string_view sql, const PgParameters& parameters) {
  const std::string key = parameters.signature() + " " + std::string(sql);
  if (const auto found = statements_.find(key); found != statements_.end()) return found->second;
  make_room();
  const std::string name = "s" + std::to_string(++last_name_);
  const PgResult result(PQprepare(session_.get(), name.c_str(), std::string(sql).c_str(), parameters.count(),
                                  parameters.types()));
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
    fail(result.get(), "preparing \"" + std::string(sql) + "\"");
  }
  return statements_.emplace(key, name).first->second;
}

std::int64_t PostgresConnection::read_rows(Stream& stream, std::string_view sql,
                                           const std::function<bool(Row&&)>& on_row) {
  bool wanted = true;
  std::int64_t changed = 0;
  while (const PgResult result = stream.next()) {
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
      fail(result.get(), sql);
    }
    if (status == PGRES_SINGLE_TUPLE && wanted) wanted = on_row(row_of(result.get(), 0));
    if (status == PGRES_SINGLE_TUPLE || std::string_view(PQcmdStatus(result.get())).starts_with("SELECT"))
      continue;
    changed = base::parse_integer(PQcmdTuples(result.get())).value_or(0);
  }
  return changed;
}

std::int64_t PostgresConnection::run(std::string_view sql, std::span<const Parameter> parameters,
                                     const std::function<bool(Row&&)>& on_row) {
  if (!under_way_ && PQstatus(session_.get()) != CONNECTION_OK) {
    if (in_transaction()) fail(nullptr, sql);
    connect();
  }
  keep_outer(sql);
  const PgParameters bound(sql, parameters);
  const std::string& name = prepared(sql, bound);
  if (!PQsendQueryPrepared(session_.get(), name.c_str(), bound.count(), bound.values(), bound.lengths(),
                           bound.formats(), 0)) {
    fail(nullptr, sql);
  }
  PQsetSingleRowMode(session_.get());
  Stream stream(session_.get());
  struct UnderWay {
    Stream*& place;
    Stream* outer;
    ~UnderWay() { place = outer; }
  } const restored{under_way_, std::exchange(under_way_, &stream)};
  return read_rows(stream, sql, on_row);
}

std::string value_of(Connection& connection, std::string_view sql) {
  std::string value;
  connection.run(sql, {}, [&value](Row&& row) {
    value = row.text(0);
    return false;
  });
  return value;
}

// Names, pages and prefixes are compared by their bytes, as SQLite does it.
void check_database(Connection& connection, const std::string& url) {
  const std::string encoding = value_of(connection, "select current_setting('server_encoding')");
  const std::string collation =
      value_of(connection, "select datcollate from pg_database where datname = current_database()");
  const std::string folded = base::to_lower(collation);
  const bool by_bytes = folded == "c" || folded == "posix" || folded == "c.utf-8" || folded == "c.utf8";
  if (encoding != "UTF8" || !by_bytes) {
    throw StoreError(Kind::statement,
                     "expected a database with encoding UTF8 and collation C at " + shown_location(url) +
                         ", found " + encoding + " and " + collation +
                         "; make it with: create database censo template template0 encoding 'UTF8' "
                         "lc_collate 'C' lc_ctype 'C'");
  }
}

// A schema of ours, an empty one, or a refusal.
void claim(Connection& connection, const std::string& url) {
  const std::string tables = value_of(
      connection, "select cast(count(*) as text) from pg_tables where schemaname = current_schema()");
  const std::string ours = value_of(connection,
                                    "select cast(count(*) as text) from pg_tables where schemaname = "
                                    "current_schema() and tablename = 'schema_migration'");
  if (tables != "0" && ours == "0") {
    throw StoreError(Kind::corrupt, "the database " + shown_location(url) +
                                        " has tables of another program; give Censo a database or a schema "
                                        "of its own");
  }
}

}  // namespace

std::unique_ptr<Connection> open_postgres(const std::string& url, Access access) {
  auto connection = std::make_unique<PostgresConnection>(url, access);
  if (access == Access::write) {
    check_database(*connection, url);
    claim(*connection, url);
  }
  return connection;
}

}  // namespace censo::store::driver
