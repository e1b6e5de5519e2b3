#include "cmdb/relationship_store.h"

#include "cmdb/ingest_run.h"
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
};

class SectionRelationships {
 public:
  SectionRelationships(IngestRun& run, const ChangedSection& changed, const std::set<CiId>& untouched)
      : run_(run), section_(*changed.section), untouched_(untouched) {}

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
    for (const auto& [ends, row] : stored) end(ends, row.id);
  }

 private:
  std::map<Ends, Stored> load() {
    std::map<Ends, Stored> stored;
    for (const store::Row& row : run_.tx.query("select id, type, from_ci, to_ci, evidence from relationship"
                                               " where source_id = $1 and section = $2 and ended_at is null",
                                               run_.source.id.value, section_.name)) {
      stored.emplace(Ends{row.text(1), CiId(row.integer(2)), CiId(row.integer(3))},
                     Stored{row.integer(0), row.text(4)});
    }
    return stored;
  }

  void keep_or_begin(const FoundRelationship& relationship, const Stored* stored) {
    const std::string evidence = to_json(relationship.evidence);
    if (!stored) {
      const auto* from = run_.catalog.find_relation(relationship.type);
      const HistoryRule& rule = run_.catalog.history_rule(from ? from->from_class : "");
      begin_relationship(run_.tx, run_.clock, run_.feed,
                         {relationship.type, relationship.from, relationship.to, run_.source.id,
                          section_.name, evidence, run_.now, rule.fold_within_ms});
      tell("relationship_added", {relationship.type, relationship.from, relationship.to});
    } else if (stored->evidence != evidence) {
      run_.tx.execute("update relationship set evidence = $2 where id = $1", stored->id, evidence);
    }
  }

  void end(const Ends& ends, std::int64_t id) {
    end_relationship(run_.tx, run_.feed, id, run_.source.last_seen, run_.now);
    tell("relationship_removed", ends);
  }

  void tell(std::string_view what, const Ends& ends) {
    const auto& [type, from, to] = ends;
    const bool added = what == "relationship_added";
    tell_one({from, what, type + " " + name_of(to), added ? "" : name_of(to), added ? name_of(to) : ""});
    tell_one({to, what, name_of(from) + " " + type, added ? "" : name_of(from), added ? name_of(from) : ""});
  }

  void tell_one(const Change& change) {
    if (!untouched_.contains(change.ci)) run_.history.add(change);
  }

  std::string name_of(CiId ci) {
    return run_.tx.query_one("select name from ci where id = $1", ci.value)->text(0);
  }

  IngestRun& run_;
  const inventory::Section& section_;
  const std::set<CiId>& untouched_;
};

}  // namespace

void save_relationships(IngestRun& run, const ChangedSection& changed,
                        std::span<const FoundRelationship> found, const std::set<CiId>& untouched) {
  SectionRelationships(run, changed, untouched).save(found);
}

}  // namespace censo::cmdb
