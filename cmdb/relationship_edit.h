// Relationships as people make, end, lock and deny them; and what time does to relationships by itself.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/editor.h"
#include "cmdb/reporting_source.h"
#include "cmdb/store/transaction.h"

#include <cstdint>
#include <string>
#include <vector>

namespace censo::cmdb {

struct NewRelationship {
  std::string type;
  CiId from, to;
  inventory::Attributes evidence = {};                        // "note": why
  std::int64_t confidence = 100;                              // percents
  base::TimeMs expires_at = 0, valid_from = 0, valid_to = 0;  // 0: none
};

// A relationship by its id, whoever says it; an ended one too. Errc::not_found.
base::Result<Relationship> find_relationship(store::Transaction& tx, std::int64_t id);

// Says it in the person's name; saying it again replaces evidence, confidence and times. From `valid_from`
// on, if that is to come, until the earlier of `valid_to` and `expires_at`. Errc::malformed with "/type",
// "/from",
// "/to" or a time; Errc::conflict with reason CARDINALITY and the relationship in the way, or DENIED.
base::Result<std::int64_t> relate(store::Transaction& tx, const Editor& editor,
                                  const NewRelationship& wanted);

// Ends what a person said. Errc::conflict with reason REPORTED: a source reports it; deny it instead.
base::Result<void> unrelate(store::Transaction& tx, const Editor& editor, std::int64_t id);

enum class LockKind { so, not_so };
// so: its absence in a report does not end it. not_so: it ends, and no report begins it again. Whoever says
// it.
base::Result<void> lock_relationship(store::Transaction& tx, const Editor& editor, std::int64_t id,
                                     LockKind kind);
// Reports decide again; `id` is a locked relationship's or a denial's. Errc::not_found: neither.
base::Result<void> unlock_relationship(store::Transaction& tx, const Editor& editor, std::int64_t id);

// Those that people said for a time to come (valid_from), of the item and of all that is merged into it.
std::vector<Relationship> planned_relationships_of(store::Transaction& tx, CiId id);

// That something is not so, as a person says.
struct Denial {
  std::int64_t id = 0;
  std::string type;
  CiId from, to;
  std::string from_name, from_class, to_name, to_class;
  std::string person;
  base::TimeMs at = 0;
};
std::vector<Denial> denials_of(store::Transaction& tx, CiId ci);
bool is_denied(store::Transaction& tx, const std::string& type, CiId from, CiId to);

// A live relationship that leaves no room for (type, from, to): the type allows an end only one.
struct RelationshipInTheWay {
  std::int64_t id = 0;
  CiId from, to;
  std::string from_name, to_name;
  SourceId source;
  bool locked = false;
};
std::vector<RelationshipInTheWay> in_the_way_of(store::Transaction& tx, const ClassCatalog& catalog,
                                                const std::string& type, CiId from, CiId to);

// Begins what has become valid and ends what has expired, at most `limit` of each. What leaves it no room by
// then stays: the planned one does not begin, and a conflict is recorded. True: there is more.
bool apply_due_relationships(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                             std::int64_t limit = 500);

}  // namespace censo::cmdb
