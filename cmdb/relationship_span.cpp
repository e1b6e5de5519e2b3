#include "cmdb/relationship_span.h"

#include "base/id.h"
#include "cmdb/time_spans.h"

#include <algorithm>
#include <optional>

namespace censo::cmdb {
namespace {

std::optional<std::int64_t> begin_again(store::Transaction& tx, const BegunRelationship& relationship) {
  const auto row = tx.query_one(
      "select id, gone_at, gaps from relationship where from_ci = $1 and gone_at >= $2 and ended_at is not "
      "null"
      " and type = $3 and to_ci = $4 and source_id = $5 and section = $6 order by gone_at desc limit 1",
      relationship.from.value, relationship.now - relationship.fold_within_ms, relationship.type,
      relationship.to.value, relationship.source.value, relationship.section);
  if (!row) return std::nullopt;
  TimeSpans gaps = spans_in(*row, 2);
  if (gaps.size() >= most_folded) return std::nullopt;
  const base::TimeMs gone_at = row->integer(1);
  if (gone_at < relationship.now) gaps.push_back({gone_at, relationship.now});
  tx.execute(
      "update relationship set ended_at = null, gone_at = null, expires_at = null, evidence = $2, gaps = $3 "
      "where id = $1",
      row->integer(0), relationship.evidence, pack_spans(gaps));
  return row->integer(0);
}

}  // namespace

std::int64_t begin_relationship(store::Transaction& tx, const base::Clock& clock, FeedWriter& feed,
                                const BegunRelationship& relationship) {
  auto id = relationship.is_first ? std::nullopt : begin_again(tx, relationship);
  if (!id) {
    id = base::next_id(clock);
    tx.execute(
        "insert into relationship (id, type, from_ci, to_ci, source_id, section, evidence, first_seen, "
        "confidence)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        *id, relationship.type, relationship.from.value, relationship.to.value, relationship.source.value,
        relationship.section, relationship.evidence, relationship.now, relationship.confidence);
  }
  feed.add_relationship(*id, {relationship.from, relationship.to}, relationship.now);
  return *id;
}

void end_relationship(store::Transaction& tx, FeedWriter& feed, std::int64_t id, base::TimeMs last_seen,
                      base::TimeMs now) {
  tx.execute("update relationship set ended_at = $2, gone_at = $3 where id = $1", id, last_seen, now);
  const auto ends = tx.query_one("select from_ci, to_ci from relationship where id = $1", id);
  if (ends) feed.add_relationship(id, {CiId(ends->integer(0)), CiId(ends->integer(1))}, now);
}

void give_relationships(store::Transaction& tx, const base::Clock& clock, SourceId source, CiId from,
                        CiId ci) {
  const base::TimeMs now = clock.now();
  for (const store::Row& row :
       tx.query("select id, first_seen from relationship where source_id = $1 and ended_at is null"
                " and (from_ci = $2 or to_ci = $2)",
                source.value, from.value)) {
    if (row.integer(1) < now) {
      tx.execute(
          "insert into relationship (id, type, from_ci, to_ci, source_id, section, evidence, first_seen, "
          "ended_at,"
          " gone_at, gaps, confidence) select $2, type, from_ci, to_ci, source_id, section, evidence, "
          "first_seen,"
          " $3, $3, gaps, confidence from relationship where id = $1",
          row.integer(0), base::next_id(clock), now);
    }
    tx.execute(
        "update relationship set from_ci = case when from_ci = $2 then $3 else from_ci end,"
        " to_ci = case when to_ci = $2 then $3 else to_ci end, gaps = null,"
        " first_seen = case when first_seen > $4 then first_seen else $4 end where id = $1",
        row.integer(0), from.value, ci.value, now);
  }
}

}  // namespace censo::cmdb
