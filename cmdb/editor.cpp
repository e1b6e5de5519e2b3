#include "cmdb/editor.h"

#include "cmdb/ingest_run.h"
#include "cmdb/reconciliation.h"
#include "cmdb/user_schema.h"

#include <optional>
#include <utility>

namespace censo::cmdb {
namespace {

OriginId origin_of_people(store::Transaction& tx, const base::Clock& clock) {
  const auto row = tx.query_one("select id from origin where kind = 'person' and native_id = ''");
  if (row) return OriginId(row->integer(0));
  const OriginId id(base::next_id(clock));
  tx.execute("insert into origin (id, kind, native_id) values ($1, 'person', '')", id.value);
  return id;
}

// Nothing: nobody said anything yet.
std::optional<SourceId> source_of_people(store::Transaction& tx, CiId ci) {
  const auto row = tx.query_one(
      "select s.id from ci_source s join origin o on o.id = s.origin_id where s.ci_id = $1 and o.kind = "
      "'person'",
      ci.value);
  return row ? std::optional(SourceId(row->integer(0))) : std::nullopt;
}

}  // namespace

IngestRun run_of(store::Transaction& tx, const Editor& editor) {
  refresh(tx, editor.catalog);
  const base::TimeMs now = editor.clock.now();
  IngestRun run{.tx = tx,
                .catalog = editor.catalog,
                .clock = editor.clock,
                .now = now,
                .source = {},
                .from_agent = false,
                .history = HistoryWriter(tx, editor.clock, {"person " + editor.person, now, now}),
                .feed = {},
                .conflict = {}};
  run.by_person = true;
  return run;
}

void enter_source_of_people(IngestRun& run, CiId ci) {
  run.source = {};
  run.source.ci = ci;
  run.source.origin = origin_of_people(run.tx, run.clock);
  run.source.first_seen = run.source.last_seen = run.now;
  if (const auto known = source_of_people(run.tx, ci)) {
    run.source.id = *known;
    run.tx.execute("update ci_source set last_seen = $2 where id = $1", known->value, run.now);
    return;
  }
  run.source.id = SourceId(base::next_id(run.clock));
  add_source(run.tx, run.source, "");
}

SourceValues values_of_people(store::Transaction& tx, CiId ci) {
  const auto source = source_of_people(tx, ci);
  if (!source) return {};
  auto values = values_of_source(tx, *source);
  const auto found = values.find(ci);
  return found == values.end() ? SourceValues{} : std::move(found->second);
}

void erase_value(SourceValues& values, std::string_view name) {
  for (auto& [section, attributes] : values.sections) {
    inventory::Attributes rest;
    for (const auto& [other, value] : attributes) {
      if (other != name) rest.set(other, value);
    }
    attributes = std::move(rest);
  }
  std::erase_if(values.sections, [](const auto& section) { return section.second.empty(); });
}

void forget_value_of_people(store::Transaction& tx, CiId ci, std::string_view name) {
  SourceValues values = values_of_people(tx, ci);
  if (values.sections.empty()) return;
  erase_value(values, name);
  tx.execute("update ci_value set sections = $3 where ci_id = $1 and source_id = $2", ci.value,
             source_of_people(tx, ci)->value, to_json(values.sections));
}

// A digest with a mark behind it is that of no report (receipt_without_content() still knows a report sent
// twice).
void expect_reports_anew(store::Transaction& tx, CiId ci) {
  tx.execute(
      "update source_section set digest = '' where source_id in"
      " (select v.source_id from ci_value v where v.ci_id = $1 and v.ended_at is null)",
      ci.value);
  tx.execute(
      "update ci_source set content_digest = content_digest || '!' where id in"
      " (select v.source_id from ci_value v where v.ci_id = $1 and v.ended_at is null)",
      ci.value);
}

}  // namespace censo::cmdb
