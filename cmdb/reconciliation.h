// Which value of an attribute is shown when sources differ, and what changes when one of them says something
// else.
#pragma once

#include "cmdb/change_feed.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/history.h"
#include "cmdb/identification.h"
#include "cmdb/reporting_source.h"
#include "cmdb/stored_json.h"

#include <map>
#include <string>

namespace censo::cmdb {

struct IngestRun;  // cmdb/ingest_run.h

// What one source says of one item: a row of ci_value.
struct SourceValues {
  std::string class_name, name;
  AttributesByName sections;
  bool ended = false;           // the source names it no more; its last values stay
  AttributesByName parts = {};  // identifiers of components, by section: see evidence.h
};

// All that a source says, by item.
std::map<CiId, SourceValues> values_of_source(store::Transaction& tx, SourceId source);

// The attributes of a section after a report of it: an incomplete one takes nothing away.
inventory::Attributes overlaid(const inventory::Attributes& before, const inventory::Section& section,
                               const inventory::Attributes& reported);

// Writes what the run's source says of an item now. Its keys follow (disputed ones are recorded as
// conflicts), the values shown are chosen anew (person before agent, scanner, import; the item's own report
// before what is said beside it), and what differs goes into history, but for operational attributes.
// `before` is null for what the source never named.
// What showing an item needs.
struct Showing {
  store::Transaction& tx;
  const ClassCatalog& catalog;
  base::TimeMs now = 0;
  FeedWriter& feed;
  HistoryWriter& history;
};
// Chooses the values shown anew: of the item from all that is merged into it; of one that is merged, then of
// its root too.
void show_values(const Showing& showing, CiId ci);

void save_values(IngestRun& run, CiId ci, const Surroundings& surroundings, const SourceValues* before,
                 const SourceValues& after);

}  // namespace censo::cmdb
