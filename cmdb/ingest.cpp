#include "cmdb/ingest.h"

#include "cmdb/component_changes.h"
#include "cmdb/ingest_run.h"
#include "cmdb/reconciliation.h"
#include "cmdb/relationship_store.h"
#include "cmdb/report_check.h"
#include "cmdb/report_items.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace censo::cmdb {
namespace {

using base::Errc;
using inventory::OriginKind;
using inventory::Report;
using inventory::Section;

Identity identity_of_subject(const ClassCatalog& catalog, const Report& report) {
  Identity identity{catalog.find_class(report.subject_class), report.subject_name, {}, {}};
  for (const Section& section : report.sections) {
    for (const auto& [name, value] : section.attributes) {
      if (!identity.attributes.find(name)) identity.attributes.set(name, value);
    }
  }
  if (identity.name.empty()) identity.name = name_of_item(*identity.definition, identity.attributes);
  return identity;
}

// For a subject that has no key of its own: where it answers and how it calls itself, within one scan job or
// import.
std::string native_key_of(const Report& report, const Identity& subject) {
  if (report.origin.kind == OriginKind::agent) return "";
  return subject.attributes.text("management_address") + "|" + subject.name;
}

// An agent never follows a key to what another live agent reports: that would let it take over a stranger's
// item.
std::optional<CiId> subject_for_agent(store::Transaction& tx, OriginId origin, std::span<const Key> keys) {
  for (const Key& key : keys) {
    const auto owner = key.identifying ? owner_of(tx, key) : std::nullopt;
    if (owner && !is_subject_of_another_agent(tx, *owner, origin)) return owner;
  }
  return std::nullopt;
}

std::optional<CiId> find_subject(store::Transaction& tx, const Report& report, OriginId origin,
                                 const Identity& subject) {
  const auto keys = keys_of(subject);
  if (report.origin.kind == OriginKind::agent) return subject_for_agent(tx, origin, keys);
  if (const auto found = find_by_keys(tx, keys)) return found;
  const auto known = subject_by_native_key(tx, origin, native_key_of(report, subject));
  return known && (!has_strong_key(keys) || !has_strong_key(tx, *known)) ? known : std::nullopt;
}

// Nothing: the report has something new to say.
base::Result<std::optional<IngestReceipt>> receipt_without_content(store::Transaction& tx,
                                                                   const ReportingSource& source,
                                                                   const Report& report, base::TimeMs now) {
  using Answer = base::Result<std::optional<IngestReceipt>>;
  const bool same_content = source.content_digest == inventory::content_digest(report);
  if (report.sequence != 0 && report.sequence < source.sequence) {
    return base::fail(Errc::stale,
                      "expected a sequence above " + std::to_string(source.sequence) + ", found " +
                          std::to_string(report.sequence),
                      "/sequence", "STALE_SEQUENCE");
  }
  if (report.sequence != 0 && report.sequence == source.sequence) {
    if (same_content) return Answer(IngestReceipt{IngestOutcome::duplicate, source.ci, 0, 0, ""});
    return base::fail(Errc::conflict,
                      "another report with sequence " + std::to_string(report.sequence) + " was taken before",
                      "/sequence", "DUPLICATE_REPORT");
  }
  if (!same_content) return Answer(std::nullopt);
  update_source(tx, source.id, report, now);
  return Answer(IngestReceipt{IngestOutcome::unchanged, source.ci, 0, 0, ""});
}

std::vector<ChangedSection> changed_sections(store::Transaction& tx, SourceId source, const Report& report) {
  std::map<std::string, std::pair<std::string, bool>, std::less<>> stored;
  for (const store::Row& row :
       tx.query("select section, digest, complete from source_section where source_id = $1", source.value)) {
    stored[row.text(0)] = {row.text(1), row.integer(2) != 0};
  }
  std::vector<ChangedSection> changed;
  for (const Section& section : report.sections) {
    const auto known = stored.find(section.name);
    const bool was_complete = known != stored.end() && known->second.second;
    if (known != stored.end() && known->second.first == section.digest) continue;
    changed.push_back({&section, was_complete});
    tx.execute(
        "insert into source_section (source_id, section, digest, complete) values ($1, $2, $3, $4)"
        " on conflict (source_id, section) do update set digest = excluded.digest, complete = "
        "excluded.complete",
        source.value, section.name, section.digest, was_complete || section.complete);
  }
  return changed;
}

void save_subject(IngestRun& run, const Report& report, const std::string& name,
                  std::span<const ChangedSection> changed, std::map<CiId, SourceValues>& values) {
  const auto known = values.find(run.source.ci);
  SourceValues after = known == values.end() ? SourceValues{} : known->second;
  after.class_name = report.subject_class;
  after.name = name;
  for (const auto& [section, was_complete] : changed) {
    auto& attributes = after.sections[section->name];
    attributes = overlaid(attributes, *section, section->attributes);
    if (attributes.empty()) after.sections.erase(section->name);
  }
  save_values(run, run.source.ci, {}, known == values.end() ? nullptr : &known->second, after);
  values[run.source.ci] = std::move(after);
}

std::vector<FoundRelationship> relationships_in(const Section& section, ReportItems& items) {
  std::vector<FoundRelationship> found;
  for (const auto& [type, from, to, evidence] : section.relationships) {
    found.push_back({type, items.of_ref(from), items.of_ref(to), evidence});
  }
  return found;
}

// Also an owner that has no row in the section any more.
std::map<CiId, std::vector<const inventory::Item*>> components_in(IngestRun& run, const Section& section,
                                                                  ReportItems& items) {
  std::map<CiId, std::vector<const inventory::Item*>> by_owner;
  for (const store::Row& row :
       run.tx.query("select ci_id from component_set where source_id = $1 and section = $2",
                    run.source.id.value, section.name)) {
    by_owner[CiId(row.integer(0))];
  }
  ClassMemory classes(run.catalog);
  for (const inventory::Item& item : section.items) {
    if (classes.find(item.class_name)->kind == ClassKind::configuration_item) continue;
    const CiId owner = items.of_ref(item.owner);
    if (!items.untouched().contains(owner)) by_owner[owner].push_back(&item);
  }
  return by_owner;
}

IngestReceipt take_in(IngestRun& run, const Report& report, const std::string& subject_name) {
  const auto changed = changed_sections(run.tx, run.source.id, report);
  auto values = values_of_source(run.tx, run.source.id);
  save_subject(run, report, subject_name, changed, values);
  ReportItems items(run, report, changed, values);
  items.save();
  for (const ChangedSection& section : changed) {
    save_relationships(run, section, relationships_in(*section.section, items), items.untouched());
    for (const auto& [ci, components] : components_in(run, *section.section, items)) {
      save_components(run, ci, section, components);
    }
  }
  update_source(run.tx, run.source.id, report, run.now);
  update_content(run.tx, run.source.id, inventory::content_digest(report));
  run.feed.write(run.tx, run.clock);
  const bool is_new = run.history.is_new(run.source.ci);
  return {is_new ? IngestOutcome::created : IngestOutcome::updated, run.source.ci, run.history.written(),
          items.count(), run.conflict};
}

void add_subject(IngestRun& run, const Report& report, const Identity& subject, std::optional<CiId> found) {
  run.source.id = SourceId(base::next_id(run.clock));
  run.source.origin = origin_of(run.tx, report.origin, run.clock);
  run.source.ci = found ? *found : add_ci(run, *subject.definition, subject.name);
  run.source.first_seen = run.now;
  add_source(run.tx, run.source, native_key_of(report, subject));
}

bool is_sealed(const Report& report) {
  return std::ranges::none_of(report.sections, [](const Section& section) { return section.digest.empty(); });
}

base::Result<IngestReceipt> ingest_sealed(store::Transaction& tx, const ClassCatalog& catalog,
                                          const Report& report, base::TimeMs now, const base::Clock& clock) {
  const bool from_agent = report.origin.kind == OriginKind::agent;
  auto source = from_agent ? source_of_agent(tx, report.origin.id) : std::nullopt;
  std::optional<CiId> found;
  std::optional<Identity> subject;
  if (!source) {
    if (auto checked = check_report(catalog, report); !checked) return checked.error();
    subject = identity_of_subject(catalog, report);
    const OriginId origin = origin_of(tx, report.origin, clock);
    found = find_subject(tx, report, origin, *subject);
    if (found) source = find_source(tx, origin, *found);
  }
  if (source) {
    auto receipt = receipt_without_content(tx, *source, report, now);
    if (!receipt) return receipt.error();
    if (*receipt) return **receipt;
  }
  if (!subject) {
    if (auto checked = check_report(catalog, report); !checked) return checked.error();
    subject = identity_of_subject(catalog, report);
  }
  const bool is_new_source = !source;
  const HistoryWriter::Moment moment{std::string(name_of(report.origin.kind)) + " " + report.origin.id, now,
                                     source ? source->last_seen : 0, &catalog};
  IngestRun run{tx,
                catalog,
                clock,
                now,
                std::move(source).value_or(ReportingSource{}),
                from_agent,
                HistoryWriter(tx, clock, moment),
                {},
                ""};
  if (is_new_source) add_subject(run, report, *subject, found);
  return take_in(run, report, subject->name);
}

}  // namespace

CiId add_ci(IngestRun& run, const ClassDefinition& definition, std::string_view name) {
  const CiId id(base::next_id(run.clock));
  run.tx.execute(
      "insert into ci (id, class, name, stage, attributes, first_seen, since)"
      " values ($1, $2, $3, 'operate', '{}', $4, $4)",
      id.value, definition.name, name, run.now);
  run.feed.add(FeedTopic::item, id.value);
  run.history.created(id, definition.name);
  return id;
}

base::Result<IngestReceipt> ingest(store::Transaction& tx, const ClassCatalog& catalog, const Report& report,
                                   base::TimeMs now, const base::Clock& clock) {
  if (is_sealed(report)) return ingest_sealed(tx, catalog, report, now, clock);
  Report sealed = report;
  inventory::seal(sealed);
  return ingest_sealed(tx, catalog, sealed, now, clock);
}

}  // namespace censo::cmdb
