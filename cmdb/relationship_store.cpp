#include "cmdb/relationship_store.h"

#include "cmdb/derived_section.h"
#include "cmdb/ingest_run.h"
#include "cmdb/relationship_edit.h"
#include "cmdb/relationship_span.h"
#include "cmdb/stored_json.h"

#include <map>
#include <tuple>

namespace censo::cmdb {
namespace {

using Ends = std::tuple<std::string, CiId, CiId>;

struct Stored {
  std::int64_t id = 0;
  std::string evidence;
  bool locked = false;
};

class SectionRelationships {
 public:
  SectionRelationships(IngestRun& run, const ChangedSection& changed, const std::set<CiId>& untouched)
      : run_(run),
        section_(*changed.section),
        untouched_(untouched),
        people_deny_(run.tx.query_one("select 1 from relationship_denial limit 1").has_value()) {}

  void save(std::span<const FoundRelationship> found) {
    auto stored = load();
    std::set<Ends> seen;
    for (const FoundRelationship& relationship : found) {
      const Ends ends{relationship.type, relationship.from, relationship.to};
      if (!seen.insert(ends).second) continue;  // named twice: the first evidence is kept
      keep_or_begin(relationship, stored.find(ends) == stored.end() ? nullptr : &stored.at(ends));
      stored.erase(ends);
    }
    if (!section_.complete) return;
    for (const auto& [ends, row] : stored) {
      if (!row.locked && !ended_.contains(row.id)) end(ends, row.id);
    }
  }

 private:
  std::map<Ends, Stored> load() {
    std::map<Ends, Stored> stored;
    for (const store::Row& row : run_.tx.query("select id, type, from_ci, to_ci, evidence, locked_by"
                                               " from relationship"
                                               " where source_id = $1 and section = $2 and ended_at is null",
                                               run_.source.id.value, section_.name)) {
      stored.emplace(Ends{row.text(1), CiId(row.integer(2)), CiId(row.integer(3))},
                     Stored{row.integer(0), row.text(4), !row.text(5).empty()});
    }
    return stored;
  }

  void keep_or_begin(const FoundRelationship& relationship, const Stored* stored) {
    const std::string evidence = to_json(relationship.evidence);
    if (!stored || ended_.contains(stored->id)) {
      if (!may_begin(relationship)) return;
      const bool is_first = run_.history.is_new(relationship.from) || run_.history.is_new(relationship.to);
      const base::TimeMs fold_within_ms =
          is_first ? 0 : run_.catalog.history_rule(class_of(relationship.from)).fold_within_ms;
      const std::int64_t id =
          begin_relationship(run_.tx, run_.clock, run_.feed,
                             {relationship.type, relationship.from, relationship.to, run_.source.id,
                              section_.name, evidence, run_.now, fold_within_ms, 100, is_first});
      if (section_.name == derived_section_name) set_expiry(id, relationship.type);
      this_report_.insert(id);
      tell("relationship_added", {relationship.type, relationship.from, relationship.to});
    } else if (stored->evidence != evidence) {
      run_.tx.execute("update relationship set evidence = $2 where id = $1", stored->id, evidence);
    }
  }

  // Housekeeping puts it off as long as the source reports.
  void set_expiry(std::int64_t id, const std::string& type) {
    const auto& expires_after_ms = run_.catalog.find_relation(type)->expires_after_ms;
    if (expires_after_ms)
      run_.tx.execute("update relationship set expires_at = $2 where id = $1", id,
                      run_.now + *expires_after_ms);
  }

  // What is new of the same source takes the place of what was; of another's, a person has to decide, and
  // until then the section is looked at with every report.
  bool may_begin(const FoundRelationship& wanted) {
    if (people_deny_ && is_denied(run_.tx, wanted.type, wanted.from, wanted.to)) return false;
    const RelationDefinition& relation = *run_.catalog.find_relation(wanted.type);
    const bool from_may_have_one = relation.one_to() && may_have_one(wanted.type, wanted.from);
    const bool to_may_have_one = relation.one_from() && may_have_one(wanted.type, wanted.to);
    if (!from_may_have_one && !to_may_have_one) return true;
    const auto others = in_the_way_of(run_.tx, run_.catalog, wanted.type, wanted.from, wanted.to);
    for (const auto& other : others) {
      if (other.source == run_.source.id && !other.locked && !this_report_.contains(other.id)) continue;
      record_conflict(wanted, other);
      return false;
    }
    for (const auto& other : others) {
      end({wanted.type, other.from, other.to}, other.id);
      ended_.insert(other.id);
    }
    return true;
  }

  // Not an item that this report makes, the first time.
  bool may_have_one(const std::string& type, CiId end) {
    const bool again = !begun_.emplace(type, end).second;
    return again || !run_.history.is_new(end);
  }

  void record_conflict(const FoundRelationship& wanted, const RelationshipInTheWay& other) {
    const CiId owner = other.from == wanted.from ? other.to : other.from;
    const CiId refused = other.from == wanted.from ? wanted.to : wanted.from;
    const CiId ci = other.from == wanted.from ? wanted.from : wanted.to;
    const auto inserted = run_.tx.execute(
        "insert into conflict (id, ci_id, other_ci_id, rule, value, origin_id, at) values ($1, $2, $3, $4, "
        "$5, "
        "$6, $7) on conflict (ci_id, other_ci_id, rule, value) do nothing",
        base::next_id(run_.clock), ci.value, owner.value, wanted.type, base::to_text(refused),
        run_.source.origin.value, run_.now);
    if (run_.conflict.empty())
      run_.conflict = other.from_name + " " + wanted.type + " " + other.to_name + " leaves no room for " +
                      name_of(refused);
    if (inserted > 0) run_.history.conflict({ci, "conflict", wanted.type, name_of(owner), name_of(refused)});
    run_.tx.execute("update source_section set digest = '' where source_id = $1 and section = $2",
                    run_.source.id.value, section_.name);
    run_.recheck = true;
  }

  void end(const Ends& ends, std::int64_t id) {
    end_relationship(run_.tx, run_.feed, id, run_.source.last_seen, run_.now);
    tell("relationship_removed", ends);
  }

  void tell(std::string_view what, const Ends& ends) {
    const auto& [type, from, to] = ends;
    if (!is_told(from) && !is_told(to)) return;
    const bool added = what == "relationship_added";
    tell_one({from, what, type + " " + name_of(to), added ? "" : name_of(to), added ? name_of(to) : ""});
    tell_one({to, what, name_of(from) + " " + type, added ? "" : name_of(from), added ? name_of(from) : ""});
  }

  void tell_one(const Change& change) {
    if (is_told(change.ci)) run_.history.add(change);
  }

  bool is_told(CiId ci) const { return !untouched_.contains(ci) && !run_.history.is_new(ci); }

  std::string class_of(CiId ci) {
    return run_.tx.query_one("select class from ci where id = $1", ci.value)->text(0);
  }

  std::string name_of(CiId ci) {
    return run_.tx.query_one("select name from ci where id = $1", ci.value)->text(0);
  }

  IngestRun& run_;
  const inventory::Section& section_;
  const std::set<CiId>& untouched_;
  const bool people_deny_;
  std::set<std::pair<std::string, CiId>> begun_;  // relation type and an end that may have one
  std::set<std::int64_t> this_report_, ended_;
};

}  // namespace

void save_relationships(IngestRun& run, const ChangedSection& changed,
                        std::span<const FoundRelationship> found, const std::set<CiId>& untouched) {
  SectionRelationships(run, changed, untouched).save(found);
}

}  // namespace censo::cmdb
