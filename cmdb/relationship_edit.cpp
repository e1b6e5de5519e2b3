#include "cmdb/relationship_edit.h"

#include "base/text.h"
#include "cmdb/change_feed.h"
#include "cmdb/class_catalog.h"
#include "cmdb/derived_section.h"
#include "cmdb/ingest_run.h"
#include "cmdb/item_state.h"
#include "cmdb/merge.h"
#include "cmdb/relationship_span.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace censo::cmdb {
namespace {

using base::Errc;
using store::Row;

struct Ends {
  std::string type;
  CiId from, to;
};

std::string name_of(store::Transaction& tx, CiId ci) {
  const auto row = tx.query_one("select name from ci where id = $1", ci.value);
  return row ? row->text(0) : "";
}

// Both ends hear of it.
void tell(IngestRun& run, std::string_view what, const Ends& ends, bool was_there, bool is_there) {
  const std::string from = name_of(run.tx, ends.from), to = name_of(run.tx, ends.to);
  run.history.add({ends.from, what, ends.type + " " + to, was_there ? to : "", is_there ? to : ""});
  run.history.add({ends.to, what, from + " " + ends.type, was_there ? from : "", is_there ? from : ""});
}

std::optional<base::TimeMs> time_or_null(base::TimeMs time) {
  return time == 0 ? std::nullopt : std::optional(time);
}

base::Result<void> check_end(store::Transaction& tx, const ClassCatalog& catalog, CiId ci,
                             const std::vector<std::string>& wanted, const std::string& where) {
  const auto state = state_of(tx, ci);
  if (!state)
    return base::fail(Errc::malformed, "no configuration item has the id " + base::to_text(ci), where);
  if (catalog.is_any_of(state->class_name, wanted)) return {};
  return base::fail(
      Errc::malformed,
      "expected a " + base::join(wanted, " or ") + ", found the " + state->class_name + " " + state->name,
      where);
}

base::Result<void> check_times(const NewRelationship& wanted, base::TimeMs now) {
  if (wanted.expires_at != 0 && wanted.expires_at <= now)
    return base::fail(Errc::malformed, "expected a moment to come", "/expires_at");
  if (wanted.valid_to != 0 && wanted.valid_to <= std::max(wanted.valid_from, base::TimeMs{0}))
    return base::fail(Errc::malformed, "expected a moment after valid_from", "/valid_to");
  return {};
}

base::Result<void> check_new(store::Transaction& tx, const Editor& editor, const NewRelationship& wanted) {
  const auto* relation = editor.catalog.find_relation(wanted.type);
  if (!relation)
    return base::fail(Errc::malformed, "there is no relation \"" + wanted.type.substr(0, 64) + "\"", "/type");
  if (wanted.from == wanted.to)
    return base::fail(Errc::malformed, "expected two items, found one with itself", "/to");
  if (auto checked = check_end(tx, editor.catalog, wanted.from, relation->from_classes, "/from"); !checked)
    return checked;
  if (auto checked = check_end(tx, editor.catalog, wanted.to, relation->to_classes, "/to"); !checked)
    return checked;
  if (auto checked = check_times(wanted, editor.clock.now()); !checked) return checked;
  if (is_denied(tx, wanted.type, wanted.from, wanted.to))
    return base::fail(Errc::conflict, "a person says that this is not so; unlock it first", {}, "DENIED");
  const auto others = in_the_way_of(tx, editor.catalog, wanted.type, wanted.from, wanted.to);
  if (others.empty()) return {};
  const auto& other = others.front();
  return base::fail(Errc::conflict,
                    wanted.type + " is " + std::string(name_of(relation->cardinality)) + ": " +
                        other.from_name + " " + wanted.type + " " + other.to_name + " (" +
                        base::id_to_text(other.id) + ") is in the way",
                    {}, "CARDINALITY");
}

void end_row(IngestRun& run, std::int64_t id, const Ends& ends) {
  end_relationship(run.tx, run.feed, id, run.now, run.now);
  tell(run, "relationship_removed", ends, true, false);
}

// The live rows that say the same, whoever says it.
std::vector<Row> rows_saying(store::Transaction& tx, const Ends& ends) {
  return tx.query(
      "select id from relationship where from_ci = $1 and type = $2 and to_ci = $3 and ended_at is null",
      ends.from.value, ends.type, ends.to.value);
}

base::Error no_relationship(std::int64_t id) {
  return base::fail(Errc::not_found, "no relationship has the id " + base::id_to_text(id));
}

std::optional<Ends> ends_of(store::Transaction& tx, std::int64_t id) {
  const auto row = tx.query_one("select type, from_ci, to_ci from relationship where id = $1", id);
  return row ? std::optional(Ends{row->text(0), CiId(row->integer(1)), CiId(row->integer(2))}) : std::nullopt;
}

// The sources that may say it are heard again.
void expect_sources_of(IngestRun& run, const Ends& ends) {
  expect_reports_anew(run.tx, ends.from);
  expect_reports_anew(run.tx, ends.to);
}

void deny(IngestRun& run, const Editor& editor, std::int64_t id, const Ends& ends) {
  for (const Row& row : rows_saying(run.tx, ends)) end_row(run, row.integer(0), ends);
  run.tx.execute(
      "insert into relationship_denial (id, type, from_ci, to_ci, denied_by, denied_at)"
      " values ($1, $2, $3, $4, $5, $6) on conflict (from_ci, type, to_ci) do nothing",
      id, ends.type, ends.from.value, ends.to.value, editor.person, run.now);
  tell(run, "relationship_denied", ends, false, true);
}

void lock(IngestRun& run, const Editor& editor, const Ends& ends) {
  for (const Row& row : rows_saying(run.tx, ends)) {
    run.tx.execute("update relationship set locked_by = $2, locked_at = $3 where id = $1", row.integer(0),
                   editor.person, run.now);
    run.feed.add(FeedTopic::relationship, row.integer(0));
  }
  tell(run, "relationship_locked", ends, false, true);
}

// What one person says is one row: begun anew, or changed. From when it holds, first_seen says, so that a
// question about a past moment is answered by it.
std::int64_t write(IngestRun& run, const Editor& editor, const NewRelationship& wanted) {
  const bool to_come = wanted.valid_from > run.now;
  const base::TimeMs ends = std::min(wanted.valid_to == 0 ? INT64_MAX : wanted.valid_to,
                                     wanted.expires_at == 0 ? INT64_MAX : wanted.expires_at);
  const bool is_past = ends <= run.now;
  const auto ended_at = to_come   ? std::optional<base::TimeMs>(0)
                        : is_past ? std::optional(ends)
                                  : std::nullopt;
  for (const Row& row :
       run.tx.query("select id from relationship where from_ci = $1 and type = $2 and to_ci = $3"
                    " and source_id = $4 and section = $5 and (ended_at is null or ended_at = 0)",
                    wanted.from.value, wanted.type, wanted.to.value, run.source.id.value, editor.person)) {
    end_relationship(run.tx, run.feed, row.integer(0), run.now, run.now);
  }
  const std::int64_t id = base::next_id(run.clock);
  run.tx.execute(
      "insert into relationship (id, type, from_ci, to_ci, source_id, section, evidence, first_seen, "
      "ended_at,"
      " confidence, expires_at, locked_by, locked_at, valid_from, valid_to)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
      id, wanted.type, wanted.from.value, wanted.to.value, run.source.id.value, editor.person,
      to_json(wanted.evidence), wanted.valid_from == 0 ? run.now : wanted.valid_from, ended_at,
      wanted.confidence, ends == INT64_MAX ? std::nullopt : std::optional(ends), editor.person, run.now,
      time_or_null(wanted.valid_from), time_or_null(wanted.valid_to));
  run.feed.add(FeedTopic::relationship, id);
  return id;
}

}  // namespace

