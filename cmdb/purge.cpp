#include "cmdb/purge.h"

#include "cmdb/change_feed.h"
#include "cmdb/id_page.h"
#include "cmdb/ingest_run.h"
#include "cmdb/item_state.h"
#include "cmdb/merge.h"
#include "cmdb/reconciliation.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace censo::cmdb {
namespace {

using base::Errc;
using store::Row;

constexpr std::array columns{
    PurgedColumn{"ticket_link", "ci_id", "delete from ticket_link where ci_id = $1"},
    PurgedColumn{"event_item", "ci_id", "delete from event_item where ci_id = $1"},
    PurgedColumn{"reservation", "ci_id", "delete from reservation where ci_id = $1"},
    PurgedColumn{"service_limit", "ci_id", "delete from service_limit where ci_id = $1"},
    PurgedColumn{"date_task", "ci_id", "delete from date_task where ci_id = $1"},
    PurgedColumn{"event", "ci_id", "update event set ci_id = null where ci_id = $1"},
    PurgedColumn{"change_modification", "ci_id", "delete from change_modification where ci_id = $1"},
    PurgedColumn{"cause_ranking", "ci_id", "delete from cause_ranking where ci_id = $1"},
    PurgedColumn{"cause_found", "ci_id", "delete from cause_found where ci_id = $1"},
    PurgedColumn{"detection_verdict", "ci_id", "delete from detection_verdict where ci_id = $1"},
    PurgedColumn{"detected_change", "ci_id", "delete from detected_change where ci_id = $1"},
    PurgedColumn{"identification_audit", "ci_id", "delete from identification_audit where ci_id = $1"},
    PurgedColumn{"identification", "ci_id", "delete from identification where ci_id = $1"},
    PurgedColumn{"review", "ci_id", "delete from review where ci_id = $1"},
    PurgedColumn{"review", "other_ci_id", "delete from review where other_ci_id = $1"},
    PurgedColumn{"merge_record", "ci_id", "delete from merge_record where ci_id = $1"},
    PurgedColumn{"merge_record", "into_ci", "delete from merge_record where into_ci = $1"},
    PurgedColumn{"unidentified_report", "ci_id",
                 "update unidentified_report set ci_id = null, state = 'open' where ci_id = $1"},
    PurgedColumn{"conflict", "ci_id", "delete from conflict where ci_id = $1"},
    PurgedColumn{"conflict", "other_ci_id", "delete from conflict where other_ci_id = $1"},
    PurgedColumn{"relationship_denial", "from_ci", "delete from relationship_denial where from_ci = $1"},
    PurgedColumn{"relationship_denial", "to_ci", "delete from relationship_denial where to_ci = $1"},
    PurgedColumn{"relationship", "from_ci", "delete from relationship where from_ci = $1"},
    PurgedColumn{"relationship", "to_ci", "delete from relationship where to_ci = $1"},
    PurgedColumn{"redundancy_rule", "ci_id", "delete from redundancy_rule where ci_id = $1"},
    PurgedColumn{"component_set", "ci_id", "delete from component_set where ci_id = $1"},
    PurgedColumn{"history", "ci_id", "delete from history where ci_id = $1"},
    PurgedColumn{"component_past", "ci_id", "delete from component_past where ci_id = $1"},
    PurgedColumn{"item_change", "ci_id", "delete from item_change where ci_id = $1"},
    PurgedColumn{"baseline_item", "ci_id", "delete from baseline_item where ci_id = $1"},
    PurgedColumn{"ci_past", "ci_id", "delete from ci_past where ci_id = $1"},
    PurgedColumn{"ci_past", "merged_into", "update ci_past set merged_into = null where merged_into = $1"},
    PurgedColumn{"ci_key", "ci_id", "delete from ci_key where ci_id = $1"},
    PurgedColumn{"ci_value", "ci_id", "delete from ci_value where ci_id = $1"},
    PurgedColumn{"scan_device", "ci_id", "update scan_device set ci_id = null where ci_id = $1"},
    PurgedColumn{"ci", "merged_into", "update ci set merged_into = null where merged_into = $1"},
    PurgedColumn{"agent_sighting", "source_id",
                 "delete from agent_sighting where source_id in (select id from ci_source where ci_id = $1)"},
    PurgedColumn{"source_section", "source_id",
                 "delete from source_section where source_id in (select id from ci_source where ci_id = $1)"},
    PurgedColumn{"flow", "host_ci", "delete from flow where host_ci = $1"},
    PurgedColumn{"flow", "server_ci", "update flow set server_ci = null where server_ci = $1"},
    PurgedColumn{"flow", "source_id",
                 "delete from flow where source_id in (select id from ci_source where ci_id = $1)"},
    PurgedColumn{
        "learned_address", "source_id",
        "delete from learned_address where source_id in (select id from ci_source where ci_id = $1)"},
    PurgedColumn{"account_use", "source_id",
                 "delete from account_use where source_id in (select id from ci_source where ci_id = $1)"},
    PurgedColumn{"running_system", "ci_id", "delete from running_system where ci_id = $1"},
    PurgedColumn{"ci_source", "ci_id", "delete from ci_source where ci_id = $1"},
    PurgedColumn{"ci", "id", "delete from ci where id = $1"},
};

// What the item's own sources say of others.
class Orphans {
 public:
  Orphans(IngestRun& run, CiId purged) : run_(run), purged_(purged) {}

