#include "cmdb/reporting_source.h"

#include "cmdb/stored_json.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

ReportingSource source_from(const store::Row& row) {
  ReportingSource source;
  source.id = SourceId(row.integer(0));
  source.origin = OriginId(row.integer(1));
  source.ci = CiId(row.integer(2));
  source.sequence = static_cast<std::uint64_t>(row.integer(3));
  source.content_digest = row.text(4);
  source.version = row.text(5);
  source.problems = problems_from_json(row.text(6));
  source.first_seen = row.integer(7);
  source.last_seen = row.integer(8);
  source.boot_id = row.text(9);
  source.boot_since = row.integer(10);
  source.fingerprint = row.text(11);
  return source;
}

std::optional<ReportingSource> source_from(const std::optional<store::Row>& row) {
  return row ? std::optional(source_from(*row)) : std::nullopt;
}

}  // namespace

std::string_view name_of(inventory::OriginKind kind) {
  switch (kind) {
    case inventory::OriginKind::agent: return "agent";
    case inventory::OriginKind::scanner: return "scanner";
    case inventory::OriginKind::import: return "import";
  }
  return "";
}

std::optional<ReportingSource> source_of_agent(store::Transaction& tx, std::string_view agent_id) {
  auto sources = sources_of_agent(tx, agent_id);
  return sources.empty() ? std::nullopt : std::optional(std::move(sources.front()));
}

std::vector<ReportingSource> sources_of_agent(store::Transaction& tx, std::string_view agent_id) {
  std::vector<ReportingSource> sources;
  for (const store::Row& row :
       tx.query("select s.id, s.origin_id, s.ci_id, s.sequence, s.content_digest, s.version, s.problems, "
                "s.first_seen, s.last_seen, s.boot_id, s.boot_since, s.fingerprint"
                " from origin o join ci_source s on s.origin_id = o.id where o.kind = 'agent' and "
                "o.native_id = $1",
                agent_id)) {
    sources.push_back(source_from(row));
  }
  // Nearly always one: SQLite would build a sorter for it.
  std::ranges::sort(sources, {}, [](const ReportingSource& source) { return source.id.value; });
  return sources;
}

// A digest with a mark behind it is that of no report; was_taken() still knows a report sent twice.
void expect_whole_report(store::Transaction& tx, std::string_view agent_id) {
  for (const ReportingSource& source : sources_of_agent(tx, agent_id)) {
    tx.execute("update source_section set digest = '' where source_id = $1", source.id.value);
    tx.execute("update ci_source set content_digest = content_digest || '!' where id = $1", source.id.value);
  }
}

std::vector<ReportingSource> live_agents_of(store::Transaction& tx, CiId ci) {
  std::vector<ReportingSource> sources;
  for (const store::Row& row :
       tx.query("select s.id, s.origin_id, s.ci_id, s.sequence, s.content_digest, s.version, s.problems, "
                "s.first_seen, s.last_seen, s.boot_id, s.boot_since, s.fingerprint"
                " from ci_source s join origin o on o.id = s.origin_id"
                " where s.ci_id = $1 and s.ended_at is null and o.kind = 'agent' order by s.id",
                ci.value)) {
    sources.push_back(source_from(row));
  }
  return sources;
}

std::optional<ReportingSource> find_source(store::Transaction& tx, OriginId origin, CiId subject) {
  return source_from(tx.query_one(
      "select id, origin_id, ci_id, sequence, content_digest, version, problems, first_seen, last_seen,"
      " boot_id, boot_since, fingerprint from ci_source where origin_id = $1 and ci_id = $2",
      origin.value, subject.value));
}

std::optional<CiId> subject_by_native_key(store::Transaction& tx, OriginId origin,
                                          std::string_view native_key) {
  if (native_key.empty()) return std::nullopt;
  const auto row = tx.query_one(
      "select ci_id from ci_source where origin_id = $1 and native_key = $2 and native_key <> ''"
      " order by last_seen desc",
      origin.value, native_key);
  return row ? std::optional(CiId(row->integer(0))) : std::nullopt;
}

std::vector<CiId> subjects_by_native_key(store::Transaction& tx, OriginId origin,
                                         std::string_view native_key) {
  std::vector<CiId> subjects;
  for (const store::Row& row :
       tx.query("select ci_id from ci_source where origin_id = $1 and native_key = $2 and native_key <> ''"
                " order by last_seen desc limit 16",
                origin.value, native_key))
    subjects.emplace_back(row.integer(0));
  return subjects;
}

