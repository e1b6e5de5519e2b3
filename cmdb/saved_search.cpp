#include "cmdb/saved_search.h"

#include "base/text.h"
#include "cmdb/query_terms.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

using base::Errc;

SavedSearch search_from(const store::Row& row) {
  return {row.text(0), row.text(1), row.text(2), row.integer(3), row.integer(4)};
}

bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, fits);
}

base::Error of_somebody_else(const SavedSearch& search) {
  return base::fail(Errc::conflict, "the saved search \"" + search.name + "\" is " + search.owner +
                                        "'s; take another name, or ask an admin");
}

}  // namespace

base::Result<SavedSearch> save_search(store::Transaction& tx, const ClassCatalog& catalog, SavedSearch wanted,
                                      bool any_owner) {
  if (!is_name(wanted.name)) {
    return base::fail(Errc::invalid_argument,
                      "expected a name of 1 to 64 letters, digits, \"-\", \"_\" or \".\", found \"" +
                          base::sanitize_utf8(wanted.name, 70) + "\"",
                      "name");
  }
  const auto query = parse_query(wanted.query);
  if (!query) return query.error();
  if (const auto bound = bind_query(catalog, *query, wanted.changed_at); !bound) return bound.error();
  wanted.created_at = wanted.changed_at;
  if (const auto old = find_saved_search(tx, wanted.name); old) {
    if (old->owner != wanted.owner && !any_owner) return of_somebody_else(*old);
    wanted.created_at = old->created_at;
  }
  tx.execute(
      "insert into saved_search (name, owner, query, created_at, changed_at) values ($1, $2, $3, $4, $5)"
      " on conflict (name) do update set owner = excluded.owner, query = excluded.query,"
      " changed_at = excluded.changed_at",
      wanted.name, wanted.owner, wanted.query, wanted.created_at, wanted.changed_at);
  return wanted;
}

base::Result<SavedSearch> find_saved_search(store::Transaction& tx, std::string_view name) {
  const auto row = tx.query_one(
      "select name, owner, query, created_at, changed_at from saved_search where name = $1", name);
  if (row) return search_from(*row);
  return base::fail(Errc::not_found, "no saved search is named \"" + base::sanitize_utf8(name, 70) + "\"");
}

base::Result<void> delete_saved_search(store::Transaction& tx, std::string_view name, std::string_view owner,
                                       bool any_owner) {
  const auto old = find_saved_search(tx, name);
  if (!old) return old.error();
  if (old->owner != owner && !any_owner) return of_somebody_else(*old);
  tx.execute("delete from saved_search where name = $1", name);
  return {};
}

Page<SavedSearch> saved_searches(store::Transaction& tx, const PageRequest& request) {
  Page<SavedSearch> page;
  for (const store::Row& row :
       tx.query("select name, owner, query, created_at, changed_at from saved_search where name > $1"
                " order by name limit $2",
                request.after, static_cast<std::int64_t>(request.limit) + 1)) {
    if (page.rows.size() == request.limit)
      page.next = page.rows.back().name;
    else
      page.rows.push_back(search_from(row));
  }
  return page;
}

}  // namespace censo::cmdb
