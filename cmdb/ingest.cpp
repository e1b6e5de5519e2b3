#include "cmdb/ingest.h"

#include "base/text.h"
#include "cmdb/agent_stream.h"
#include "cmdb/component_changes.h"
#include "cmdb/derived_section.h"
#include "cmdb/duplicates.h"
#include "cmdb/evidence.h"
#include "cmdb/flows.h"
#include "cmdb/hardware_changes.h"
#include "cmdb/identification_record.h"
#include "cmdb/ingest_run.h"
#include "cmdb/junk.h"
#include "cmdb/reconciliation.h"
#include "cmdb/relationship_store.h"
#include "cmdb/report_check.h"
#include "cmdb/report_items.h"
#include "cmdb/review.h"
#include "cmdb/review_settling.h"
#include "cmdb/subject.h"
#include "cmdb/unidentified.h"

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
    for (const auto& [name, value] : parts_of(section)) identity.parts.set(name, value);
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
  const std::string tag =
      identity_value(IdentifierKind::serial, subject.attributes.text("asset_tag"), subject.allowed);
  if (report.origin.kind == OriginKind::import && !tag.empty()) return "asset_tag|" + tag;
  return base::sanitize_utf8(subject.attributes.text("management_address"), 256) + "|" + subject.name;
}

// Nothing: the report has something new to say.
base::Result<std::optional<IngestReceipt>> receipt_without_content(store::Transaction& tx,
                                                                   const ReportingSource& source,
                                                                   const Report& report,
                                                                   const std::string& digest,
                                                                   base::TimeMs now) {
  using Answer = base::Result<std::optional<IngestReceipt>>;
  const auto before = was_taken(source, report.sequence, digest);
  if (!before) return before.error();
  if (*before) return Answer(IngestReceipt{IngestOutcome::duplicate, source.ci, 0, 0, "", false, ""});
  if (source.content_digest != digest) return Answer(std::nullopt);
  update_source(tx, source, report, now);
  look_again_after_silence(tx, source, now);
  return Answer(IngestReceipt{IngestOutcome::unchanged, source.ci, 0, 0, "", false, ""});
}

void save_subject(IngestRun& run, const Report& report, const std::string& name,
                  std::span<const ChangedSection> changed, std::map<CiId, SourceValues>& values) {
  const auto known = values.find(run.source.ci);
  SourceValues after = known == values.end() ? SourceValues{} : known->second;
  after.class_name = report.subject_class;
  after.name = name;
  for (const auto& [section, was_complete, texts] : changed) {
    auto& attributes = after.sections[section->name];
    attributes = overlaid(attributes, *section, section->attributes);
    if (attributes.empty()) after.sections.erase(section->name);
    auto& parts = after.parts[section->name];
    parts = overlaid(parts, *section, parts_of(*section));
    if (parts.empty()) after.parts.erase(section->name);
  }
  if (known != values.end()) tell_replaced_parts(run, run.source.ci, known->second, after);
  save_values(run, run.source.ci, {}, known == values.end() ? nullptr : &known->second, after);
  values[run.source.ci] = std::move(after);
}