bool is_denied(store::Transaction& tx, const std::string& type, CiId from, CiId to) {
  return tx
      .query_one("select 1 from relationship_denial where from_ci = $1 and type = $2 and to_ci = $3",
                 from.value, type, to.value)
      .has_value();
}

std::vector<RelationshipInTheWay> in_the_way_of(store::Transaction& tx, const ClassCatalog& catalog,
                                                const std::string& type, CiId from, CiId to) {
  static const std::string select =
      "select r.id, r.from_ci, r.to_ci, f.name, t.name, r.source_id, r.locked_by from relationship r"
      " join ci f on f.id = r.from_ci join ci t on t.id = r.to_ci where r.type = $2 and r.ended_at is null "
      "and ";
  static const std::string of_from = select + "r.from_ci = $1 and r.to_ci <> $3 order by r.id";
  static const std::string of_to = select + "r.to_ci = $1 and r.from_ci <> $3 order by r.id";
  std::vector<RelationshipInTheWay> found;
  const auto* relation = catalog.find_relation(type);
  const auto add = [&](const Row& row, std::size_t other_end, CiId wanted) {
    if (root_of(tx, CiId(row.integer(other_end))) == root_of(tx, wanted)) return;
    found.push_back({row.integer(0), CiId(row.integer(1)), CiId(row.integer(2)), row.text(3), row.text(4),
                     SourceId(row.integer(5)), !row.text(6).empty()});
  };
  if (relation && relation->one_to())
    for (const Row& row : tx.query(of_from, from.value, type, to.value)) add(row, 2, to);
  if (relation && relation->one_from())
    for (const Row& row : tx.query(of_to, to.value, type, from.value)) add(row, 1, from);
  return found;
}

