#include "cmdb/component_past.h"

#include "base/id.h"
#include "cmdb/component_store.h"
#include "cmdb/packed_ids.h"
#include "cmdb/time_spans.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace censo::cmdb {
namespace {

// `times` has every time at which the change was done, undone, done again.
bool fold(store::Transaction& tx, const ComponentChange& change, const store::Row& last) {
  const base::TimeMs at = last.integer(1);
  Times times = times_in(last, 4);
  if (times.empty()) times.push_back(at);
  const bool is_done = times.size() % 2 == 1;
  const RowIds removed = unpack_ids(last.bytes(2)), added = unpack_ids(last.bytes(3));
  const bool fits = is_done ? change.removed == added && change.added == removed
                            : change.removed == removed && change.added == added;
  if (!fits || times.size() >= most_folded) return false;
  times.push_back(std::max(change.at, at));
  tx.execute("update component_past set at = $2, again = $3 where id = $1", last.integer(0), times.back(),
             pack_times(times));
  return true;
}

using SetKey = std::pair<std::int64_t, std::string>;  // source and section

// How often each id is to be added (or, below 0, taken away) to get from now to then.
using Balance = std::map<RowId, int>;

// Of an even number of times after the moment every second undoes the one before.
int times_to_undo(const Times& times, base::TimeMs last, base::TimeMs at) {
  if (times.empty()) return last > at ? 1 : 0;
  const auto later = times.end() - std::ranges::upper_bound(times, at);
  if (later % 2 == 0) return 0;
  return times.size() % 2 == 1 ? 1 : -1;
}

std::map<SetKey, Balance> balances_since(store::Transaction& tx, CiId ci, base::TimeMs at) {
  std::map<SetKey, Balance> balances;
  for (const store::Row& row :
       tx.query("select source_id, section, at, removed, added, again from component_past"
                " where ci_id = $1 and at > $2",
                ci.value, at)) {
    const int undo = times_to_undo(times_in(row, 5), row.integer(2), at);
    if (undo == 0) continue;
    Balance& balance = balances[{row.integer(0), row.text(1)}];
    for (const RowId id : unpack_ids(row.bytes(3))) balance[id] += undo;
    for (const RowId id : unpack_ids(row.bytes(4))) balance[id] -= undo;
  }
  return balances;
}

void apply(const Balance& balance, RowIds& ids) {
  RowIds more, fewer;
  for (const auto& [id, count] : balance) {
    RowIds& list = count > 0 ? more : fewer;
    list.insert(list.end(), static_cast<std::size_t>(std::abs(count)), id);
  }
  RowIds all, kept;
  std::ranges::merge(ids, more, std::back_inserter(all));
  std::ranges::set_difference(all, fewer, std::back_inserter(kept));
  ids = std::move(kept);
}

}  // namespace

void keep_component_change(store::Transaction& tx, const ComponentChange& change, base::TimeMs fold_within_ms,
                           const base::Clock& clock) {
  if (change.removed.empty() && change.added.empty()) return;
  constexpr int looked_at = 4;
  for (const store::Row& row : tx.query(
           "select id, at, removed, added, again from component_past where ci_id = $1 and at >= $2"
           " and source_id = $3 and section = $4 order by at desc, id desc limit $5",
           change.ci.value, change.at - fold_within_ms, change.source.value, change.section, looked_at)) {
    if (fold(tx, change, row)) return;
  }
  tx.execute(
      "insert into component_past (id, ci_id, source_id, section, at, removed, added)"
      " values ($1, $2, $3, $4, $5, $6, $7)",
      base::next_id(clock), change.ci.value, change.source.value, change.section, change.at,
      pack_ids(change.removed), pack_ids(change.added));
}

void give_components(store::Transaction& tx, const base::Clock& clock, SourceId source, CiId from, CiId ci) {
  const base::TimeMs now = clock.now();
  for (const store::Row& row :
       tx.query("select section, packed_rows, since from component_set where source_id = $1 and ci_id = $2",
                source.value, from.value)) {
    tx.execute(
        "update component_set set ci_id = $4, since = $5 where ci_id = $1 and source_id = $2 and section = "
        "$3",
        from.value, source.value, row.text(0), ci.value, now);
    save_components(tx, from, source, {row.text(0), {}, {}, {}, row.integer(2)});
    keep_component_change(tx, {from, source, row.text(0), now, unpack_ids(row.bytes(1)), {}}, 0, clock);
  }
}

std::vector<ComponentSet> components_at(store::Transaction& tx, CiId ci, base::TimeMs at) {
  const auto balances = balances_since(tx, ci, at);
  std::vector<ComponentSet> sets;
  for (const store::Row& row :
       tx.query("select source_id, section, packed_rows from component_set where ci_id = $1 and since <= $2",
                ci.value, at)) {
    ComponentSet set{row.text(1), unpack_ids(row.bytes(2)), {}, {}, 0};
    const auto balance = balances.find({row.integer(0), row.text(1)});
    if (balance != balances.end()) apply(balance->second, set.ids);
    sets.push_back(std::move(set));
  }
  return sets;
}

}  // namespace censo::cmdb
