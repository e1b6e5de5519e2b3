#include "desk/criticality.h"

#include "base/text.h"

#include <variant>

namespace censo::desk {

// SQLite gives a number of JSON as a number, PostgreSQL as text.
std::optional<std::int64_t> criticality_of(store::Transaction& tx, cmdb::CiId ci) {
  const auto row = tx.query_one("select attributes ->> 'criticality' from ci where id = $1", ci.value);
  if (!row || row->is_null(0)) return std::nullopt;
  const auto* number = std::get_if<std::int64_t>(&row->cell(0));
  return number ? std::optional(*number) : base::parse_integer(row->text(0));
}

}  // namespace censo::desk