base::Result<Relationship> find_relationship(store::Transaction& tx, std::int64_t id) {
  const auto row = tx.query_one("select from_ci from relationship where id = $1", id);
  if (!row) return no_relationship(id);
  for (const auto& list :
       {relationships_of(tx, CiId(row->integer(0))), planned_relationships_of(tx, CiId(row->integer(0)))}) {
    for (const Relationship& one : list) {
      if (one.id == id) return one;
    }
  }
  return base::fail(Errc::not_found, "the relationship " + base::id_to_text(id) + " is not there now");
}

base::Result<std::int64_t> relate(store::Transaction& tx, const Editor& editor,
                                  const NewRelationship& wanted) {
  IngestRun run = run_of(tx, editor);
  if (auto checked = check_new(tx, editor, wanted); !checked) return checked.error();
  const Ends ends{wanted.type, wanted.from, wanted.to};
  const bool is_new = rows_saying(tx, ends).empty();
  enter_source_of_people(run, wanted.from);
  const std::int64_t id = write(run, editor, wanted);
  const bool to_come = wanted.valid_from > run.now;
  if (is_new) tell(run, to_come ? "relationship_planned" : "relationship_added", ends, false, true);
  run.feed.write(tx, editor.clock);
  return id;
}

base::Result<void> unrelate(store::Transaction& tx, const Editor& editor, std::int64_t id) {
  IngestRun run = run_of(tx, editor);
  const auto row = tx.query_one(
      "select o.kind from relationship r join ci_source s on s.id = r.source_id join origin o on o.id = "
      "s.origin_id"
      " where r.id = $1 and (r.ended_at is null or r.ended_at = 0)",
      id);
  if (!row) return no_relationship(id);
  if (row->text(0) != "person")
    return base::fail(Errc::conflict, "a source (" + row->text(0) + ") reports it; lock it as not so instead",
                      {}, "REPORTED");
  end_row(run, id, *ends_of(tx, id));
  run.feed.write(tx, editor.clock);
  return {};
}

base::Result<void> lock_relationship(store::Transaction& tx, const Editor& editor, std::int64_t id,
                                     LockKind kind) {
  IngestRun run = run_of(tx, editor);
  const auto ends = ends_of(tx, id);
  if (!ends || rows_saying(tx, *ends).empty()) return no_relationship(id);
  if (kind == LockKind::so)
    lock(run, editor, *ends);
  else
    deny(run, editor, id, *ends);
  run.feed.write(tx, editor.clock);
  return {};
}

base::Result<void> unlock_relationship(store::Transaction& tx, const Editor& editor, std::int64_t id) {
  IngestRun run = run_of(tx, editor);
  const auto ends = ends_of(tx, id);
  if (!ends) return no_relationship(id);
  const auto opened = tx.execute(
      "update relationship set locked_by = '', locked_at = null where from_ci = $1"
      " and type = $2 and to_ci = $3 and ended_at is null and locked_by <> ''"
      " and source_id not in (select s.id from ci_source s join origin o"
      " on o.id = s.origin_id where s.ci_id = $1 and o.kind = 'person')",
      ends->from.value, ends->type, ends->to.value);
  const auto allowed =
      tx.execute("delete from relationship_denial where from_ci = $1 and type = $2 and to_ci = $3",
                 ends->from.value, ends->type, ends->to.value);
  if (opened + allowed == 0)
    return base::fail(Errc::not_found, "no person locked the relationship " + base::id_to_text(id));
  for (const Row& row : rows_saying(tx, *ends)) run.feed.add(FeedTopic::relationship, row.integer(0));
  tell(run, "relationship_unlocked", *ends, true, false);
  expect_sources_of(run, *ends);
  run.feed.write(tx, editor.clock);
  return {};
}

std::vector<Denial> denials_of(store::Transaction& tx, CiId ci) {
  std::vector<Denial> found;
  for (const Row& row :
       tx.query("select d.id, d.type, f.id, f.name, f.class, t.id, t.name, t.class, d.denied_by, d.denied_at"
                " from relationship_denial d join ci f on f.id = d.from_ci join ci t on t.id = d.to_ci"
                " where d.from_ci = $1 or d.to_ci = $1 order by d.id",
                ci.value)) {
    found.push_back({row.integer(0), row.text(1), CiId(row.integer(2)), CiId(row.integer(5)), row.text(3),
                     row.text(4), row.text(6), row.text(7), row.text(8), row.integer(9)});
  }
  return found;
}

