// The only SQL surface. One SQL text serves both engines (docs/decisions/0003-one-sql-text.md): lower case,
// $1 parameters, our own ids and times, `on conflict`, `->>`, no engine functions.
#pragma once

#include "base/digest.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace censo::store {

using Parameter = std::variant<std::nullptr_t, std::int64_t, double, std::string, base::Bytes>;
using Cell = Parameter;

// The ground gave way: an I/O error, a full disk, bad SQL, a broken database. Ends the job; caught in
// Database and main.
class StoreError : public std::runtime_error {
 public:
  // With several writers on one server besides: conflict (the writers' order matters; the whole transaction
  // is run again), contested (a key that another writer may have taken or removed a moment ago; run again,
  // and meant if it happens once more), unavailable (no server: what was under way may be done or not).
  enum class Kind {
    io,
    full,
    corrupt,
    busy,
    constraint,
    statement,
    newer_schema,
    conflict,
    contested,
    unavailable
  };
  StoreError(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

// A result row; owns its cells. Asking for the wrong type throws StoreError(statement).
class Row {
 public:
  explicit Row(std::vector<Cell> cells) : cells_(std::move(cells)) {}
  std::int64_t integer(std::size_t column) const;
  double decimal(std::size_t column) const;
  const std::string& text(std::size_t column) const;
  const base::Bytes& bytes(std::size_t column) const;
  bool is_null(std::size_t column) const;
  std::optional<std::int64_t> maybe_integer(std::size_t column) const;
  std::optional<std::string> maybe_text(std::size_t column) const;
  const Cell& cell(std::size_t column) const { return cells_.at(column); }
  std::size_t size() const { return cells_.size(); }

 private:
  std::vector<Cell> cells_;
};

// A connection to an engine: one of the four seams. Used by one thread at a time.
class Connection {
 public:
  virtual ~Connection() = default;
  // Runs one statement, calls `on_row` for each result row (false stops), returns the number of changed rows.
  // Statements are prepared once and kept.
  virtual std::int64_t run(std::string_view sql, std::span<const Parameter> parameters,
                           const std::function<bool(Row&&)>& on_row) = 0;
  virtual void begin_read() = 0;
  virtual void begin_write() = 0;
  virtual void commit() = 0;                // returns only when it is durable
  virtual void rollback() noexcept = 0;     // nothing to roll back is fine
  virtual bool in_transaction() const = 0;  // false also when the engine ended it after an error
  virtual void savepoint() = 0;             // one level
  virtual void release_savepoint() = 0;
  virtual void rollback_to_savepoint() = 0;
  // Several statements without parameters: a migration.
  virtual void run_script(std::string_view sql) = 0;
};

// Made by Database for the length of one job. Not copied, not kept.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  template <class... P>
  std::vector<Row> query(std::string_view sql, const P&... parameters) {
    std::vector<Row> rows;
    const std::vector<Parameter> list{to_parameter(parameters)...};
    connection_.run(sql, list, [&rows](Row&& row) {
      rows.push_back(std::move(row));
      return true;
    });
    return rows;
  }
  // The first row, if there is one.
  template <class... P>
  std::optional<Row> query_one(std::string_view sql, const P&... parameters) {
    std::optional<Row> found;
    const std::vector<Parameter> list{to_parameter(parameters)...};
    connection_.run(sql, list, [&found](Row&& row) {
      found = std::move(row);
      return false;
    });
    return found;
  }
  // For statements with a long list of parameters, such as `in ($1, ..., $100)`.
  std::vector<Row> query_list(std::string_view sql, std::span<const Parameter> parameters) {
    std::vector<Row> rows;
    connection_.run(sql, parameters, [&rows](Row&& row) {
      rows.push_back(std::move(row));
      return true;
    });
    return rows;
  }
  // Streams rows; `on_row` returns false to stop.
  template <class... P>
  void each(std::string_view sql, const std::function<bool(Row&&)>& on_row, const P&... parameters) {
    const std::vector<Parameter> list{to_parameter(parameters)...};
    connection_.run(sql, list, on_row);
  }
  // Number of changed rows.
  template <class... P>
  std::int64_t execute(std::string_view sql, const P&... parameters) {
    const std::vector<Parameter> list{to_parameter(parameters)...};
    return connection_.run(sql, list, [](Row&&) { return true; });
  }
  // Runs on the writer's thread once this job's commit is durable, in the order of the jobs; never when the
  // job or the commit fails. For what is kept in memory beside the database. Must not throw or block. Only
  // within a job of Database: elsewhere the caller takes the steps and runs them itself.
  void after_commit(std::function<void()> step) { after_commit_.push_back(std::move(step)); }
  std::vector<std::function<void()>> take_after_commit() { return std::exchange(after_commit_, {}); }

 private:
  static Parameter to_parameter(std::nullptr_t) { return nullptr; }
  static Parameter to_parameter(std::int64_t v) { return v; }
  static Parameter to_parameter(int v) { return std::int64_t{v}; }
  static Parameter to_parameter(bool v) { return std::int64_t{v ? 1 : 0}; }
  static Parameter to_parameter(double v) { return v; }
  static Parameter to_parameter(std::string_view v) { return std::string(v); }
  static Parameter to_parameter(const std::string& v) { return v; }
  static Parameter to_parameter(const char* v) { return std::string(v); }
  static Parameter to_parameter(const base::Bytes& v) { return v; }
  static Parameter to_parameter(const Parameter& v) { return v; }
  template <class T>
  static Parameter to_parameter(const std::optional<T>& v) {
    return v ? to_parameter(*v) : Parameter(nullptr);
  }

  Connection& connection_;
  std::vector<std::function<void()>> after_commit_;
};

}  // namespace censo::store