  void keep() {
    for (const Row& source : run_.tx.query(
             "select s.id, o.kind, o.native_id, s.last_seen from ci_source s join origin o on o.id = "
             "s.origin_id where s.ci_id = $1",
             purged_.value)) {
      for (const CiId other : others_of(source.integer(0))) hand_over(source, other);
    }
  }

 private:
  std::set<CiId> others_of(std::int64_t source) {
    std::set<CiId> others;
    for (const Row& row : run_.tx.query(
             "select ci_id from ci_value where source_id = $1 and ci_id <> $2 union"
             " select ci_id from component_set where source_id = $1 and ci_id <> $2 union"
             " select from_ci from relationship where source_id = $1 and from_ci <> $2 and to_ci <> $2",
             source, purged_.value)) {
      others.insert(CiId(row.integer(0)));
    }
    return others;
  }

  // To a source of the other item's own, which ended: its last values stay.
  void hand_over(const Row& source, CiId other) {
    const std::int64_t last_seen = source.integer(3);
    const std::int64_t heir = base::next_id(run_.clock);
    run_.tx.execute(
        "insert into ci_source (id, origin_id, native_key, ci_id, sequence, content_digest, version, "
        "problems,"
        " first_seen, last_seen, ended_at) values ($1, $2, '', $3, 0, '', '', '[]', $4, $4, $5)",
        heir, origin_of_heirs(source), other.value, last_seen, run_.now);
    run_.tx.execute(
        "update ci_value set source_id = $3, ended_at = coalesce(ended_at, $4) where source_id = $1 and "
        "ci_id = $2",
        source.integer(0), other.value, heir, last_seen);
    run_.tx.execute("update component_set set source_id = $3 where source_id = $1 and ci_id = $2",
                    source.integer(0), other.value, heir);
    run_.tx.execute("update component_past set source_id = $3 where source_id = $1 and ci_id = $2",
                    source.integer(0), other.value, heir);
    for (const Row& row : run_.tx.query("select id from relationship where source_id = $1 and from_ci = $2",
                                        source.integer(0), other.value)) {
      run_.tx.execute(
          "update relationship set source_id = $2, ended_at = coalesce(ended_at, $3) where id = $1",
          row.integer(0), heir, last_seen);
      run_.feed.add(FeedTopic::relationship, row.integer(0));
    }
  }

  // Of the same rank; not the agent's own, whose one stream is found by its origin. One for each source,
  // since an origin has one stream an item.
  std::int64_t origin_of_heirs(const Row& source) {
    const auto known = origins_.find(source.integer(0));
    if (known != origins_.end()) return known->second;
    const std::int64_t id = base::next_id(run_.clock);
    run_.tx.execute("insert into origin (id, kind, native_id) values ($1, $2, $3)", id, source.text(1),
                    source.text(2) + " until " + base::id_to_text(id));
    origins_.emplace(source.integer(0), id);
    return id;
  }

