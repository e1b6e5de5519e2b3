#include "cmdb/merge.h"

#include "cmdb/change_feed.h"
#include "cmdb/history.h"
#include "cmdb/item_state.h"
#include "cmdb/reconciliation.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

constexpr int longest_chain = 64;  // far above what people make; ends a circle that a damaged database has

// One act on two items with all that follows from it.
class Joining {
 public:
  Joining(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock, const MergeAct& act)
      : tx_(tx),
        catalog_(catalog),
        clock_(clock),
        act_(act),
        history_(tx, clock, {act.actor, act.now, act.now}) {}

  // An edge of nothing is none.
  void set_edge(CiId ci, CiId into, const char* word) {
    const CiId root_before = root_of(tx_, ci);
    ItemState state = *state_of(tx_, ci);
    state.merged_into = into;
    change_state(tx_, {catalog_, act_.now, feed_}, ci, state);
    const CiId other = into ? into : root_before;
    history_.add({ci, word, label_of(other), "", act_.reason});
    history_.add({other, word, label_of(ci), "", act_.reason});
    const Showing showing{tx_, catalog_, act_.now, feed_, history_};
    show_values(showing, root_before);
    show_values(showing, root_of(tx_, ci));
    feed_.write(tx_, clock_);
  }

 private:
  std::string label_of(CiId ci) {
    return tx_.query_one("select name from ci where id = $1", ci.value)->text(0) + " (" + base::to_text(ci) +
           ")";
  }

  store::Transaction& tx_;
  const ClassCatalog& catalog_;
  const base::Clock& clock_;
  const MergeAct& act_;
  HistoryWriter history_;
  FeedWriter feed_;
};

MergeRecord record_from(const store::Row& row) {
  return {CiId(row.integer(0)),
          CiId(row.integer(1)),
          row.integer(2),
          row.maybe_integer(5).value_or(0),
          row.text(3),
          row.text(4),
          row.maybe_text(6).value_or(""),
          row.maybe_text(7).value_or("")};
}

}  // namespace

CiId root_of(store::Transaction& tx, CiId ci) {
  for (int step = 0; step < longest_chain; ++step) {
    const auto row = tx.query_one("select merged_into from ci where id = $1", ci.value);
    if (!row || row->is_null(0)) return ci;
    ci = CiId(row->integer(0));
  }
  return ci;
}

std::vector<CiId> members_of(store::Transaction& tx, CiId root) {
  std::vector<CiId> members{root};
  for (std::size_t at = 0; at < members.size(); ++at) {
    for (const store::Row& row :
         tx.query("select id from ci where merged_into = $1 order by id", members[at].value)) {
      const CiId member(row.integer(0));
      if (std::ranges::find(members, member) == members.end()) members.push_back(member);
    }
  }
  return members;
}

base::Result<void> merge_item(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                              std::pair<CiId, CiId> ci_into, const MergeAct& act) {
  const auto [ci, target] = ci_into;
  const auto state = state_of(tx, ci);
  if (!state || !state_of(tx, target)) {
    return base::fail(base::Errc::not_found,
                      "no configuration item has the id " + base::to_text(state ? target : ci));
  }
  if (state->merged_into) {
    return base::fail(base::Errc::conflict, base::to_text(ci) + " is merged into " +
                                                base::to_text(state->merged_into) +
                                                " already: unmerge it first");
  }
  const CiId into = root_of(tx, target);
  if (into == ci) {
    return base::fail(base::Errc::conflict,
                      base::to_text(target) + " is " + base::to_text(ci) + " already: expected another item");
  }
  tx.execute(
      "insert into merge_record (id, ci_id, into_ci, at, actor, reason) values ($1, $2, $3, $4, $5, $6)",
      base::next_id(clock), ci.value, into.value, act.now, act.actor, act.reason);
  Joining(tx, catalog, clock, act).set_edge(ci, into, "merged");
  return {};
}

base::Result<void> unmerge_item(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                                CiId ci, const MergeAct& act) {
  const auto state = state_of(tx, ci);
  if (!state)
    return base::fail(base::Errc::not_found, "no configuration item has the id " + base::to_text(ci));
  if (!state->merged_into) {
    return base::fail(base::Errc::conflict, base::to_text(ci) + " is not merged into another item");
  }
  tx.execute(
      "update merge_record set undone_at = $2, undone_by = $3, undo_reason = $4"
      " where ci_id = $1 and undone_at is null",
      ci.value, act.now, act.actor, act.reason);
  Joining(tx, catalog, clock, act).set_edge(ci, {}, "unmerged");
  return {};
}

std::vector<MergeRecord> merges_of(store::Transaction& tx, CiId ci) {
  std::vector<MergeRecord> records;
  for (const store::Row& row : tx.query(
           "select ci_id, into_ci, at, actor, reason, undone_at, undone_by, undo_reason from merge_record"
           " where ci_id = $1 or into_ci = $1 order by id desc limit 200",
           ci.value)) {
    records.push_back(record_from(row));
  }
  return records;
}

}  // namespace censo::cmdb
