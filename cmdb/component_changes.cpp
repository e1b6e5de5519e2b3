#include "cmdb/component_changes.h"

#include "cmdb/component_difference.h"
#include "cmdb/component_past.h"
#include "cmdb/component_store.h"
#include "cmdb/ingest_run.h"
#include "cmdb/item_state.h"
#include "cmdb/section_rows.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace censo::cmdb {
namespace {

using inventory::Item;

class SectionChange {
 public:
  SectionChange(IngestRun& run, CiId ci, const ChangedSection& changed)
      : run_(run),
        ci_(ci),
        changed_(changed),
        stored_(load_row_ids(run.tx, ci, run.source.id, changed.section->name)),
        before_(stored_ ? *stored_ : nothing_) {}

  void save(SectionRows rows) {
    rows_ = std::move(rows);
    const RowIds found = ids_of_rows(run_.tx, rows_.unknown, run_.clock, run_.rows);
    auto next = found.begin();
    places_.reserve(rows_.ids.size());
    for (const RowId id : rows_.ids) places_.emplace_back(id == 0 ? *next++ : id, places_.size());
    std::ranges::sort(places_);
    compare();
    const RowIds after = ids_after();
    if (after != before_) keep_change(after);
    std::vector<std::size_t> order;
    for (const auto& [id, row] : places_) order.push_back(row);
    save_components(run_.tx, ci_, run_.source.id,
                    {changed_.section->name, after, rows_.operational.pack(order),
                     pack_transient(rows_.transient, rows_.transient_values), run_.now});
  }

 private:
  RowIds ids_after() const {
    RowIds ids;
    ids.reserve(places_.size());
    for (const auto& [id, row] : places_) ids.push_back(id);
    return ids;
  }

  // Loads only the rows that differ; tells history, and keeps what an incomplete section does not name.
  void compare() {
    const bool tell = changed_.was_complete && !run_.history.is_new(ci_);
    const RowIds after = ids_after();
    RowIds gone, come;
    std::ranges::set_difference(before_, after, std::back_inserter(gone));
    std::ranges::set_difference(after, before_, std::back_inserter(come));
    if (gone.empty() && !tell) return;
    const auto old_rows = rows_of(gone), new_rows = rows_of(come);
    for (const ComponentDifference& one : differences(run_.catalog, old_rows, new_rows)) {
      if (!one.after && !changed_.section->complete) {
        keep(gone[static_cast<std::size_t>(one.before - old_rows.data())]);
      } else if (tell) {
        run_.history.add({ci_, one.what, one.subject, one.old_value, one.new_value});
      }
    }
    std::ranges::sort(places_);
  }

  std::vector<Component> rows_of(const RowIds& ids) {
    const auto by_id = rows_with_ids(run_.tx, ids);
    std::vector<Component> rows;
    for (const RowId id : ids) rows.push_back(by_id.at(id));
    return rows;
  }

  // With the values that it had.
  void keep(RowId id) {
    if (!kept_from_) kept_from_ = load_components(run_.tx, ci_, run_.source.id, changed_.section->name);
    const std::size_t row = rows_.ids.size() + kept_++;
    places_.emplace_back(id, row);
    const auto operational = kept_from_->operational.find(id);
    if (operational != kept_from_->operational.end()) rows_.operational.add(row, operational->second);
  }

  // A set that is said for the first time has no past: component_set.since tells when it began.
  void keep_change(const RowIds& after) {
    run_.feed.add(FeedTopic::components, ci_.value);
    run_.feed.touch(ci_, run_.now);
    if (!stored_) return;
    ComponentChange change{ci_, run_.source.id, changed_.section->name, run_.now, {}, {}};
    std::ranges::set_difference(before_, after, std::back_inserter(change.removed));
    std::ranges::set_difference(after, before_, std::back_inserter(change.added));
    const auto owner = state_of(run_.tx, ci_);
    const HistoryRule& rule = run_.catalog.history_rule(owner ? owner->class_name : "");
    keep_component_change(run_.tx, change, rule.fold_within_ms, run_.clock);
  }

  IngestRun& run_;
  const CiId ci_;
  const ChangedSection& changed_;
  const RowIds nothing_;
  const std::optional<RowIds> stored_;
  const RowIds& before_;
  SectionRows rows_;
  std::vector<std::pair<RowId, std::size_t>> places_;  // every row's id and its place in rows_, sorted
  std::optional<ComponentSet> kept_from_;              // loaded when an incomplete section leaves rows out
  std::size_t kept_ = 0;
};

}  // namespace

void save_components(IngestRun& run, CiId ci, const ChangedSection& changed,
                     const std::vector<const Item*>& items) {
  SectionChange(run, ci, changed).save(SectionRowReader(run.catalog, nullptr).of_items(items));
}

void save_text_components(IngestRun& run, const ChangedSection& changed) {
  SectionChange(run, run.source.ci, changed).save(std::move(run.read->rows.at(changed.section->name)));
}

}  // namespace censo::cmdb
