#include "cmdb/item_state.h"

#include "cmdb/change_feed.h"
#include "cmdb/stored_json.h"
#include "cmdb/tenant.h"
#include "cmdb/time_spans.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

ItemState state_from(const store::Row& row) {
  return {row.text(0), row.text(1), row.text(2), attributes_from_json(row.text(3)),
          CiId(row.maybe_integer(4).value_or(0))};
}

std::optional<std::int64_t> id_or_null(CiId ci) {
  return ci ? std::optional(ci.value) : std::nullopt;
}

struct Past {
  CiId ci;
  const ItemState& state;
  TimeSpan span;
};

// The item was like this before, not long ago: that row holds one interval more. So a state that comes and
// goes takes a few bytes each time.
bool fold_past(store::Transaction& tx, const Past& past, base::TimeMs fold_within_ms) {
  constexpr int looked_at = 8;
  for (const store::Row& row :
       tx.query("select class, name, stage, attributes, merged_into, since, until, again from ci_past"
                " where ci_id = $1 and until >= $2 order by until desc limit $3",
                past.ci.value, past.span.since - fold_within_ms, looked_at)) {
    TimeSpans spans = spans_of_past(row, 5);
    if (spans.size() >= most_folded || state_from(row) != past.state) continue;
    const base::TimeMs folded_until = spans.back().until;
    spans.push_back(past.span);
    tx.execute("update ci_past set until = $3, again = $4 where ci_id = $1 and until = $2", past.ci.value,
               folded_until, past.span.until, pack_spans(spans));
    return true;
  }
  return false;
}

// Two changes within one millisecond are one: what was in between is nobody's past.
void keep_past(store::Transaction& tx, const Past& past, base::TimeMs fold_within_ms) {
  if (past.span.since >= past.span.until || fold_past(tx, past, fold_within_ms)) return;
  const ItemState& state = past.state;
  tx.execute(
      "insert into ci_past (ci_id, until, since, class, name, stage, attributes, merged_into)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (ci_id, until) do nothing",
      past.ci.value, past.span.until, past.span.since, state.class_name, state.name, state.stage,
      to_json(state.attributes), id_or_null(state.merged_into));
}

}  // namespace

inventory::Attributes lasting(const ClassCatalog& catalog, const ItemState& state) {
  const ClassDefinition* definition = catalog.find_class(state.class_name);
  inventory::Attributes kept;
  for (const auto& [name, value] : state.attributes) {
    const AttributeDefinition* attribute = definition ? definition->find_attribute(name) : nullptr;
    if (!attribute || !attribute->operational) kept.set(name, value);
  }
  return kept;
}

TimeSpans spans_of_past(const store::Row& row, std::size_t since) {
  TimeSpans spans = spans_in(row, since + 2);
  if (spans.empty()) spans.push_back({row.integer(since), row.integer(since + 1)});
  return spans;
}

std::optional<ItemState> state_of(store::Transaction& tx, CiId ci) {
  const auto row =
      tx.query_one("select class, name, stage, attributes, merged_into from ci where id = $1", ci.value);
  return row ? std::optional(state_from(*row)) : std::nullopt;
}

std::optional<ItemState> state_of(store::Transaction& tx, CiId ci, base::TimeMs at) {
  for (const store::Row& row :
       tx.query("select class, name, stage, attributes, merged_into, since, until, again from ci_past"
                " where ci_id = $1 and until > $2 and since <= $2 order by until",
                ci.value, at)) {
    if (holds(spans_of_past(row, 5), at)) return state_from(row);
  }
  const auto now =
      tx.query_one("select class, name, stage, attributes, merged_into from ci where id = $1 and since <= $2",
                   ci.value, at);
  return now ? std::optional(state_from(*now)) : std::nullopt;
}

void change_state(store::Transaction& tx, const StateChange& change, CiId ci, const ItemState& after) {
  const auto row = tx.query_one(
      "select class, name, stage, attributes, merged_into, since from ci where id = $1", ci.value);
  ItemState before = state_from(*row);
  if (before == after) return;
  base::TimeMs since = row->integer(5);
  const bool placed_otherwise = before.class_name != after.class_name || before.name != after.name ||
                                before.stage != after.stage || before.merged_into != after.merged_into;
  const auto tenant_before = tenant_in(before.attributes), tenant = tenant_in(after.attributes);
  before.attributes = lasting(change.catalog, before);
  if (placed_otherwise || before.attributes != lasting(change.catalog, after)) {
    const base::TimeMs until = std::max(change.now, since);
    keep_past(tx, {ci, before, {since, until}},
              change.catalog.history_rule(before.class_name).fold_within_ms);
    change.feed.touch(ci, until);
    if (before.merged_into != after.merged_into) {
      for (const CiId root : {before.merged_into, after.merged_into}) {
        if (root) change.feed.touch(root, until);
      }
    }
    since = until;
  }
  tx.execute(
      "update ci set class = $2, name = $3, stage = $4, attributes = $5, merged_into = $6, since = $7, "
      "tenant = $8 where "
      "id = $1",
      ci.value, after.class_name, after.name, after.stage, to_json(after.attributes),
      id_or_null(after.merged_into), since, tenant);
  if (placed_otherwise || tenant != tenant_before) change.feed.add(FeedTopic::item, ci.value);
}

}  // namespace censo::cmdb