  IngestRun& run_;
  const CiId purged_;
  std::map<std::int64_t, std::int64_t> origins_;
};

bool has_reference_to(const ClassCatalog& catalog, const ClassDefinition& definition,
                      const std::string& purged) {
  return std::ranges::any_of(definition.attributes, [&](const AttributeDefinition& attribute) {
    return attribute.type == AttributeType::reference && catalog.is_a(purged, attribute.to_class);
  });
}

// Of one source's values of one item; true: some were there.
bool clear_references(const ClassDefinition& definition, const std::string& id, SourceValues& values) {
  std::vector<std::string> names;
  for (const auto& [section, attributes] : values.sections) {
    for (const auto& attribute : definition.attributes) {
      const bool leads = attribute.type == AttributeType::reference && attributes.text(attribute.name) == id;
      if (leads) names.push_back(attribute.name);
    }
  }
  for (const auto& name : names) erase_value(values, name);
  return !names.empty();
}

void clear_references(IngestRun& run, CiId purged, const std::string& class_name) {
  const std::string id = base::to_text(purged);
  for (const ClassDefinition* definition : run.catalog.classes()) {
    if (!has_reference_to(run.catalog, *definition, class_name)) continue;
    for (const Row& row :
         run.tx.query("select v.ci_id, v.source_id from ci c join ci_value v on v.ci_id = c.id"
                      " where c.class = $1 and cast(v.sections as text) like '%\"' || $2 || '\"%'",
                      definition->name, id)) {
      const CiId ci(row.integer(0));
      run.source.id = SourceId(row.integer(1));
      run.source.last_seen = run.now;
      const SourceValues before = values_of_source(run.tx, run.source.id).at(ci);
      SourceValues after = before;
      if (clear_references(*definition, id, after)) save_values(run, ci, {}, &before, after);
    }
  }
}

void purge_one(IngestRun& run, CiId ci, const Editor& editor, const std::string& reason) {
  const ItemState state = *state_of(run.tx, ci);
  run.tx.execute(
      "insert into purge_log (id, ci_id, class, name, attributes, purged_by, purged_at, reason)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8)",
      base::next_id(run.clock), ci.value, state.class_name, state.name, to_json(state.attributes),
      editor.person, run.now, reason);
  clear_references(run, ci, state.class_name);
  for (const Row& row :
       run.tx.query("select id from relationship where from_ci = $1 or to_ci = $1", ci.value)) {
    run.feed.add(FeedTopic::relationship, row.integer(0));
  }
  Orphans(run, ci).keep();
  for (const PurgedColumn& column : columns) run.tx.execute(column.statement, ci.value);
  run.feed.add(FeedTopic::item, ci.value);
  run.feed.add(FeedTopic::components, ci.value);
}

PurgeEntry entry_from(const Row& row) {
  PurgeEntry entry;
  entry.id = row.integer(0);
  entry.ci = CiId(row.integer(1));
  entry.class_name = row.text(2);
  entry.name = row.text(3);
  entry.attributes = attributes_from_json(row.text(4));
  entry.person = row.text(5);
  entry.at = row.integer(6);
  entry.reason = row.text(7);
  return entry;
}

}  // namespace

std::span<const PurgedColumn> purged_columns() {
  return columns;
}

base::Result<void> purge_item(store::Transaction& tx, const Editor& editor, CiId ci,
                              const std::string& reason) {
  if (!state_of(tx, ci))
    return base::fail(Errc::not_found, "no configuration item has the id " + base::to_text(ci));
  IngestRun run = run_of(tx, editor);
  auto members = members_of(tx, ci);
  std::ranges::reverse(members);
  for (const CiId member : members) purge_one(run, member, editor, reason);
  run.feed.write(tx, editor.clock);
  return {};
}

base::Result<Page<PurgeEntry>> purges(store::Transaction& tx, const PageRequest& request) {
  const auto before = position_of(request, std::numeric_limits<std::int64_t>::max());
  if (!before) return before.error();
  Page<PurgeEntry> page;
  for (const Row& row :
       tx.query("select id, ci_id, class, name, attributes, purged_by, purged_at, reason from purge_log"
                " where id < $1 order by id desc limit $2",
                *before, static_cast<std::int64_t>(request.limit) + 1)) {
    page.rows.push_back(entry_from(row));
  }
  cut(page, request);
  return page;
}

}  // namespace censo::cmdb
