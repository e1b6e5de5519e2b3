#include "cmdb/store/check.h"

#include "cmdb/store/driver/open.h"
#include "cmdb/store/driver/shape.h"
#include "cmdb/store/location.h"

#include <iterator>
#include <utility>

namespace censo::store {
namespace {

std::vector<std::string> dangling_references(Connection& connection, bool postgres) {
  std::vector<std::string> findings;
  for (const auto& reference : driver::references_of(connection, postgres)) {
    const std::string column = "a.\"" + reference.column + "\"";
    const std::string sql = "select count(*), min(" + column + ") from \"" + reference.table +
                            "\" a left join \"" + reference.to_table + "\" b on b.\"" + reference.to_column +
                            "\" = " + column + " where " + column + " is not null and b.\"" +
                            reference.to_column + "\" is null";
    const auto row = Transaction(connection).query_one(sql);
    if (row->integer(0) == 0) continue;
    findings.push_back("references: " + std::to_string(row->integer(0)) + " rows of " + reference.table +
                       "." + reference.column + " name rows of " + reference.to_table +
                       " that are not there");
  }
  return findings;
}

}  // namespace

std::vector<std::string> check_database(const std::string& location, const Invariants& more) {
  const bool postgres = is_postgres(location);
  const auto connection = driver::open(location, driver::Access::read_slowly);
  auto findings = driver::engine_findings(*connection, postgres);
  if (!findings.empty()) return findings;  // damaged pages would only make more noise below
  connection->begin_read();
  findings = dangling_references(*connection, postgres);
  Transaction tx(*connection);
  std::ranges::move(more(tx), std::back_inserter(findings));
  connection->rollback();
  return findings;
}

}  // namespace censo::store
