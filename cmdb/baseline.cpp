#include "cmdb/baseline.h"

#include "base/text.h"
#include "cmdb/history_rules.h"
#include "cmdb/id_page.h"

#include <limits>
#include <optional>

namespace censo::cmdb {
namespace {

using base::Errc;

constexpr std::size_t most_items = 10'000;

Baseline baseline_from(const store::Row& row) {
  Baseline baseline;
  baseline.id = BaselineId(row.integer(0));
  baseline.name = row.text(1);
  baseline.description = row.text(2);
  baseline.at = row.integer(3);
  baseline.whole = row.integer(4) != 0;
  baseline.created_at = row.integer(5);
  baseline.created_by = row.text(6);
  baseline.items = static_cast<std::size_t>(row.integer(7));
  return baseline;
}

constexpr std::string_view select =
    "select b.id, b.name, b.description, b.at, b.whole, b.created_at, b.created_by,"
    " (select count(*) from baseline_item i where i.baseline_id = b.id) from baseline b where ";

std::optional<store::Row> row_of(store::Transaction& tx, std::string_view id_or_name) {
  static const std::string by_id = std::string(select) + "b.id = $1",
                           by_name = std::string(select) + "b.name = $1";
  if (const auto id = base::id_from_text(id_or_name); id) {
    if (auto row = tx.query_one(by_id, *id)) return row;
  }
  return tx.query_one(by_name, id_or_name);
}

base::Result<void> check(store::Transaction& tx, const NewBaseline& wanted) {
  const bool is_time = base::parse_iso8601(wanted.name) || parse_length(wanted.name) || wanted.name == "now";
  if (is_time || base::id_from_text(wanted.name)) {
    return base::fail(Errc::invalid_argument,
                      "expected a name that is no time, length or id, found \"" + wanted.name + "\"",
                      "/name");
  }
  if (wanted.items.size() > most_items) {
    return base::fail(Errc::invalid_argument,
                      "expected at most 10,000 items, found " + std::to_string(wanted.items.size()) +
                          "; a baseline of everything has no items of its own",
                      "/items");
  }
  if (row_of(tx, wanted.name)) {
    return base::fail(Errc::conflict, "there is a baseline \"" + wanted.name + "\" already", "/name");
  }
  return {};
}

}  // namespace

base::Result<Baseline> make_baseline(store::Transaction& tx, const base::Clock& clock,
                                     const NewBaseline& wanted) {
  if (const auto checked = check(tx, wanted); !checked) return checked.error();
  const BaselineId id(base::next_id(clock));
  tx.execute(
      "insert into baseline (id, name, at, whole, description, created_at, created_by)"
      " values ($1, $2, $3, $4, $5, $6, $7)",
      id.value, wanted.name, wanted.at, wanted.items.empty(), wanted.description, clock.now(),
      wanted.created_by);
  for (const CiId item : wanted.items) {
    tx.execute("insert into baseline_item (baseline_id, ci_id) values ($1, $2) on conflict do nothing",
               id.value, item.value);
  }
  return find_baseline(tx, base::to_text(id));
}

base::Result<Baseline> find_baseline(store::Transaction& tx, std::string_view id_or_name) {
  const auto row = row_of(tx, id_or_name);
  if (!row) {
    return base::fail(Errc::not_found,
                      "no baseline has the name or id \"" + base::sanitize_utf8(id_or_name, 200) + "\"");
  }
  return baseline_from(*row);
}

base::Result<Page<Baseline>> list_baselines(store::Transaction& tx, const PageRequest& request) {
  static const std::string sql = std::string(select) + "b.id < $1 order by b.id desc limit $2";
  const auto before = position_of(request, std::numeric_limits<std::int64_t>::max());
  if (!before) return before.error();
  Page<Baseline> page;
  for (const store::Row& row : tx.query(sql, *before, static_cast<std::int64_t>(request.limit) + 1)) {
    page.rows.push_back(baseline_from(row));
  }
  cut(page, request);
  return page;
}

std::vector<CiId> items_of_baseline(store::Transaction& tx, BaselineId id) {
  std::vector<CiId> items;
  for (const store::Row& row :
       tx.query("select ci_id from baseline_item where baseline_id = $1 order by ci_id", id.value)) {
    items.emplace_back(row.integer(0));
  }
  return items;
}

void delete_baseline(store::Transaction& tx, BaselineId id) {
  tx.execute("delete from baseline where id = $1", id.value);
}

}  // namespace censo::cmdb
