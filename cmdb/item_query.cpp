#include "cmdb/item_query.h"

#include "cmdb/search_row.h"

#include <algorithm>
#include <array>

namespace censo::cmdb {
namespace {

constexpr std::array own_kinds{TermKind::class_name, TermKind::name,      TermKind::stage,
                               TermKind::first_seen, TermKind::attribute, TermKind::has};

bool fits_stored(const BoundQuery& query, const StoredItem& item) {
  const auto fits = [&](const BoundQuery& part) { return fits_stored(part, item); };
  switch (query.kind) {
    case Query::Kind::term: return term_fitted(query.term, item);
    case Query::Kind::all_of: return std::ranges::all_of(query.parts, fits);
    case Query::Kind::any_of: return std::ranges::any_of(query.parts, fits);
    case Query::Kind::none_of: return std::ranges::none_of(query.parts, fits);
  }
  return false;
}

}  // namespace

base::Result<void> check_own_terms(const BoundQuery& query) {
  if (query.kind == Query::Kind::term && std::ranges::find(own_kinds, query.term.kind) == own_kinds.end()) {
    return base::fail(base::Errc::invalid_argument,
                      "expected class, name, stage or attributes of the item alone, found \"" +
                          to_text(query.term.written) + "\"",
                      place_in_query(query.term.written.position));
  }
  for (const auto& part : query.parts)
    if (const auto own = check_own_terms(part); !own) return own;
  return {};
}

bool fits_item(store::Transaction& tx, const BoundQuery& query, CiId ci) {
  if (!check_own_terms(query)) return false;
  const auto row =
      tx.query_one("select class, name, stage, attributes, first_seen from ci where id = $1", ci.value);
  if (!row) return false;
  return fits_stored(query, {row->text(0), row->text(1), row->text(2), row->text(3), row->integer(4)});
}

}  // namespace censo::cmdb