namespace {

// What time does by itself.
class DueRelationships {
 public:
  DueRelationships(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock)
      : tx_(tx),
        catalog_(catalog),
        clock_(clock),
        now_(clock.now()),
        history_(tx, clock, {"time", now_, now_}) {}

  // True: there is more.
  bool apply(std::int64_t limit) {
    const auto begun = tx_.query(
        "select id, type, from_ci, to_ci from relationship where ended_at = 0 and valid_from <= $1"
        " order by valid_from limit $2",
        now_, limit);
    const auto ended = tx_.query(
        "select r.id, r.type, r.from_ci, r.to_ci, r.expires_at, r.section, r.source_id, s.last_seen, "
        "r.locked_by"
        " from relationship r join ci_source s on s.id = r.source_id where r.ended_at is null"
        " and r.expires_at is not null and r.expires_at <= $1 order by r.expires_at limit $2",
        now_, limit);
    for (const Row& row : begun) begin(row.integer(0), ends_in(row));
    for (const Row& row : ended) {
      if (is_derived(row) && put_off(row)) continue;
      const base::TimeMs last_seen = row.integer(is_derived(row) ? 7 : 4);
      end_relationship(tx_, feed_, row.integer(0), last_seen, row.integer(4));
      tell(row.integer(0), ends_in(row), "relationship_removed", false);
    }
    feed_.write(tx_, clock_);
    return std::max(begun.size(), ended.size()) == static_cast<std::size_t>(limit);
  }

 private:
  static bool is_derived(const Row& row) { return row.text(5) == derived_section_name; }

  // Its source says it as long as it reports, and a person who locked it always; also when it reports nothing
  // new. What it says again after it was silent for so long begins anew.
  bool put_off(const Row& row) {
    const auto* relation = catalog_.find_relation(row.text(1));
    const base::TimeMs since = row.text(8).empty() ? row.integer(7) : now_;
    const base::TimeMs due = since + (relation ? relation->expires_after_ms.value_or(0) : 0);
    if (due > now_) {
      tx_.execute("update relationship set expires_at = $2 where id = $1", row.integer(0), due);
      return true;
    }
    tx_.execute("update source_section set digest = '' where source_id = $1 and section = $2", row.integer(6),
                derived_section_name);
    tx_.execute("update ci_source set content_digest = '' where id = $1", row.integer(6));
    return false;
  }

  static Ends ends_in(const Row& row) { return {row.text(1), CiId(row.integer(2)), CiId(row.integer(3))}; }

  // There was room when it was planned; there may be none now.
  void begin(std::int64_t id, const Ends& ends) {
    const auto others = in_the_way_of(tx_, catalog_, ends.type, ends.from, ends.to);
    if (others.empty() && !is_denied(tx_, ends.type, ends.from, ends.to)) {
      tx_.execute("update relationship set ended_at = null where id = $1", id);
      return tell(id, ends, "relationship_added", true);
    }
    tx_.execute("update relationship set ended_at = first_seen, gone_at = first_seen where id = $1", id);
    if (others.empty()) return tell(id, ends, "relationship_removed", false);
    const auto& other = others.front();
    const bool same_from = other.from == ends.from;
    const CiId ci = same_from ? ends.from : ends.to, owner = same_from ? other.to : other.from,
               refused = same_from ? ends.to : ends.from;
    tx_.execute(
        "insert into conflict (id, ci_id, other_ci_id, rule, value, origin_id, at) select $2, $3, $4, $5, $6,"
        " s.origin_id, $7 from relationship r join ci_source s on s.id = r.source_id where r.id = $1"
        " on conflict (ci_id, other_ci_id, rule, value) do nothing",
        id, base::next_id(clock_), ci.value, owner.value, ends.type, base::to_text(refused), now_);
    history_.add({ci, "conflict", ends.type, name_of(tx_, owner), name_of(tx_, refused)});
  }

  void tell(std::int64_t id, const Ends& ends, std::string_view what, bool begins) {
    const std::string from = name_of(tx_, ends.from), to = name_of(tx_, ends.to);
    history_.add({ends.from, what, ends.type + " " + to, begins ? "" : to, begins ? to : ""});
    history_.add({ends.to, what, from + " " + ends.type, begins ? "" : from, begins ? from : ""});
    feed_.add(FeedTopic::relationship, id);
  }

  store::Transaction& tx_;
  const ClassCatalog& catalog_;
  const base::Clock& clock_;
  const base::TimeMs now_;
  FeedWriter feed_;
  HistoryWriter history_;
};

}  // namespace

bool apply_due_relationships(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                             std::int64_t limit) {
  return DueRelationships(tx, catalog, clock).apply(limit);
}

}  // namespace censo::cmdb
