#include "cmdb/source_move.h"

#include "cmdb/component_past.h"
#include "cmdb/component_store.h"
#include "cmdb/history.h"
#include "cmdb/identification.h"
#include "cmdb/junk.h"
#include "cmdb/reconciliation.h"
#include "cmdb/relationship_span.h"

namespace censo::cmdb {
namespace {

void release_keys_of(store::Transaction& tx, CiId ci) {
  tx.execute("delete from ci_key where ci_id = $1", ci.value);
}

// All keys of an item anew, from what its sources say now.
void claim_anew(store::Transaction& tx, const ClassCatalog& catalog, CiId ci) {
  release_keys_of(tx, ci);
  const AllowedValues allowed = allowed_values(tx);
  for (const store::Row& row :
       tx.query("select class, name, sections, evidence from ci_value where ci_id = $1 order by source_id",
                ci.value)) {
    const ClassDefinition* definition = catalog.find_class(row.text(0));
    if (!definition) continue;
    Identity identity = identity_from_stored(definition, row.text(1), row.text(2), row.text(3));
    identity.allowed = &allowed;
    (void)claim_keys(tx, ci, keys_of(identity));
  }
}

}  // namespace

void give_source(store::Transaction& tx, const base::Clock& clock, SourceId source, CiId from, CiId ci) {
  tx.execute("update ci_source set ci_id = $3 where id = $1 and ci_id = $2", source.value, from.value,
             ci.value);
  tx.execute("update ci_value set ci_id = $3 where source_id = $1 and ci_id = $2", source.value, from.value,
             ci.value);
  give_components(tx, clock, source, from, ci);
  give_relationships(tx, clock, source, from, ci);
}

CiId move_source(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                 SourceId source, const MergeAct& act) {
  const auto row = tx.query_one(
      "select s.ci_id, v.class, v.name from ci_source s join ci_value v on v.source_id = s.id and v.ci_id = "
      "s.ci_id"
      " where s.id = $1",
      source.value);
  if (!row) return {};
  const CiId from(row->integer(0));
  const auto others = tx.query_one("select count(*) from ci_value where ci_id = $1", from.value);
  if (others->integer(0) < 2) return {};
  const CiId ci(base::next_id(clock));
  tx.execute(
      "insert into ci (id, class, name, stage, attributes, first_seen, since)"
      " values ($1, $2, $3, 'operate', '{}', $4, $4)",
      ci.value, row->text(1), row->text(2), act.now);
  give_source(tx, clock, source, from, ci);
  claim_anew(tx, catalog, from);
  claim_anew(tx, catalog, ci);
  HistoryWriter history(tx, clock, {act.actor, act.now, act.now});
  history.created(ci, row->text(1));
  history.add({from, "source_moved", row->text(2) + " (" + base::to_text(ci) + ")", "", act.reason});
  FeedWriter feed;
  feed.add(FeedTopic::item, from.value);  // relationships went from one to the other
  feed.add(FeedTopic::item, ci.value);
  feed.add(FeedTopic::components, from.value);
  feed.add(FeedTopic::components, ci.value);
  const Showing showing{tx, catalog, act.now, feed, history};
  show_values(showing, from);
  show_values(showing, ci);
  feed.write(tx, clock);
  return ci;
}

}  // namespace censo::cmdb
