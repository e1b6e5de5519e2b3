// What tables a database has, found from its own catalogue: whoever copies or checks everything needs no list
// that each migration would have to keep.
#pragma once

#include "cmdb/store/transaction.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::store::driver {

struct Column {
  std::string name;
  std::string type;  // as in the migrations: bigint, smallint, text, double precision, bytea, json
  friend bool operator==(const Column&, const Column&) = default;
};

struct Table {
  std::string name;
  std::vector<Column> columns;   // in the order of their making
  std::vector<std::string> key;  // the columns of the primary key
};

// "child.column -> parent.column", one column each.
struct Reference {
  std::string table, column, to_table, to_column;
};

// In the order of their names, without the table of migrations.
std::vector<Table> tables_of(Connection& connection, bool postgres);
bool has_table(Connection& connection, bool postgres, std::string_view name);
std::vector<Reference> references_of(Connection& connection, bool postgres);

// Lets the references between rows rest until turn_references_on(), which checks them all; within one
// transaction. Throws StoreError(constraint) for a row whose target is missing.
class RestingReferences {
 public:
  RestingReferences(Connection& connection, bool postgres);
  void turn_on();

 private:
  Connection& connection_;
  std::vector<std::string> to_restore_;
};

// What the engine's own check has to say; nothing: all is well. PostgreSQL has none without an extension:
// every row is read, which finds damaged pages.
std::vector<std::string> engine_findings(Connection& connection, bool postgres);

}  // namespace censo::store::driver
