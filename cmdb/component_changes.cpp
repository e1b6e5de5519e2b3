#include "cmdb/component_changes.h"

#include "cmdb/component_difference.h"
#include "cmdb/component_past.h"
#include "cmdb/component_store.h"
#include "cmdb/ingest_run.h"
#include "cmdb/item_state.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace censo::cmdb {
namespace {

using inventory::Attributes;
using inventory::Item;

// The rows of a report, parted as they are stored.
struct Reported {
  std::vector<RowText> rows;
  std::vector<Attributes> operational;  // of each row
  std::vector<Component> transient;
};

Reported reported(const ClassCatalog& catalog, const std::vector<const Item*>& items) {
  Reported parts;
  ClassMemory classes(catalog);
  for (const Item* item : items) {
    const ClassDefinition& definition = *classes.find(item->class_name);
    if (definition.transient) {
      parts.transient.push_back({"", item->class_name, item->attributes});
    } else {
      auto& operational = parts.operational.emplace_back();
      parts.rows.push_back({definition.name, to_lasting_json(item->attributes, definition, operational)});
    }
  }
  return parts;
}

class SectionChange {
 public:
  SectionChange(IngestRun& run, CiId ci, const ChangedSection& changed)
      : run_(run),
        ci_(ci),
        changed_(changed),
        stored_(load_components(run.tx, ci, run.source.id, changed.section->name)),
        before_(stored_ ? *stored_ : nothing_) {}

  void save(const std::vector<const Item*>& items) {
    Reported parts = reported(run_.catalog, items);
    const RowIds ids = ids_of_rows(run_.tx, parts.rows, run_.clock, run_.rows);
    ComponentSet after{changed_.section->name, ids, {}, std::move(parts.transient), run_.now};
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (!parts.operational[i].empty())
        after.operational.insert_or_assign(after.operational.end(), ids[i], std::move(parts.operational[i]));
    }
    std::ranges::sort(after.ids);
    compare(after);
    if (after.ids != before_.ids) keep_change(after.ids);
    save_components(run_.tx, ci_, run_.source.id, after);
  }

 private:
  // Loads only the rows that differ; tells history, and keeps what an incomplete section does not name.
  void compare(ComponentSet& after) {
    const bool tell = changed_.was_complete && !run_.history.is_new(ci_);
    RowIds gone, come;
    std::ranges::set_difference(before_.ids, after.ids, std::back_inserter(gone));
    std::ranges::set_difference(after.ids, before_.ids, std::back_inserter(come));
    if (gone.empty() && !tell) return;
    const auto old_rows = rows_of(gone), new_rows = rows_of(come);
    for (const ComponentDifference& one : differences(run_.catalog, old_rows, new_rows)) {
      if (!one.after && !changed_.section->complete) {
        keep(gone[static_cast<std::size_t>(one.before - old_rows.data())], after);
      } else if (tell) {
        run_.history.add({ci_, one.what, one.subject, one.old_value, one.new_value});
      }
    }
    std::ranges::sort(after.ids);
  }

  std::vector<Component> rows_of(const RowIds& ids) {
    const auto by_id = rows_with_ids(run_.tx, ids);
    std::vector<Component> rows;
    for (const RowId id : ids) rows.push_back(by_id.at(id));
    return rows;
  }

  void keep(RowId id, ComponentSet& after) const {
    after.ids.push_back(id);
    const auto operational = before_.operational.find(id);
    if (operational != before_.operational.end()) after.operational.insert(*operational);
  }

  // A set that is said for the first time has no past: component_set.since tells when it began.
  void keep_change(const RowIds& after) {
    run_.feed.add(FeedTopic::components, ci_.value);
    run_.feed.touch(ci_, run_.now);
    if (!stored_) return;
    ComponentChange change{ci_, run_.source.id, changed_.section->name, run_.now, {}, {}};
    std::ranges::set_difference(before_.ids, after, std::back_inserter(change.removed));
    std::ranges::set_difference(after, before_.ids, std::back_inserter(change.added));
    const auto owner = state_of(run_.tx, ci_);
    const HistoryRule& rule = run_.catalog.history_rule(owner ? owner->class_name : "");
    keep_component_change(run_.tx, change, rule.fold_within_ms, run_.clock);
  }

  IngestRun& run_;
  const CiId ci_;
  const ChangedSection& changed_;
  const ComponentSet nothing_;
  const std::optional<ComponentSet> stored_;
  const ComponentSet& before_;
};

}  // namespace

void save_components(IngestRun& run, CiId ci, const ChangedSection& changed,
                     const std::vector<const Item*>& items) {
  SectionChange(run, ci, changed).save(items);
}

}  // namespace censo::cmdb
