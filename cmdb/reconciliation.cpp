#include "cmdb/reconciliation.h"

#include "cmdb/change_feed.h"
#include "cmdb/editor.h"
#include "cmdb/ingest_run.h"
#include "cmdb/item_state.h"
#include "cmdb/merge.h"
#include "cmdb/reconciliation_rules.h"
#include "cmdb/reference.h"
#include "cmdb/shown_values.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace censo::cmdb {
namespace {

using inventory::Attributes;

// A person may say an attribute and leave the class to others.
std::vector<Key> keys_from(const IngestRun& run, CiId ci, const SourceValues& values,
                           const Surroundings& surroundings) {
  const std::string class_name =
      values.class_name.empty() ? state_of(run.tx, ci)->class_name : values.class_name;
  const ClassDefinition* definition = run.catalog.find_class(class_name);
  if (!definition) return {};  // a class that the program no longer knows
  return keys_of({definition, values.name, merged_sections(values.sections), surroundings,
                  merged_sections(values.parts), &run.allowed});
}

std::vector<Key> without(const std::vector<Key>& keys, const std::vector<Key>& others) {
  std::vector<Key> rest;
  std::ranges::copy_if(keys, std::back_inserter(rest), [&](const Key& key) {
    return std::ranges::none_of(others, [&](const Key& other) {
      return std::tie(key.rule, key.value) == std::tie(other.rule, other.value);
    });
  });
  return rest;
}

SourceValues values_from(const store::Row& row, std::size_t first) {
  return {row.text(first), row.text(first + 1), attributes_by_name_from_json(row.text(first + 2)),
          !row.is_null(first + 3), attributes_by_name_from_json(row.text(first + 4))};
}

// What this source no longer says may still be said by another.
void release(IngestRun& run, CiId ci, const Surroundings& surroundings, std::vector<Key> keys) {
  if (keys.empty()) return;
  for (const store::Row& row : run.tx.query("select class, name, sections, ended_at, evidence from ci_value "
                                            "where ci_id = $1 and source_id <> $2",
                                            ci.value, run.source.id.value)) {
    keys = without(keys, keys_from(run, ci, values_from(row, 0), surroundings));
  }
  release_keys(run.tx, ci, keys);
}

void record_conflict(IngestRun& run, CiId ci, const Dispute& dispute) {
  if (root_of(run.tx, ci) == root_of(run.tx, dispute.owner)) return;  // they are one thing
  const auto inserted = run.tx.execute(
      "insert into conflict (id, ci_id, other_ci_id, rule, value, origin_id, at) values ($1, $2, $3, $4, $5, "
      "$6, $7)"
      " on conflict (ci_id, other_ci_id, rule, value) do nothing",
      base::next_id(run.clock), ci.value, dispute.owner.value, dispute.key.rule, dispute.key.value,
      run.source.origin.value, run.now);
  const auto owner = run.tx.query_one("select name from ci where id = $1", dispute.owner.value);
  const std::string whose = owner->text(0) + " (" + base::to_text(dispute.owner) + ")";
  if (run.conflict.empty()) {
    run.conflict = dispute.key.rule + " \"" + dispute.key.value + "\" belongs to " + whose;
  }
  if (inserted > 0) run.history.conflict({ci, "conflict", dispute.key.rule, whose, dispute.key.value});
}

void change_keys(IngestRun& run, CiId ci, const Surroundings& surroundings, const SourceValues* before,
                 const SourceValues& after) {
  const auto old_keys = before ? keys_from(run, ci, *before, surroundings) : std::vector<Key>();
  const auto new_keys = keys_from(run, ci, after, surroundings);
  const auto come = without(new_keys, old_keys), gone = without(old_keys, new_keys);
  if (!come.empty() || !gone.empty()) run.feed.add(FeedTopic::item, ci.value);
  for (const Dispute& dispute : claim_keys(run.tx, ci, come)) record_conflict(run, ci, dispute);
  release(run, ci, surroundings, gone);
}

// Of a value that only one item may have.
void record_taken(IngestRun& run, CiId ci, const SourceValues& values) {
  const std::string class_name =
      values.class_name.empty() ? state_of(run.tx, ci)->class_name : values.class_name;
  const auto taken = taken_value(run.tx, run.catalog, ci, class_name, merged_sections(values.sections));
  if (taken) record_conflict(run, ci, {{taken->attribute, taken->value, false}, taken->owner});
}

bool is_operational(const ClassDefinition* definition, std::string_view attribute) {
  const AttributeDefinition* found = definition ? definition->find_attribute(attribute) : nullptr;
  return found && found->operational;
}

void record_attributes(const Showing& run, CiId ci, const ShownValues& before, const ShownValues& after) {
  const ClassDefinition* definition = run.catalog.find_class(after.class_name);
  std::set<std::string_view> names;
  for (const auto& attribute : before.attributes) names.insert(attribute.name);
  for (const auto& attribute : after.attributes) names.insert(attribute.name);
  for (const std::string_view name : names) {
    const inventory::Value* was = before.attributes.find(name);
    const inventory::Value* is = after.attributes.find(name);
    const bool same = was && is && *was == *is;
    if (same || is_operational(definition, name)) continue;
    run.history.add({ci, "attribute", std::string(name), was ? to_text(*was) : "", is ? to_text(*is) : ""});
  }
}

void end_retirement(IngestRun& run, CiId ci) {
  ItemState state = *state_of(run.tx, ci);
  run.history.add({ci, "stage", "", state.stage, "operate"});
  state.stage = "operate";
  change_state(run.tx, {run.catalog, run.now, run.feed}, ci, state);
  forget_value_of_people(run.tx, ci, "lifecycle_status");
  run.came_back = true;
}

// Somebody sees it: it lives, and so does what it is shown as. What a person said of its end is over with it.
void come_back(IngestRun& run, CiId ci) {
  const auto row = run.tx.query_one("select stage, merged_into from ci where id = $1", ci.value);
  if (row->text(0) == "retired") end_retirement(run, ci);
  if (row->is_null(1)) return;
  const CiId root = root_of(run.tx, ci);
  if (state_of(run.tx, root)->stage == "retired") end_retirement(run, root);
}

void show(const Showing& run, CiId ci, const ShownValues& after) {
  ItemState state = *state_of(run.tx, ci);
  const ShownValues before{state.class_name, state.name, state.attributes};
  if (before == after) return;
  if (before.class_name != after.class_name) {
    run.history.add({ci, "attribute", "class", before.class_name, after.class_name});
  }
  if (before.name != after.name) run.history.add({ci, "attribute", "name", before.name, after.name});
  record_attributes(run, ci, before, after);
  state.class_name = after.class_name;
  state.name = after.name;
  state.attributes = after.attributes;
  change_state(run.tx, {run.catalog, run.now, run.feed}, ci, state);
}

void show_from(const Showing& run, CiId ci, std::span<const CiId> members) {
  const auto sources = sources_of(run.tx, members);
  if (!sources.empty()) show(run, ci, chosen_values(run.catalog, sources, run.now));
}

}  // namespace