void end_agent(store::Transaction& tx, std::string_view agent_id, base::TimeMs now) {
  tx.execute(
      "update ci_source set ended_at = $2 where ended_at is null"
      " and origin_id = (select id from origin where kind = 'agent' and native_id = $1)",
      agent_id, now);
}

bool is_subject_of_another_agent(store::Transaction& tx, CiId ci, OriginId origin) {
  return tx
      .query_one(
          "select 1 from ci_source s join origin o on o.id = s.origin_id"
          " where s.ci_id = $1 and s.ended_at is null and o.kind = 'agent' and o.id <> $2",
          ci.value, origin.value)
      .has_value();
}

bool is_reported_by_another_agent(store::Transaction& tx, CiId ci, OriginId origin) {
  return tx
      .query_one(
          "select 1 from ci_value v join ci_source s on s.id = v.source_id join origin o on o.id = "
          "s.origin_id"
          " where v.ci_id = $1 and v.ended_at is null and s.ended_at is null and o.kind = 'agent' and o.id "
          "<> $2",
          ci.value, origin.value)
      .has_value();
}

OriginId origin_of(store::Transaction& tx, const inventory::Origin& origin, const base::Clock& clock) {
  const std::string_view kind = name_of(origin.kind);
  const auto row = tx.query_one("select id from origin where kind = $1 and native_id = $2", kind, origin.id);
  if (row) return OriginId(row->integer(0));
  const OriginId id(base::next_id(clock));
  tx.execute("insert into origin (id, kind, native_id) values ($1, $2, $3)", id.value, kind, origin.id);
  return id;
}

void add_source(store::Transaction& tx, const ReportingSource& source, std::string_view native_key) {
  tx.execute(
      "insert into ci_source (id, origin_id, native_key, ci_id, sequence, content_digest, version, problems, "
      "first_seen, last_seen, boot_id, boot_since, fingerprint)"
      " values ($1, $2, $3, $4, 0, '', '', '[]', $5, $5, $6, $5, $7)",
      source.id.value, source.origin.value, native_key, source.ci.value, source.first_seen, source.boot_id,
      source.fingerprint);
}

void update_source(store::Transaction& tx, const ReportingSource& source, const inventory::Report& report,
                   base::TimeMs now) {
  const std::string boot_id = boot_id_of(report);
  const bool started_anew = !boot_id.empty() && boot_id != source.boot_id;
  tx.execute(
      "update ci_source set sequence = $2, version = $3, problems = $4, last_seen = $5, boot_id = $6,"
      " boot_since = $7 where id = $1",
      source.id.value, static_cast<std::int64_t>(report.sequence), report.origin.version,
      to_json(report.problems), now, started_anew ? boot_id : source.boot_id,
      started_anew ? now : source.boot_since);
}

void touch_source(store::Transaction& tx, const ReportingSource& source, const Sighting& sighting) {
  tx.execute("update ci_source set sequence = $2, version = $3, last_seen = $4 where id = $1",
             source.id.value, static_cast<std::int64_t>(sighting.sequence), sighting.version, sighting.now);
}

base::Result<bool> was_taken(const ReportingSource& source, std::uint64_t sequence,
                             std::string_view content_digest) {
  if (sequence == 0 || sequence > source.sequence) return false;
  if (sequence < source.sequence) {
    return base::fail(base::Errc::stale,
                      "expected a sequence above " + std::to_string(source.sequence) + ", found " +
                          std::to_string(sequence),
                      "/sequence", "STALE_SEQUENCE");
  }
  // A mark may stand behind the stored digest.
  if (source.content_digest.starts_with(content_digest)) return true;
  return base::fail(base::Errc::conflict,
                    "another report with sequence " + std::to_string(sequence) + " was taken before",
                    "/sequence", "DUPLICATE_REPORT");
}

void update_content(store::Transaction& tx, SourceId id, std::string_view content_digest,
                    std::string_view fingerprint) {
  tx.execute("update ci_source set content_digest = $2, fingerprint = $3 where id = $1", id.value,
             content_digest, fingerprint);
}

std::string boot_id_of(const inventory::Report& report) {
  return report.boot_id.empty() ? inventory::subject_text(report, "boot_id") : report.boot_id;
}

}  // namespace censo::cmdb