std::vector<FoundRelationship> relationships_in(const Section& section, ReportItems& items) {
  std::vector<FoundRelationship> found;
  for (const auto& [type, from, to, evidence] : section.relationships) {
    const auto id =
        to.starts_with(id_mark) ? base::id_from_text(to.substr(1)) : base::Result<std::int64_t>(0);
    found.push_back({type, items.of_ref(from), id && *id != 0 ? CiId(*id) : items.of_ref(to), evidence});
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

IngestReceipt take_in(IngestRun& run, const Report& report, const std::string& digest,
                      const Identity& subject) {
  const Section derived = derived_section(run, report);
  std::vector<const Section*> sections;
  for (const Section& section : report.sections) sections.push_back(&section);
  sections.push_back(&derived);
  const auto changed = changed_sections(run, sections);
  auto values = values_of_source(run.tx, run.source.id);
  save_subject(run, report, subject.name, changed, values);
  ReportItems items(run, sections, changed, values);
  items.save();
  for (const ChangedSection& section : changed) {
    const auto found = relationships_in(*section.section, items);
    if (section.section == &derived) end_where_moved_from(run, found);
    save_relationships(run, section, found, items.untouched());
    for (const auto& [ci, components] : components_in(run, *section.section, items)) {
      const bool left_as_text = ci == run.source.ci && section.texts;
      if (!left_as_text) save_components(run, ci, section, components);
    }
    if (section.texts) save_text_components(run, section);
  }
  if (std::ranges::find(changed, &derived, &ChangedSection::section) != changed.end()) {
    settle_flows_to_subject(run);
  }
  note_flows(run, report);
  update_source(run.tx, run.source, report, run.now);
  update_content(run.tx, run.source.id, digest + (run.recheck ? "!" : ""), hardware_fingerprint(subject));
  run.feed.write(run.tx, run.clock);
  look_again_after_silence(run.tx, run.source, run.now);
  settle_reviews(run.tx, run.catalog, run.clock, run.now);
  const bool is_new = run.history.is_new(run.source.ci);
  const auto outcome = changed.empty() ? IngestOutcome::unchanged : IngestOutcome::updated;
  return {is_new ? IngestOutcome::created : outcome,
          run.source.ci,
          run.history.written(),
          items.count(),
          run.conflict,
          run.came_back,
          ""};
}

bool is_sealed(const Report& report) {
  return std::ranges::none_of(report.sections, [](const Section& section) { return section.digest.empty(); });
}

// One report's way from its origin to its item.
class Intake {
 public:
  Intake(store::Transaction& tx, const IngestTools& tools, const inventory::ReportTexts& texts,
         base::TimeMs now)
      : tx_(tx),
        catalog_(tools.catalog),
        clock_(tools.clock),
        texts_(texts),
        now_(now),
        read_{tools.rows, {}} {}

  base::Result<IngestReceipt> take(const Report& report) {
    digest_ = inventory::content_digest(report, texts_.unchanged);
    const bool from_agent = report.origin.kind == OriginKind::agent;
    auto streams = from_agent ? sources_of_agent(tx_, report.origin.id) : std::vector<ReportingSource>();
    const bool certain = from_agent && is_certain(streams, report);
    if (certain) {
      auto receipt = receipt_without_content(tx_, streams.front(), report, digest_, now_);
      if (!receipt) return receipt.error();
      if (*receipt) return **receipt;
    }
    const bool is_whole = texts_.unchanged.empty();
    if (!is_whole && (!certain || !may_leave_out(tx_, streams.front().id.value, texts_.unchanged))) {
      return base::fail(Errc::conflict, "expected the sections that this report leaves out", "/unchanged",
                        "SECTIONS_WANTED");
    }
    if (auto checked = check_report(tx_, catalog_, report, texts_, read_); !checked) return checked.error();
    allowed_ = allowed_values(tx_);
    Identity subject = identity_of_subject(catalog_, report);
    subject.allowed = &allowed_;
    if (from_agent) {
      stream_ = stream_of_agent(tx_, std::move(streams), report, subject);
    } else {
      place(report, subject);
      if (!place_.unidentified.empty()) return set_aside(report, subject);
      if (place_.found) stream_.source = find_source(tx_, origin_, *place_.found);
    }
    if (stream_.source && !certain) {
      auto receipt = receipt_without_content(tx_, *stream_.source, report, digest_, now_);
      if (!receipt) return receipt.error();
      if (*receipt) return **receipt;
    }
    if (stream_.is_stranger) part_from_original(tx_, catalog_, clock_, *stream_.of, subject);
    if (from_agent && !stream_.source) place(report, subject);
    return apply(report, subject);
  }

 private:
  void place(const Report& report, const Identity& subject) {
    origin_ = origin_of(tx_, report.origin, clock_);
    place_ = place_of({tx_, catalog_, now_, origin_, report.origin.kind == OriginKind::agent,
                       native_key_of(report, subject), stream_.others},
                      subject);
  }

  // Once a person said what it is of, it is taken for that.
  base::Result<IngestReceipt> set_aside(const Report& report, const Identity& subject) {
    const CiId assigned = keep_unidentified(tx_, clock_, report, place_.unidentified, now_);
    if (!assigned) return IngestReceipt{IngestOutcome::unidentified, {}, 0, 0, "", false, "unidentified"};
    place_ = {
        assigned, {"linked", "person", "a person said what this report is of", 0, 0, {}, {}}, {}, "", {}};
    stream_.source = find_source(tx_, origin_, assigned);
    if (stream_.source) {
      auto receipt = receipt_without_content(tx_, *stream_.source, report, digest_, now_);
      if (!receipt) return receipt.error();
      if (*receipt) return **receipt;
    }
    return apply(report, subject);
  }

  base::Result<IngestReceipt> apply(const Report& report, const Identity& subject) {
    const bool is_new_stream = !stream_.source;
    const HistoryWriter::Moment moment{std::string(name_of(report.origin.kind)) + " " + report.origin.id,
                                       now_, stream_.source ? stream_.source->last_seen : 0, &catalog_};
    IngestRun run{tx_,
                  catalog_,
                  clock_,
                  now_,
                  stream_.source.value_or(ReportingSource{}),
                  report.origin.kind == OriginKind::agent,
                  HistoryWriter(tx_, clock_, moment),
                  {},
                  "",
                  false,
                  false,
                  false,
                  allowed_,
                  read_.memory,
                  &texts_,
                  &read_};
    if (is_new_stream) begin_stream(run, report, subject);
    keep_decision(tx_, clock_, {run.source.ci, run.source.id, now_}, place_);
    if (stream_.is_stranger || stream_.found_clone) tell_of_clone(run, report);
    const bool is_known = !is_new_stream && !stream_.found_clone;
    const bool first_adapters = is_known && shows_adapters(subject) && !has_adapters(run.source.ci);
    IngestReceipt receipt = take_in(run, report, digest_, subject);
    join(run.source.ci);
    if (is_known && (first_adapters || !receipt.conflict.empty())) look_for_duplicate(run.source.ci, subject);
    receipt.decision = place_.explanation.outcome;
    return receipt;
  }

  void begin_stream(IngestRun& run, const Report& report, const Identity& subject) {
    run.source.id = SourceId(base::next_id(clock_));
    run.source.origin = origin_ ? origin_ : origin_of(tx_, report.origin, clock_);
    run.source.ci =
        place_.found ? *place_.found : add_ci(run, *subject.definition, subject.name, subject.attributes);
    run.source.first_seen = run.source.last_seen = now_;
    run.source.boot_id = boot_id_of(report);
    run.source.boot_since = now_;
    add_source(tx_, run.source, stream_.is_stranger ? "clone" : native_key_of(report, subject));
  }

  void join(CiId ci) {
    for (const OpenQuestion& question : place_.questions) {
      if (question.kind != "duplicates" || join_duplicates(tx_, catalog_, clock_, ci, question.candidate))
        continue;
      Explanation explanation = place_.explanation;
      explanation.candidates = {question.candidate};
      ask_review(tx_, clock_, {ci, question.other, question.kind, false, explanation, {}, now_});
    }
  }

  static bool shows_adapters(const Identity& subject) {
    return subject.attributes.find("mac_addresses") || subject.attributes.find("base_mac");
  }
  bool has_adapters(CiId ci) {
    return tx_
        .query_one("select 1 from ci_key where ci_id = $1 and rule in ('mac_addresses', 'base_mac') limit 1",
                   ci.value)
        .has_value();
  }

  // A known stream shows for the first time what another item owns, or any adapters: its earlier reports were
  // partial.
  void look_for_duplicate(CiId ci, const Identity& subject) {
    if (const auto found = duplicate_of(tx_, catalog_, subject, ci))
      (void)join_duplicates(tx_, catalog_, clock_, ci, *found);
  }

  // An agent's state is on two machines: each has an item of its own from the next report on, and both are
  // told.
  void tell_of_clone(IngestRun& run, const Report& report) {
    const std::string text =
        stream_.is_stranger
            ? "another machine reports under the id of an agent that is known"
            : "a system came back that another one had followed: the agent's state is on two machines";
    place_.explanation = {"clone", "boot_ids", text, 0, 0, {}, {}};
    record_identification(tx_, clock_, {run.source.ci, run.source.id, now_}, place_.explanation);
    run.history.conflict({run.source.ci, "conflict", "clone", base::to_text(*stream_.of), report.origin.id});
    run.conflict = "agent " + report.origin.id + " is on two machines: " + text;
    if (!stream_.is_stranger) return;
    run.history.conflict({*stream_.of, "conflict", "clone", base::to_text(run.source.ci), report.origin.id});
    tx_.execute(
        "insert into conflict (id, ci_id, other_ci_id, rule, value, origin_id, at) values ($1, $2, $3, "
        "'clone', $4, $5,"
        " $6) on conflict (ci_id, other_ci_id, rule, value) do nothing",
        base::next_id(clock_), run.source.ci.value, stream_.of->value, report.origin.id,
        run.source.origin.value, now_);
  }

  store::Transaction& tx_;
  const ClassCatalog& catalog_;
  const base::Clock& clock_;
  const inventory::ReportTexts& texts_;
  const base::TimeMs now_;
  ReadSections read_;
  std::string digest_;
  OriginId origin_;
  AllowedValues allowed_;
  AgentStream stream_;
  SubjectPlace place_;
};

}  // namespace

std::string_view name_of(IngestOutcome outcome) {
  switch (outcome) {
    case IngestOutcome::created: return "created";
    case IngestOutcome::updated: return "updated";
    case IngestOutcome::unchanged: return "unchanged";
    case IngestOutcome::duplicate: return "duplicate";
    case IngestOutcome::unidentified: return "unidentified";
  }
  return "";
}

base::Result<IngestReceipt> ingest(store::Transaction& tx, const ClassCatalog& catalog, const Report& report,
                                   base::TimeMs now, const base::Clock& clock) {
  return ingest(tx, {catalog, clock, nullptr}, report, now);
}

base::Result<IngestReceipt> ingest(store::Transaction& tx, const IngestTools& tools, const Report& report,
                                   base::TimeMs now) {
  const inventory::ReportTexts no_texts;
  if (is_sealed(report)) return Intake(tx, tools, no_texts, now).take(report);
  Report sealed = report;
  inventory::seal(sealed);
  return Intake(tx, tools, no_texts, now).take(sealed);
}

base::Result<IngestReceipt> ingest(store::Transaction& tx, const IngestTools& tools,
                                   const inventory::ReceivedReport& received, base::TimeMs now) {
  return Intake(tx, tools, received.texts, now).take(received.report);
}

}  // namespace censo::cmdb