std::map<CiId, SourceValues> values_of_source(store::Transaction& tx, SourceId source) {
  std::map<CiId, SourceValues> values;
  for (const store::Row& row :
       tx.query("select ci_id, class, name, sections, ended_at, evidence from ci_value where source_id = $1",
                source.value)) {
    values.emplace(CiId(row.integer(0)), values_from(row, 1));
  }
  return values;
}

Attributes overlaid(const Attributes& before, const inventory::Section& section, const Attributes& reported) {
  if (section.complete) return reported;
  Attributes all = before;
  for (const auto& [name, value] : reported) all.set(name, value);
  return all;
}

void show_values(const Showing& showing, CiId ci) {
  show_from(showing, ci, members_of(showing.tx, ci));
  const CiId root = root_of(showing.tx, ci);
  if (root != ci) show_from(showing, root, members_of(showing.tx, root));
}

void save_values(IngestRun& run, CiId ci, const Surroundings& surroundings, const SourceValues* before,
                 const SourceValues& after) {
  change_keys(run, ci, surroundings, before, after);
  run.tx.execute(
      "insert into ci_value (ci_id, source_id, class, name, sections, ended_at, evidence, first_seen)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8)"
      " on conflict (ci_id, source_id) do update set class = excluded.class, name = excluded.name,"
      " sections = excluded.sections, ended_at = excluded.ended_at, evidence = excluded.evidence",
      ci.value, run.source.id.value, after.class_name, after.name, to_json(after.sections),
      after.ended ? std::optional(run.source.last_seen) : std::nullopt, to_json(after.parts), run.now);
  record_taken(run, ci, after);
  const Showing showing{run.tx, run.catalog, run.now, run.feed, run.history};
  if (run.history.is_new(ci)) {
    auto all = merged_sections(after.sections);
    const bool as_said = std::ranges::none_of(ReconciliationRules::built_in().restricted(),
                                              [&](const auto& name) { return all.find(name); });
    return as_said ? show(showing, ci, {after.class_name, after.name, std::move(all)})
                   : show_values(showing, ci);
  }
  if (!run.by_person && !after.ended) come_back(run, ci);
  show_values(showing, ci);
}

}  // namespace censo::cmdb
